// In:  images [B, H, W, C].  Out: images [B, Y, X, N], channels last.  Rests on: core; the device's conv2d().
#pragma once

#include <vector>

#include <eev/core/conv_extent.hpp>
#include <eev/core/epilogue.hpp>
#include <eev/core/weights.hpp>

namespace eev::layers {

/// N filters of `size` on C channels, which they see in `groups`.
struct conv2d_shape {
  dim N, C;
  height_width size, stride = {1, 1}, padding = {0, 0};
  dim groups = 1;

  std::vector<dim> filters() const { return {N, C / groups, size[0], size[1]}; }
};

/// A convolution.
template <class Device, class T>
class conv2d_layer {
 public:
  /// Tensors `weight` [N, C / groups, height, width] and `bias` [N].
  conv2d_layer(Device& device, const weights& from, const conv2d_shape& shape)
      : conv2d_layer(device, shape, from.read("weight", shape.filters()), from.read("bias", {shape.N})) {}
  conv2d_layer(Device& device, const conv2d_shape& shape, const std::vector<float>& filters,
               const std::vector<float>& bias)
      : shape_(shape),
        filters_(
            device.template pack<T>(filters, shape.N, shape.C / shape.groups, shape.size[0], shape.size[1])),
        bias_(device.keep(bias)) {}

  void operator()(Device& device, view<T, 4> y, const_view<T, 4> x, epilogue after = epilogue::none) const {
    conv2d(device, y, x, filters_, bias_, shape_.stride, shape_.padding, after);
  }

  /// The result in scratch memory of the innermost open scope.
  view<T, 4> operator()(Device& device, const_view<T, 4> x, epilogue after = epilogue::none) const {
    const auto places = [&](int axis) {
      return conv_extent(x.shape[1 + axis], shape_.size[axis], shape_.stride[axis], shape_.padding[axis]);
    };
    auto y = device.template take<T>(x.shape[0], places(0), places(1), shape_.N);
    (*this)(device, y, x, after);
    return y;
  }

 private:
  conv2d_shape shape_;
  typename Device::template filters<T> filters_;
  view<const typename Device::scalar, 1> bias_;
};

}  // namespace eev::layers
