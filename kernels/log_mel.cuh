// Spec: reference/log_mel.hpp. In: samples [S]. Out: frames y [F, 64], float or bfloat16.
//
// A warp has a frame, its spectrum in shared memory. Even samples are the real part of 256 complex points,
// odd ones the imaginary part; four passes of radix 4 (decimation in time), of whose 64 butterflies lane l
// has two, the first pass straight from the samples; then lane l takes the bins l + 1, l + 33, ... up to 128
// and their mirrors, and the bands l and l + 32. 8 warps a block, which goes on to other frames: what all
// frames share (window, roots of one, mel weights: 3.4 KB) comes as an argument of the kernel and is unfolded
// into shared memory once a block; a lane's own roots stay in its registers.
//
// Limits: F below 2^31. Memory: 640 bytes in (each sample is read 2.5 times, mostly from the cache), 64
// sizeof(T) out a frame; some 15,000 FLOP.
#pragma once

#include <array>
#include <cmath>
#include <numbers>

#include <eev/cuda/log_mel.hpp>

#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

// ---- kernel ----

constexpr int mel_warps = 8, mel_threads = mel_warps * warp_lanes;
constexpr int mel_points = int(spectrum_size) / 2;  // of the complex transform
constexpr int most_mel_weights = 480;               // of all bands
constexpr unsigned most_mel_blocks = 528;           // four a multiprocessor of the largest GPUs

/// What all frames share; the window is symmetric, the roots of one are made of a quarter of the cosine.
struct mel_tables {
  float window[frame_samples / 2 + 1];
  float cosine[spectrum_size / 4 + 1];
  float weights[most_mel_weights];            // of all bands, one after the other
  std::uint16_t first_weight[mel_bands + 1];  // of each band; behind the last band, the end
  std::uint8_t first_bin[mel_bands];
};

/// cos(2 pi n / 512) of n < 512 by its first quarter.
__device__ __forceinline__ float cosine_of(const mel_tables& tables, int n) {
  constexpr int quarter = int(spectrum_size) / 4;
  if (n <= quarter) return tables.cosine[n];
  if (n <= 2 * quarter) return -tables.cosine[2 * quarter - n];
  if (n <= 3 * quarter) return -tables.cosine[n - 2 * quarter];
  return tables.cosine[4 * quarter - n];
}

/// n with its four digits to the base 4 reversed.
__device__ __forceinline__ int place_of(int n) {
  return (n & 3) << 6 | (n >> 2 & 3) << 4 | (n >> 4 & 3) << 2 | n >> 6;
}

/// Where point n lies in shared memory: whichever two digits of n to the base 4 a pass takes from the lane,
/// the 16 points of half a warp lie in different banks. slot_of(a + b) = slot_of(a) ^ slot_of(b) if no digit
/// is in both.
__device__ __forceinline__ constexpr int slot_of(int n) {
  return (n & 0xf0) | ((n >> 2 ^ n >> 4) & 3) << 2 | ((n ^ n >> 2 ^ n >> 6) & 3);
}

