// In:  nothing.  Out: the weights that the program carries along, weights/demo.safetensors.
#pragma once

#include <cstddef>
#include <span>

namespace eev::command {

inline constexpr const char* demo_name = "demo.safetensors (built in)";

std::span<const std::byte> demo_bundle();

}  // namespace eev::command
