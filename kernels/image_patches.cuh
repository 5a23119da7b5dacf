// Spec: reference/image_patches.hpp. In: rgb [B, H, W, 3], 8 bits. Out: y [B, H/4, W/4, 48], float or
// bfloat16.
//
// A thread has one of the 4 rows of a patch: 12 bytes as 3 words in, 4 values of each colour out. The rows of
// a patch are neighbours in a warp, so that they store 16 values of a colour side by side.
//
// Limits: rgb aligned to 4 bytes, y to 4 elements; B H W below 2^33. Memory: 3 B H W bytes in,
// 3 B H W sizeof(T) out. 6 B H W FLOP: bound by memory.
#pragma once

#include <array>

#include <eev/cuda/image_patches.hpp>

#include "device/colours.cuh"
#include "device/primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int patch_threads = 256;

template <class T>
__global__ void __launch_bounds__(patch_threads)
    arrange_patches(T* y, const std::uint32_t* rgb, colour_scales colours, unsigned patches,
                    unsigned across) {
  const unsigned index = blockIdx.x * patch_threads + threadIdx.x, patch = index / 4, row = index % 4;
  if (patch >= patches) return;
  const std::uint32_t* words = rgb + dim(3) * ((patch / across * 4 + row) * across + patch % across);
  const std::uint32_t pixels[3] = {words[0], words[1], words[2]};
#pragma unroll
  for (int c = 0; c < 3; ++c) {
    float values[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) values[j] = colours(byte_of(pixels, 3 * j + c), c);
    store4(y + dim(patch) * 48 + 16 * c + 4 * row, make_float4(values[0], values[1], values[2], values[3]));
  }
}

template <class T>
void patches_of_images(device& device, view<T, 4> y, view<const std::uint8_t, 4> rgb) {
  const auto [B, H, W, channels] = rgb.shape;
  require(H % 4 == 0 && W % 4 == 0 && channels == 3 && y.shape == std::array{B, H / 4, W / 4, dim{48}},
          "image_patches: y ", y.shape, ", rgb ", rgb.shape,
          "; expected y [B, H/4, W/4, 48], rgb [B, H, W, 3]");
  require(aligned_to(4, rgb.data) && aligned_to(4 * sizeof(T), y.data),
          "image_patches: rgb is not aligned to 4 bytes or y not to 4 elements; expected tensors that begin "
          "at whole vectors");
  if (y.size() == 0) return;
  const dim patches = B * (H / 4) * (W / 4);
  launch("image_patches", device, blocks_for(4 * patches, patch_threads), patch_threads, 0,
         arrange_patches<std::remove_pointer_t<decltype(in_kernel(y.data))>>, in_kernel(y.data),
         reinterpret_cast<const std::uint32_t*>(rgb.data), colour_scales(imagenet_statistics),
         unsigned(patches), unsigned(W / 4));
}

}  // namespace

void image_patches(device& device, view<float, 4> y, view<const std::uint8_t, 4> rgb) {
  patches_of_images(device, y, rgb);
}
void image_patches(device& device, view<bfloat16, 4> y, view<const std::uint8_t, 4> rgb) {
  patches_of_images(device, y, rgb);
}

}  // namespace eev::cuda
