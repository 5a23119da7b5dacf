// In:  the name of a network, or the sizes of a head.  Out: its tensors' names and shapes.  Rests on:
// features, head.
#pragma once

#include <string>
#include <vector>

#include <eev/head/head_shape.hpp>
#include <eev/io/safetensors_writer.hpp>

namespace eev::command {

/// The tensors that a network cannot go without. A name that nobody knows is an error.
std::vector<io::tensor_entry> tensors_of(const std::string& network);
std::vector<io::tensor_entry> tensors_of(const head_shape& shape);

}  // namespace eev::command
