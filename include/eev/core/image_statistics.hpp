// The colours that networks trained on ImageNet expect: red, green, blue as fractions of 255.
#pragma once

#include <array>

namespace eev {

inline constexpr std::array<double, 3> imagenet_mean = {0.485, 0.456, 0.406};
inline constexpr std::array<double, 3> imagenet_deviation = {0.229, 0.224, 0.225};

}  // namespace eev
