// The colours that networks expect: mean and deviation of red, green, blue as fractions of 255.
#pragma once

#include <array>

namespace eev {

inline constexpr std::array<double, 3> imagenet_mean = {0.485, 0.456, 0.406};
inline constexpr std::array<double, 3> imagenet_deviation = {0.229, 0.224, 0.225};

struct image_statistics {
  std::array<double, 3> mean, deviation;
};

inline constexpr image_statistics imagenet_statistics{imagenet_mean, imagenet_deviation};
inline constexpr image_statistics centred_statistics{{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}};  // from -1 to 1

}  // namespace eev
