// In:  samples [S] at 16 kHz.  Out: the log-mel spectrogram, frames y [F, 64].  Rests on: core/mel_bands,
// reference/device.
#pragma once

#include <cmath>
#include <complex>

#include <eev/core/mel_bands.hpp>
#include <eev/reference/device.hpp>

namespace eev::reference {

/// y[f, band] = ln(0.01 + sum over bins k of weight[band, k] |X_f[k]|)
/// X_f[k]     = sum over n of window[n] x[160 f + n] e^(-2 pi i k n / 512)
///
/// F = 1 + (S - 400) / 160 frames: the last samples that do not fill a frame are not used.
template <class T>
void log_mel(device<T>&, view<T, 2> y, const_view<T, 1> samples) {
  const dim F = frames_of(samples.shape[0]);
  require(y.shape == std::array{F, mel_bands}, "log_mel: y ", y.shape, ", samples ", samples.shape,
          "; expected y ", std::array{F, mel_bands});
  std::array<std::complex<T>, spectrum_size> root;  // e^(-2 pi i n / 512)
  for (dim n = 0; n < spectrum_size; ++n)
    root[n] = std::complex<T>(std::polar(1.0, -2 * std::numbers::pi * double(n) / double(spectrum_size)));

  for (dim f = 0; f < F; ++f) {
    std::array<T, spectrum_bins> magnitude;
    for (dim k = 0; k < spectrum_bins; ++k) {
      std::complex<T> sum = 0;
      for (dim n = 0; n < frame_samples; ++n)
        sum += T(hann_window()[n]) * samples(f * frame_hop + n) * root[k * n % spectrum_size];
      magnitude[k] = std::abs(sum);
    }
    for (dim band = 0; band < mel_bands; ++band) {
      const auto& [first, weights] = mel_filters()[band];
      T energy = T(log_offset);
      for (dim i = 0; i < dim(weights.size()); ++i) energy += T(weights[i]) * magnitude[first + i];
      y(f, band) = std::log(energy);
    }
  }
}

}  // namespace eev::reference