__device__ __forceinline__ float2 times(float2 a, float2 b) {
  return make_float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

/// The transform of four points.
__device__ __forceinline__ void transform(float2 (&p)[4]) {
  const float2 a = p[0], b = p[1], c = p[2], d = p[3];
  p[0] = make_float2((a.x + c.x) + (b.x + d.x), (a.y + c.y) + (b.y + d.y));
  p[1] = make_float2((a.x - c.x) + (b.y - d.y), (a.y - c.y) - (b.x - d.x));
  p[2] = make_float2((a.x + c.x) - (b.x + d.x), (a.y + c.y) - (b.y + d.y));
  p[3] = make_float2((a.x - c.x) - (b.y - d.y), (a.y - c.y) + (b.x - d.x));
}

/// `pairs`: samples can be read two at a time.
template <class T>
__global__ void __launch_bounds__(mel_threads, 4)
    log_mel_frames(T* y, const float* samples, dim F, bool pairs, const __grid_constant__ mel_tables tables) {
  SHARED(window, float2[frame_samples / 2]);
  SHARED(root, float2[spectrum_size]);  // e^(-2 pi i n / 512)
  SHARED(weights, float[most_mel_weights]);
  SHARED(spectra, float2[mel_warps][mel_points]);
  SHARED(all_magnitudes, float[mel_warps][mel_points]);

  const auto window_at = [&](int n) { return tables.window[n <= frame_samples / 2 ? n : frame_samples - n]; };
  for (int n = threadIdx.x; n < frame_samples / 2; n += mel_threads)
    window[n] = make_float2(window_at(2 * n), window_at(2 * n + 1));
  for (int n = threadIdx.x; n < spectrum_size; n += mel_threads)
    root[n] = make_float2(cosine_of(tables, n), -cosine_of(tables, (n + 3 * mel_points / 2) % spectrum_size));
  for (int i = threadIdx.x; i < tables.first_weight[mel_bands]; i += mel_threads)
    weights[i] = tables.weights[i];
  __syncthreads();

  const int lane = threadIdx.x % warp_lanes, warp = threadIdx.x / warp_lanes;
  float2* z = spectra[warp];
  float* magnitudes = all_magnitudes[warp];

  // The roots of the passes with quarters of 4 and 16 points, where both butterflies of a lane have the same,
  // and of its two with quarters of 64; the roots of its bins.
  float2 pass_roots[4][3], bin_roots[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const int quarter = i < 2 ? 4 << 2 * i : 64, j = (lane + (i == 3 ? warp_lanes : 0)) % quarter;
#pragma unroll
    for (int m = 1; m < 4; ++m) pass_roots[i][m - 1] = root[m * j * (mel_points / 2 / quarter)];
    bin_roots[i] = root[lane + 1 + i * warp_lanes];
  }

  for (dim f = dim(blockIdx.x) * mel_warps + warp; f < F; f += dim(gridDim.x) * mel_warps) {
    const float* frame = samples + f * frame_hop;
#pragma unroll
    for (int half = 0; half < 2; ++half) {  // of the butterflies
      const int first = lane + half * warp_lanes;
      float2 points[4];
#pragma unroll
      for (int m = 0; m < 4; ++m) {
        const int n = first + m * (mel_points / 4);
        points[m] = make_float2(0, 0);
        if (2 * n >= frame_samples) continue;
        const float2 two = pairs ? *reinterpret_cast<const float2*>(frame + 2 * n)
                                 : make_float2(frame[2 * n], frame[2 * n + 1]);
        points[m] = make_float2(two.x * window[n].x, two.y * window[n].y);
      }
      transform(points);
#pragma unroll
      for (int m = 0; m < 4; ++m) z[slot_of(place_of(first)) ^ slot_of(m)] = points[m];
    }
    __syncwarp();

#pragma unroll
    for (int pass = 0; pass < 3; ++pass) {
      const int quarter = 4 << 2 * pass;
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const int i = lane + half * warp_lanes, j = i % quarter;
        const int slot = slot_of(4 * (i - j) + j);  // of the first point, whose digit of the quarters is 0
        const float2(&roots)[3] = pass_roots[pass < 2 ? pass : 2 + half];
        float2 points[4];
        points[0] = z[slot];
#pragma unroll
        for (int m = 1; m < 4; ++m) points[m] = times(z[slot ^ slot_of(m * quarter)], roots[m - 1]);
        transform(points);
#pragma unroll
        for (int m = 0; m < 4; ++m) z[slot ^ slot_of(m * quarter)] = points[m];
      }
      __syncwarp();
    }

    // From the spectrum Z of the complex points to that of the samples, X_k = E_k + e^(-2 pi i k / 512) O_k
    // with E and O of even and odd samples.
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int k = lane + 1 + i * warp_lanes;
      const float2 low = z[slot_of(k)], high = z[slot_of(mel_points - k)];
      const float2 even = make_float2((low.x + high.x) * 0.5f, (low.y - high.y) * 0.5f);
      const float2 odd = times(make_float2((low.y + high.y) * 0.5f, (high.x - low.x) * 0.5f), bin_roots[i]);
      const float2 sum = make_float2(even.x + odd.x, even.y + odd.y),
                   difference = make_float2(even.x - odd.x, even.y - odd.y);
      magnitudes[mel_points - k] = sqrtf(difference.x * difference.x + difference.y * difference.y);
      magnitudes[k] = sqrtf(sum.x * sum.x + sum.y * sum.y);
    }
    __syncwarp();

    for (int band = lane; band < mel_bands; band += warp_lanes) {
      const int first = tables.first_weight[band], end = tables.first_weight[band + 1];
      float energy = float(log_offset);
      for (int i = first; i < end; ++i) energy += weights[i] * magnitudes[tables.first_bin[band] + i - first];
      store(y + f * mel_bands + band, logf(energy));
    }
    __syncwarp();  // before the next frame takes the place of this one
  }
}

// ---- launcher ----

inline mel_tables make_mel_tables() {
  mel_tables tables{};
  for (dim n = 0; n <= frame_samples / 2; ++n) tables.window[n] = float(hann_window()[n]);
  for (dim n = 0; n <= spectrum_size / 4; ++n)
    tables.cosine[n] = float(std::cos(2 * std::numbers::pi * double(n) / double(spectrum_size)));
  int count = 0;
  for (dim band = 0; band < mel_bands; ++band) {
    const mel_band& filter = mel_filters()[band];
    tables.first_bin[band] = std::uint8_t(filter.first);
    tables.first_weight[band] = std::uint16_t(count);
    for (double weight : filter.weights) tables.weights[count++] = float(weight);
  }
  tables.first_weight[mel_bands] = std::uint16_t(count);
  return tables;
}

template <class T>
void log_mel_of(device& device, view<T, 2> y, view<const float, 1> samples) {
  const dim F = frames_of(samples.shape[0]);
  require(y.shape == std::array{F, mel_bands}, "log_mel: y ", y.shape, ", samples ", samples.shape,
          "; expected y ", std::array{F, mel_bands});
  if (F == 0) return;
  static const mel_tables tables = make_mel_tables();
  launch("log_mel", device, std::min(blocks_for(F, mel_warps), most_mel_blocks), mel_threads, 0,
         log_mel_frames<std::remove_pointer_t<decltype(in_kernel(y.data))>>, in_kernel(y.data), samples.data,
         F, aligned_to(sizeof(float2), samples.data), tables);
}

}  // namespace

void log_mel(device& device, view<float, 2> y, view<const float, 1> samples) {
  log_mel_of(device, y, samples);
}
void log_mel(device& device, view<bfloat16, 2> y, view<const float, 1> samples) {
  log_mel_of(device, y, samples);
}

}  // namespace eev::cuda
