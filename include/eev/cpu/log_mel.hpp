// The fast form of reference/log_mel.hpp: eight frames side by side, so that every step of the Fourier
// transform is vector code; of the mel weights only those that are not 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <eev/core/bfloat16.hpp>
#include <eev/core/mel_bands.hpp>
#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

namespace detail {

/// One number of each of the frames in flight. Eight: their spectra fill half of the first cache.
inline constexpr dim mel_lanes = 8;
using mel_lane = float __attribute__((vector_size(mel_lanes * sizeof(float))));

/// Points of the complex transform: even samples of a frame are its real part, odd ones its imaginary part.
inline constexpr dim mel_points = spectrum_size / 2;

struct mel_tables {
  float window[frame_samples];
  float cosine[spectrum_size], sine[spectrum_size];  // of -2 pi n / 512
  std::uint8_t place[mel_points];                    // n with its four digits to the base 4 reversed
  dim first_bin[mel_bands], bins[mel_bands];
  std::vector<float> weights;  // of all bands, one after the other

  mel_tables() {
    std::copy(hann_window().begin(), hann_window().end(), window);
    for (dim n = 0; n < spectrum_size; ++n) {
      const double angle = -2 * std::numbers::pi * double(n) / double(spectrum_size);
      cosine[n] = float(std::cos(angle)), sine[n] = float(std::sin(angle));
    }
    for (dim n = 0; n < mel_points; ++n)
      place[n] = std::uint8_t((n & 3) << 6 | (n >> 2 & 3) << 4 | (n >> 4 & 3) << 2 | n >> 6);
    for (dim band = 0; band < mel_bands; ++band) {
      const mel_band& filter = mel_filters()[band];
      first_bin[band] = filter.first, bins[band] = dim(filter.weights.size());
      weights.insert(weights.end(), filter.weights.begin(), filter.weights.end());
    }
  }
};

/// The spectra of `mel_lanes` frames at once.
struct mel_transform {
  mel_lane real[mel_points], imaginary[mel_points];
  mel_lane magnitude[mel_points];

  /// Frames of `samples`, windowed, each point where the transform starts from. Lanes beyond `frames` repeat
  /// the last.
  void load(const mel_tables& tables, const float* samples, dim frames) {
    const float* frame[mel_lanes];
    for (dim lane = 0; lane < mel_lanes; ++lane)
      frame[lane] = samples + std::min(lane, frames - 1) * frame_hop;
    for (dim n = 0; n < mel_points; ++n) {
      mel_lane even{}, odd{};
      if (2 * n < frame_samples) {
        for (dim lane = 0; lane < mel_lanes; ++lane)
          even[lane] = frame[lane][2 * n], odd[lane] = frame[lane][2 * n + 1];
        even *= tables.window[2 * n], odd *= tables.window[2 * n + 1];
      }
      real[tables.place[n]] = even, imaginary[tables.place[n]] = odd;
    }
  }

  /// Each four transforms of `quarter` points, one after the other, become one of 4 * quarter points (radix
  /// 4, decimation in time).
  void combine(const mel_tables& tables, dim quarter) {
    const dim step = spectrum_size / (4 * quarter);
    for (dim j = 0; j < quarter; ++j) {
      const float c1 = tables.cosine[j * step], s1 = tables.sine[j * step];
      const float c2 = tables.cosine[2 * j * step], s2 = tables.sine[2 * j * step];
      const float c3 = tables.cosine[3 * j * step], s3 = tables.sine[3 * j * step];
      for (dim start = j; start < mel_points; start += 4 * quarter) {
        mel_lane *re = real + start, *im = imaginary + start;
        const mel_lane x1 = re[quarter], x2 = re[2 * quarter], x3 = re[3 * quarter];
        const mel_lane y1 = im[quarter], y2 = im[2 * quarter], y3 = im[3 * quarter];
        const mel_lane re0 = re[0], im0 = im[0];
        const mel_lane re1 = x1 * c1 - y1 * s1, im1 = x1 * s1 + y1 * c1;
        const mel_lane re2 = x2 * c2 - y2 * s2, im2 = x2 * s2 + y2 * c2;
        const mel_lane re3 = x3 * c3 - y3 * s3, im3 = x3 * s3 + y3 * c3;
        re[0] = (re0 + re2) + (re1 + re3), im[0] = (im0 + im2) + (im1 + im3);
        re[quarter] = (re0 - re2) + (im1 - im3), im[quarter] = (im0 - im2) - (re1 - re3);
        re[2 * quarter] = (re0 + re2) - (re1 + re3), im[2 * quarter] = (im0 + im2) - (im1 + im3);
        re[3 * quarter] = (re0 - re2) - (im1 - im3), im[3 * quarter] = (im0 - im2) + (re1 - re3);
      }
    }
  }

