// In:  the name of a network.  Out: the file that its weights are in.  Rests on: the standard library.
#pragma once

#include <string>

namespace eev::command {

/// NAME.safetensors, or `file` if that is given, in the first of these folders that has one: $EEV_WEIGHTS,
/// weights/ where the command runs, ~/.cache/eev ($XDG_CACHE_HOME/eev). Where none has it, an error that
/// tells how to get it; `option` names such a file, `why` who wants it.
std::string find_weights(const std::string& name, const std::string& option, const std::string& why,
                         std::string file = "");

}  // namespace eev::command
