// Sound by formula, the same as sound() of tools/golden/log_mel.py makes.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::test {

/// Two tones, one of them beating, and noise; loud, then soft, then silent, half a second each. 16 bits a
/// sample.
inline std::vector<float> formula_sound(dim samples) {
  std::vector<float> values;
  constexpr double turn = 2 * std::numbers::pi, loudness[] = {1, 0.01, 0};
  for (std::int64_t n = 0; n < samples; ++n) {
    const double tones =
        0.4 * std::sin(turn * 220 * double(n) / 16000) +
        0.25 * std::sin(turn * 1234.5 * double(n) / 16000) * std::sin(turn * 3 * double(n) / 16000);
    const double noise = double((n * n * 7919 + n * 104729) % 65537) / 32768.5 - 1;
    values.push_back(float(std::floor(32768 * loudness[n / 8000 % 3] * (tones + 0.1 * noise) + 0.5) / 32768));
  }
  return values;
}

}  // namespace eev::test
