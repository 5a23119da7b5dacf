// In:  images [B, H, W, C].  Out: images [B, H / stride, W / stride, N].  Rests on: layers/conv2d_norm; the
// device's mean_pool(), linear() and excite().
#pragma once

#include <array>
#include <optional>

#include <eev/layers/conv2d_norm.hpp>

namespace eev::layers {

/// Hu et al. 2018, "Squeeze-and-excitation networks": each channel is weighed by a gate that has seen the
/// means of all of them. Tensors fc1 and fc2, linear layers that are stored as 1x1 convolutions.
template <class Device, class T>
class squeeze_excite {
  using scalar = typename Device::scalar;
  static constexpr dim reduction = 16;

 public:
  squeeze_excite(Device& device, const weights& from, dim C)
      : squeeze_(device, from.scope("fc1"), C / reduction, C),
        excite_(device, from.scope("fc2"), C, C / reduction) {}

  /// y [B, H, W, C] = max(0, y + gates x)
  void operator()(Device& device, view<T, 4> y, const_view<T, 4> x) const {
    const auto [B, H, W, C] = x.shape;
    auto scope = device.scope();
    auto means = device.template take<scalar>(B, C),
         squeezed = device.template take<scalar>(B, C / reduction),
         logits = device.template take<scalar>(B, C);
    mean_pool(device, means, x.as(B, H * W, C));
    linear(device, squeezed, means, squeeze_.weight, squeeze_.bias, epilogue::relu);
    linear(device, logits, squeezed, excite_.weight, excite_.bias);
    excite(device, y.as(B, H * W, C), x.as(B, H * W, C), logits);
  }

 private:
  /// Of a row an image; so small beside the convolutions that it is computed in full precision.
  struct pointwise {
    typename Device::template matrix<scalar> weight;
    view<const scalar, 1> bias;

    pointwise(Device& device, const weights& from, dim N, dim K)
        : weight(device.template pack<scalar>(from.read("weight", {N, K, 1, 1}), N, K)),
          bias(device.keep(from.read("bias", {N}))) {}
  };

  pointwise squeeze_, excite_;
};

struct se_bottleneck_shape {
  dim C, width, N;  // channels that come in, are convolved by 3x3, go out
  dim groups, stride;
  bool stride_in_3x3;  // else in the 1x1 convolution before it
};

/// Cadene's: three convolutions, the gates of squeeze_excite, and the block's input added.
template <class Device, class T>
class se_bottleneck {
  using convolution = conv2d_layer<Device, T>;

 public:
  /// A block that changes the size of its image has the tensors of a shortcut, `downsample`.
  se_bottleneck(Device& device, const weights& from, const se_bottleneck_shape& shape)
      : narrow_(
            normed(device, from, 1, {shape.width, shape.C, {1, 1}, stride_if(!shape.stride_in_3x3, shape)})),
        convolve_(normed(
            device, from, 2,
            {shape.width, shape.width, {3, 3}, stride_if(shape.stride_in_3x3, shape), {1, 1}, shape.groups})),
        widen_(normed(device, from, 3, {shape.N, shape.width, {1, 1}})),
        excite_(device, from.scope("se_module"), shape.N) {
    if (shape.stride == 1 && shape.C == shape.N) return;
    const weights shortcut = from.scope("downsample");
    shortcut_.emplace(conv2d_with_norm<Device, T>(device, shortcut.scope("0"), shortcut.scope("1"), epsilon,
                                                  {shape.N, shape.C, {1, 1}, {shape.stride, shape.stride}}));
  }

  /// y is x where there is no shortcut.
  void operator()(Device& device, view<T, 4> y, const_view<T, 4> x) const {
    auto scope = device.scope();
    const auto narrow = narrow_(device, x, epilogue::relu);
    const auto convolved = convolve_(device, narrow, epilogue::relu);
    const auto branch = widen_(device, convolved);
    if (shortcut_) (*shortcut_)(device, y, x);
    excite_(device, y, branch);
  }

  static constexpr double epsilon = 1e-5;  // of the batch norms

 private:
  static convolution normed(Device& device, const weights& from, int number, const conv2d_shape& shape) {
    const std::string digit = std::to_string(number);
    return conv2d_with_norm<Device, T>(device, from.scope("conv" + digit), from.scope("bn" + digit), epsilon,
                                       shape);
  }
  static height_width stride_if(bool here, const se_bottleneck_shape& shape) {
    return here ? height_width{shape.stride, shape.stride} : height_width{1, 1};
  }

  convolution narrow_, convolve_, widen_;
  squeeze_excite<Device, T> excite_;
  std::optional<convolution> shortcut_;
};

}  // namespace eev::layers
