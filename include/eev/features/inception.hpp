// In:  prepared frames [B, 299, 299, 3].  Out: one row of features a frame, [B, 2048].  Rests on: layers,
// features/inception_blocks.
//
// Inception-v3 as torchvision has it, with the weights that Google trained. They want colours from -1 to 1,
// which torchvision makes of ImageNet-normalised ones (`transform_input`) and timm and Cadene make at once.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/image_statistics.hpp>
#include <eev/core/resampling.hpp>
#include <eev/features/inception_blocks.hpp>
#include <eev/layers/conv2d_norm.hpp>

namespace eev::features {

template <class Device, class T = typename Device::scalar>
class inception;

struct inception_shape {
  template <class Device, class T>
  using network = inception<Device, T>;

  std::string_view name;
  dim side = 299;  // pixels of a frame
  dim part = 1;    // channels are divided by this

  static constexpr resize_filter filter = resize_filter::bilinear;  // torchvision's and Cadene's

  dim features() const { return 2048 / part; }
};

inline constexpr std::array<inception_shape, 1> inception_shapes = {{{"inception-v3"}}};

/// Tensors by torchvision's names: Conv2d_1a_3x3 .. Conv2d_4a_3x3, Mixed_5b .. Mixed_7c.
template <class Device, class T>
class inception {
  using scalar = typename Device::scalar;
  using convolution = layers::conv2d_layer<Device, T>;

  struct branch {
    branch_pool before;
    std::vector<convolution> chain, ends;
  };
  struct block {
    std::vector<branch> branches;
    dim N = 0;            // channels of its output
    bool halves = false;  // the image
  };

 public:
  inception(Device& device, const weights& from, const inception_shape& shape) : shape_(shape) {
    dim C = 3;
    const auto stem = [&](const char* name, dim N, dim size, dim stride, dim padding) {
      stem_.push_back(normed(device, from.scope(name),
                             {N / shape.part, C, {size, size}, {stride, stride}, {padding, padding}}));
      C = N / shape.part;
    };
    stem("Conv2d_1a_3x3", 32, 3, 2, 0);
    stem("Conv2d_2a_3x3", 32, 3, 1, 0);
    stem("Conv2d_2b_3x3", 64, 3, 1, 1);
    stem("Conv2d_3b_1x1", 80, 1, 1, 0);
    stem("Conv2d_4a_3x3", 192, 3, 1, 0);
    for (const inception_block& described : inception_blocks()) {
      blocks_.push_back(make_block(device, from.scope(std::string(described.name)), described, C));
      C = blocks_.back().N;
    }
  }

  /// rgb [B, 299, 299, 3] -> y [B, 2048]
  void operator()(Device& device, view<scalar, 2> y, const_view<std::uint8_t, 4> rgb) const {
    const dim B = rgb.shape[0], side = shape_.side, features = shape_.features();
    require(rgb.shape == std::array{B, side, side, dim{3}} && y.shape == std::array{B, features},
            "inception: frames ", rgb.shape, ", features ", y.shape, "; expected [B, ", side, ", ", side,
            ", 3] and [B, ", features, "]");
    auto scope = device.scope();
    auto normalised = device.template take<T>(B, side, side, 3);
    normalise_image(device, normalised, rgb, centred_statistics);
    const auto convolve = [&](int i, const_view<T, 4> x) { return stem_[i](device, x, epilogue::relu); };
    auto x = halved(device, convolve(2, convolve(1, convolve(0, normalised))));  // [B, 73, 73, 64]
    x = halved(device, convolve(4, convolve(3, x)));                             // [B, 35, 35, 192]
    for (const block& block : blocks_) x = apply(device, block, x);
    mean_pool(device, y, x.as(B, x.shape[1] * x.shape[2], features));  // of [B, 8, 8, 2048]
  }

 private:
  static convolution normed(Device& device, const weights& from, const layers::conv2d_shape& shape) {
    return layers::conv2d_with_norm<Device, T>(device, from.scope("conv"), from.scope("bn"), 1e-3, shape);
  }

  block make_block(Device& device, const weights& from, const inception_block& described, dim input) const {
    block block;
    for (const inception_branch& branch : described.branches) {
      dim C = input;
      const auto make = [&](const inception_convolution& one) {
        const auto [height, width] = one.size;
        const height_width same_size{height / 2, width / 2};
        return normed(device, from.scope(std::string(one.name)),
                      {one.N / shape_.part,
                       C,
                       one.size,
                       {one.stride, one.stride},
                       one.stride == 1 ? same_size : height_width{}});
      };
      auto& made = block.branches.emplace_back();
      made.before = branch.before;
      for (const auto& one : branch.chain) {
        made.chain.push_back(make(one));
        C = one.N / shape_.part;
      }
      for (const auto& one : branch.ends) {
        made.ends.push_back(make(one));
        block.N += one.N / shape_.part;
        block.halves = one.stride == 2;
      }
      if (branch.ends.empty()) block.N += C;
    }
    return block;
  }

  /// x [B, H, W, C] -> [B, H / 2, W / 2, C], H and W odd.
  static view<T, 4> halved(Device& device, const_view<T, 4> x) {
    const auto [B, H, W, C] = x.shape;
    auto y = device.template take<T>(B, H / 2, W / 2, C);
    max_pool(device, y, x, 3);
    return y;
  }

  /// x [B, H, W, C] -> [B, H, W, N] or, where the block halves the image, [B, H / 2, W / 2, N].
  static view<T, 4> apply(Device& device, const block& block, const_view<T, 4> x) {
    const auto [B, H, W, C] = x.shape;
    const dim divide = block.halves ? 2 : 1;
    auto y = device.template take<T>(B, H / divide, W / divide, block.N);
    dim first = 0;
    const auto place = [&](const_view<T, 4> part) {
      place_columns(device, y.rows(), part.rows(), first);
      first += part.shape[3];
    };
    for (const branch& branch : block.branches) {
      auto scope = device.scope();
      const_view<T, 4> z = x;
      if (branch.before == branch_pool::largest) z = halved(device, x);
      if (branch.before == branch_pool::average) {
        auto pooled = device.template take<T>(B, H, W, C);
        average_pool(device, pooled, x);
        z = pooled;
      }
      for (const convolution& convolve : branch.chain) z = convolve(device, z, epilogue::relu);
      for (const convolution& convolve : branch.ends) place(convolve(device, z, epilogue::relu));
      if (branch.ends.empty()) place(z);
    }
    return y;
  }

  inception_shape shape_;
  std::vector<convolution> stem_;
  std::vector<block> blocks_;
};

}  // namespace eev::features
