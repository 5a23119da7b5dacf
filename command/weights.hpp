// In:  the names of weights files.  Out: the networks in them, checked to fit each other.  Rests on:
// io/model_files, io/sha256.
#pragma once

#include <string>

#include <eev/io/model_files.hpp>

#include "options.hpp"

namespace eev::command {

/// Both backbones and the heads.
io::model_files open_model(const weights_options& options);

/// Both backbones.
io::model_files open_backbones(const weights_options& options);

/// The SHA-256 of the file that a network is in.
std::string sha256_of(const io::network_file& network);

/// "swin-demo + vggish-demo + demo.safetensors (built in)"
std::string name_of(const io::model_files& files);

}  // namespace eev::command