  /// From the spectrum Z of the complex points to that of the samples: with Y_k = conj(Z_(256-k)),
  /// X_k = (Z_k + Y_k) / 2 - i e^(-2 pi i k / 512) (Z_k - Y_k) / 2. The mel bands read the bins 1 to 255.
  void take_magnitudes(const mel_tables& tables) {
    for (dim k = 1; k <= mel_points / 2; ++k) {
      const dim mirror = mel_points - k;
      const float c = tables.cosine[k], s = tables.sine[k];
      const mel_lane even_re = (real[k] + real[mirror]) * 0.5f,
                     even_im = (imaginary[k] - imaginary[mirror]) * 0.5f;
      const mel_lane odd_re = (imaginary[k] + imaginary[mirror]) * 0.5f,
                     odd_im = (real[mirror] - real[k]) * 0.5f;
      const mel_lane turned_re = odd_re * c - odd_im * s, turned_im = odd_re * s + odd_im * c;
      const mel_lane low_re = even_re + turned_re, low_im = even_im + turned_im;
      const mel_lane high_re = even_re - turned_re, high_im = even_im - turned_im;
      magnitude[k] = low_re * low_re + low_im * low_im;
      magnitude[mirror] = high_re * high_re + high_im * high_im;
    }
    float* squared = reinterpret_cast<float*>(magnitude + 1);
#pragma omp simd
    for (dim i = 0; i < (mel_points - 1) * mel_lanes; ++i) squared[i] = fast_sqrt(squared[i]);
  }

  /// y [frames, 64]
  template <class T>
  void store(const mel_tables& tables, T* y, dim frames) const {
    mel_lane energy[mel_bands];
    const float* weight = tables.weights.data();
    for (dim band = 0; band < mel_bands; ++band) {
      mel_lane sum = mel_lane{} + float(log_offset);
      const mel_lane* bin = magnitude + tables.first_bin[band];
      for (dim i = 0; i < tables.bins[band]; ++i) sum += *weight++ * bin[i];
      energy[band] = sum;
    }
    float* logarithm = reinterpret_cast<float*>(energy);
#pragma omp simd
    for (dim i = 0; i < mel_bands * mel_lanes; ++i) logarithm[i] = fast_log(logarithm[i]);
    for (dim lane = 0; lane < frames; ++lane)
      for (dim band = 0; band < mel_bands; ++band)
        y[lane * mel_bands + band] = T(logarithm[band * mel_lanes + lane]);
  }
};

}  // namespace detail

/// Spec: reference/log_mel.hpp. T is float or bfloat16.
template <class T>
void log_mel(device& device, view<T, 2> y, const_view<float, 1> samples) {
  const dim F = frames_of(samples.shape[0]);
  require(y.shape == std::array{F, mel_bands}, "log_mel: y ", y.shape, ", samples ", samples.shape,
          "; expected y ", std::array{F, mel_bands});
  static const detail::mel_tables tables;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim first = 0; first < F; first += detail::mel_lanes) {
    const dim frames = std::min(F - first, detail::mel_lanes);
    detail::mel_transform transform;
    transform.load(tables, samples.data + first * frame_hop, frames);
    for (dim quarter : {1, 4, 16, 64}) transform.combine(tables, quarter);
    transform.take_magnitudes(tables);
    transform.store(tables, y.data + first * mel_bands, frames);
  }
}

}  // namespace eev::cpu
