// In:  prepared frames [B, 224, 224, 3].  Out: one row of features a frame, [B, 2048].  Rests on: layers.
//
// SE-ResNet-50 and SE-ResNeXt-101 32x4d as R. Cadene's pretrained-models.pytorch has them from Caffe: Hu et
// al. 2018, "Squeeze-and-excitation networks"; Xie et al. 2017, "Aggregated residual transformations".
// Features of the paper's tables 1 and 2, there of length 1.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/image_statistics.hpp>
#include <eev/core/resampling.hpp>
#include <eev/layers/se_bottleneck.hpp>

namespace eev::features {

template <class Device, class T = typename Device::scalar>
class se_resnet;

struct se_resnet_shape {
  template <class Device, class T>
  using network = se_resnet<Device, T>;

  std::string_view name;
  std::array<dim, 4> blocks;  // of each layer
  dim width, groups;          // of the 3x3 convolutions of layer 1
  bool stride_in_3x3;         // of a layer's first block
  dim side = 224;             // pixels of a frame
  dim channels = 256;         // that come out of layer 1

  static constexpr resize_filter filter = resize_filter::bilinear;  // of Cadene's TransformImage

  dim features() const { return 8 * channels; }
};

inline constexpr std::array<se_resnet_shape, 2> se_resnet_shapes = {{
    {"se-resnet50", {3, 4, 6, 3}, 64, 1, false},
    {"se-resnext101-32x4d", {3, 4, 23, 3}, 128, 32, true},
}};

/// Tensors by Cadene's names: layer0, layerI.J.
template <class Device, class T>
class se_resnet {
  using scalar = typename Device::scalar;
  using block = layers::se_bottleneck<Device, T>;

 public:
  se_resnet(Device& device, const weights& from, const se_resnet_shape& shape)
      : shape_(shape),
        stem_(layers::conv2d_with_norm<Device, T>(device, from.scope("layer0").scope("conv1"),
                                                  from.scope("layer0").scope("bn1"), block::epsilon,
                                                  {shape.channels / 4, 3, {7, 7}, {2, 2}, {3, 3}})) {
    dim C = shape.channels / 4;
    for (dim i = 0; i < 4; ++i) {
      const weights inside = from.scope("layer" + std::to_string(i + 1));
      const dim width = shape.width << i, N = shape.channels << i;
      for (dim j = 0; j < shape.blocks[i]; ++j) {
        const dim stride = i > 0 && j == 0 ? 2 : 1;
        layers_[i].emplace_back(
            device, inside.scope(std::to_string(j)),
            layers::se_bottleneck_shape{C, width, N, shape.groups, stride, shape.stride_in_3x3});
        C = N;
      }
    }
  }

  /// rgb [B, 224, 224, 3] -> y [B, 2048]
  void operator()(Device& device, view<scalar, 2> y, const_view<std::uint8_t, 4> rgb) const {
    const dim B = rgb.shape[0], side = shape_.side, features = shape_.features();
    require(rgb.shape == std::array{B, side, side, dim{3}} && y.shape == std::array{B, features},
            "se_resnet: frames ", rgb.shape, ", features ", y.shape, "; expected [B, ", side, ", ", side,
            ", 3] and [B, ", features, "]");
    auto scope = device.scope();
    auto normalised = device.template take<T>(B, side, side, 3);
    normalise_image(device, normalised, rgb, imagenet_statistics);
    const auto seen = stem_(device, normalised, epilogue::relu);  // [B, 112, 112, 64]
    dim H = seen.shape[1] / 2, W = seen.shape[2] / 2, C = shape_.channels;
    auto x = device.template take<T>(B, H, W, C / 4);
    max_pool(device, x, seen, 3);  // [B, 56, 56, 64]
    for (dim i = 0; i < 4; ++i) {
      if (i > 0) H = (H + 1) / 2, W = (W + 1) / 2, C *= 2;
      auto next = device.template take<T>(B, H, W, C);  // [B, 56 / 2^i, 56 / 2^i, 256 2^i]
      for (const block& block : layers_[i]) {
        block(device, next, x);
        x = next;
      }
    }
    mean_pool(device, y, x.as(B, H * W, C));
  }

 private:
  se_resnet_shape shape_;
  layers::conv2d_layer<Device, T> stem_;
  std::array<std::vector<block>, 4> layers_;
};

}  // namespace eev::features
