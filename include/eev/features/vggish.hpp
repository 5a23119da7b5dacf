// In:  patches of log-mel spectrogram [B, 96, 64].  Out: one row of features a patch, [B, 128].  Rests on:
// layers.
//
// Hershey et al. 2017, "CNN architectures for large-scale audio classification"; the paper's audio features.
// Six 3x3 convolutions, four poolings, three linear layers. Time is the height of the image, mel bands are
// its width.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/mel_bands.hpp>
#include <eev/layers/conv2d.hpp>
#include <eev/layers/linear.hpp>

namespace eev::features {

struct vggish_shape {
  std::string_view name;
  std::array<dim, 6> channels;  // of the convolutions
  std::array<dim, 3> units;     // of the linear layers

  dim features() const { return units[2]; }
};

inline constexpr std::array<vggish_shape, 2> vggish_shapes = {{
    {"vggish", {64, 128, 256, 256, 512, 512}, {4096, 4096, 128}},
    {"vggish-demo", {8, 16, 32, 32, 64, 64}, {128, 128, 128}},  // of the embedded demo bundle
}};

/// The shape of that name.
inline const vggish_shape& find_vggish(std::string_view name) {
  for (const vggish_shape& shape : vggish_shapes)
    if (shape.name == name) return shape;
  std::string names;
  for (const vggish_shape& shape : vggish_shapes)
    names += (names.empty() ? "" : ", ") + std::string(shape.name);
  throw error(message("no VGGish '", name, "'; there are ", names));
}

inline constexpr dim patch_frames = 96;

/// Tensors by torchvggish's names: features.0, 3, 6, 8, 11, 13 and embeddings.0, 2, 4 (it counts ReLU and
/// pooling too).
template <class Device, class T = typename Device::scalar>
class vggish {
  using scalar = typename Device::scalar;

 public:
  vggish(Device& device, const weights& from, const vggish_shape& shape) : shape_(shape) {
    dim C = 1;
    for (int i = 0; i < 6; ++i) {
      convolutions_.emplace_back(device, from.scope("features." + std::to_string(convolution_names[i])),
                                 layers::conv2d_shape{shape.channels[i], C, {3, 3}, {1, 1}, {1, 1}});
      C = shape.channels[i];
    }
    dim K = row_size();
    for (int i = 0; i < 3; ++i) {
      embeddings_.emplace_back(device, from.scope("embeddings." + std::to_string(2 * i)), shape.units[i], K);
      K = shape.units[i];
    }
  }

  dim features() const { return shape_.features(); }

  /// patches [B, 96, 64] -> y [B, 128]. torchvggish ends with a ReLU, AudioSet's present code without:
  /// `final_relu` chooses.
  void operator()(Device& device, view<scalar, 2> y, const_view<T, 3> patches, bool final_relu = true) const {
    const dim B = patches.shape[0];
    require(patches.shape == std::array{B, patch_frames, mel_bands} && y.shape == std::array{B, features()},
            "vggish: patches ", patches.shape, ", features ", y.shape, "; expected [B, 96, 64] and [B, ",
            features(), "]");
    auto scope = device.scope();
    // The first linear layer reads the last image as one row: over time, mel and channel, as it lies in
    // memory.
    auto rows = device.template take<T>(B, row_size());
    // A few patches at a time, so that memory hardly grows with B.
    for (dim first = 0; first < B; first += patches_at_once) {
      const dim last = std::min(B, first + patches_at_once);
      convolve(device, rows.slices(first, last), patches.slices(first, last));
    }
    auto first = device.template take<T>(B, shape_.units[0]),
         second = device.template take<T>(B, shape_.units[1]);
    embeddings_[0](device, first, rows, epilogue::relu);
    embeddings_[1](device, second, first, epilogue::relu);
    embeddings_[2](device, y, second, final_relu ? epilogue::relu : epilogue::none);
  }

 private:
  static constexpr int convolution_names[6] = {0, 3, 6, 8, 11, 13};
  static constexpr bool pool_after[6] = {true, true, false, true, false, true};
  static constexpr dim patches_at_once = 8;

  /// What four poolings leave of a patch: 6 x 4 x 512.
  dim row_size() const { return (patch_frames / 16) * (mel_bands / 16) * shape_.channels[5]; }

  /// patches [B, 96, 64] -> y [B, 6 x 4 x 512]
  void convolve(Device& device, view<T, 2> y, const_view<T, 3> patches) const {
    auto scope = device.scope();
    dim B = patches.shape[0], H = patch_frames, W = mel_bands;
    view<const T, 4> x = patches.as(B, H, W, 1);
    for (int i = 0; i < 6; ++i) {
      const dim N = shape_.channels[i];
      auto sums = device.template take<T>(B, H, W, N);
      convolutions_[i](device, sums, x, epilogue::relu);
      x = sums;
      if (!pool_after[i]) continue;
      H /= 2, W /= 2;
      auto smaller = i == 5 ? y.as(B, H, W, N) : device.template take<T>(B, H, W, N);
      max_pool(device, smaller, x);
      x = smaller;
    }
  }

  vggish_shape shape_;
  std::vector<layers::conv2d_layer<Device, T>> convolutions_;
  std::vector<layers::linear_layer<Device, T>> embeddings_;
};

}  // namespace eev::features
