// In:  nothing.  Out: the constants of VGGish's log-mel spectrogram: window, bands, framing.  Rests on: core.
//
// As published with AudioSet's VGGish (Hershey et al. 2017): 25 ms windows every 10 ms, 64 mel bands.
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include <eev/core/conv_extent.hpp>

namespace eev {

inline constexpr dim sound_rate = 16000;   // samples a second
inline constexpr dim frame_samples = 400;  // 25 ms
inline constexpr dim frame_hop = 160;      // 10 ms
inline constexpr dim spectrum_size = 512;  // points of the Fourier transform; a frame is followed by zeros
inline constexpr dim spectrum_bins = spectrum_size / 2 + 1;
inline constexpr dim mel_bands = 64;        // from 125 to 7500 Hz
inline constexpr double log_offset = 0.01;  // silence becomes ln 0.01

/// Frames that fit into so many samples, without padding.
inline dim frames_of(dim samples) { return conv_extent(samples, frame_samples, frame_hop, 0); }

// The tables are made in functions of their own: a lambda is constexpr, so that the compiler would try to
// work through its loops in every file that includes this one.

inline std::vector<double> make_hann_window() {
  std::vector<double> window(frame_samples);
  for (dim n = 0; n < frame_samples; ++n)
    window[n] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * double(n) / double(frame_samples));
  return window;
}

/// The window, [400]: a periodic Hann window.
inline const std::vector<double>& hann_window() {
  static const std::vector<double> window = make_hann_window();
  return window;
}

/// One band: the weights of the bins first, first + 1, ...
struct mel_band {
  dim first;
  std::vector<double> weights;
};

inline double mel(double hertz) { return 1127 * std::log(1 + hertz / 700); }

inline std::vector<mel_band> make_mel_filters() {
  const double low = mel(125), width = (mel(7500) - low) / (mel_bands + 1);
  std::vector<mel_band> bands(mel_bands);
  for (dim band = 0; band < mel_bands; ++band)
    for (dim bin = 1; bin < spectrum_bins; ++bin) {
      // Distance from the centre of the band, in widths.
      const double distance =
          (mel(double(bin * sound_rate) / spectrum_size) - low) / width - double(band + 1);
      const double weight = 1 - std::abs(distance);
      if (weight <= 0) continue;
      if (bands[band].weights.empty()) bands[band].first = bin;
      bands[band].weights.push_back(weight);
    }
  return bands;
}

/// The bands, [64]: triangles over a mel axis, each from its neighbours' centres to its own, not normalised
/// by area.
inline const std::vector<mel_band>& mel_filters() {
  static const std::vector<mel_band> filters = make_mel_filters();
  return filters;
}

}  // namespace eev
