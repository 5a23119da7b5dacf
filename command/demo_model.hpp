// In:  a trained head and the backbones whose rows it reads.  Out: one file of both.  Rests on: io.
#pragma once

#include <string>

namespace eev::command {

/// What everybody who uses the model must know.
inline constexpr const char* demo_note = "trained on synthetic clips; not a measurement of viewers";

/// Writes a bundle: the backbones of `backbones`, itself a bundle, with the head in the file `head`, whose
/// metadata tell how it was trained; `made_by` is the command that makes it again.
void write_demo_model(const std::string& path, const std::string& backbones, const std::string& head,
                      const std::string& made_by);

}  // namespace eev::command
