// In:  prepared frames [B, 224, 224, 3].  Out: one row of features a frame, [B, 8 embed] (1536 for Swin-L).
// Rests on: layers.
//
// Liu et al. 2021, "Swin Transformer": four stages of windowed attention, each at half the side and twice the
// channels of the one before. The paper's visual features (section 2.1) are the normed, averaged output of
// stage 4.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/resampling.hpp>
#include <eev/layers/downsample.hpp>
#include <eev/layers/patch_embedding.hpp>
#include <eev/layers/swin_block.hpp>

namespace eev::features {

inline constexpr dim swin_side = 224;  // pixels of a frame's side

template <class Device, class T = typename Device::scalar>
class swin;

struct swin_shape {
  template <class Device, class T>
  using network = swin<Device, T>;

  std::string_view name;
  dim embed;                  // channels of stage 1
  std::array<dim, 4> depths;  // blocks of each stage

  static constexpr dim side = swin_side;
  static constexpr resize_filter filter = resize_filter::bicubic;

  dim features() const { return 8 * embed; }
};

inline constexpr std::array<swin_shape, 5> swin_shapes = {{
    {"swin-tiny", 96, {2, 2, 6, 2}},
    {"swin-small", 96, {2, 2, 18, 2}},
    {"swin-base", 128, {2, 2, 18, 2}},
    {"swin-large", 192, {2, 2, 18, 2}},
    {"swin-demo", 32, {2, 2, 2, 1}},  // of the embedded demo bundle
}};

/// The shape of that name.
inline const swin_shape& find_swin(std::string_view name) {
  std::string known;
  for (const swin_shape& shape : swin_shapes) {
    if (shape.name == name) return shape;
    known += (known.empty() ? "" : ", ") + std::string(shape.name);
  }
  throw error(message("no Swin '", name, "'; there are ", known));
}

inline constexpr dim swin_head_width = 32;  // channels of an attention head, in every stage

/// Tensors by timm's names: patch_embed, layers.I.downsample (I > 0), layers.I.blocks.J, norm.
template <class Device, class T>
class swin {
  using scalar = typename Device::scalar;

  struct stage {
    std::vector<layers::downsample<Device, T>> before;  // none in stage 1
    std::vector<layers::swin_block<Device, T>> blocks;
  };

 public:
  swin(Device& device, const weights& from, const swin_shape& shape)
      : shape_(shape),
        patch_embedding_(device, from.scope("patch_embed"), shape.embed),
        norm_(device, from.scope("norm"), shape.features()) {
    dim C = shape.embed;
    for (dim i = 0; i < 4; ++i) {
      const weights inside = from.scope("layers." + std::to_string(i));
      stage& stage = stages_.emplace_back();
      if (i > 0) {
        stage.before.emplace_back(device, inside.scope("downsample"), C);
        C *= 2;
      }
      for (dim j = 0; j < shape.depths[i]; ++j)
        stage.blocks.emplace_back(device, inside.scope("blocks." + std::to_string(j)), C, C / swin_head_width,
                                  j % 2 == 0 ? 0 : window_side / 2);
    }
  }

  dim features() const { return shape_.features(); }

  /// rgb [B, 224, 224, 3] -> y [B, 8 embed]
  void operator()(Device& device, view<scalar, 2> y, const_view<std::uint8_t, 4> rgb) const {
    const auto [B, height, width, colours] = rgb.shape;
    require(height == swin_side && width == swin_side && y.shape == std::array{B, features()},
            "swin: frames ", rgb.shape, ", features ", y.shape, "; expected [B, 224, 224, 3] and [B, ",
            features(), "]");
    auto scope = device.scope();
    dim H = swin_side / 4, W = swin_side / 4, C = shape_.embed;
    auto x = device.template take<scalar>(B, H, W, C);
    patch_embedding_(device, x, rgb);  // [B, 56, 56, C]
    for (const stage& stage : stages_) {
      for (const auto& downsample : stage.before) {
        H /= 2, W /= 2, C *= 2;
        auto smaller = device.template take<scalar>(B, H, W, C);
        downsample(device, smaller, x);  // [B, H/2, W/2, 2C]
        x = smaller;
      }
      // Where there is a cache, a few images at a time go through the whole stage, so that what one block
      // leaves is still in it when the next one reads it.
      dim group = B;
      if constexpr (requires { Device::rows_in_cache; })
        group = std::max<dim>(1, Device::rows_in_cache / (H * W));
      for (dim first = 0; first < B; first += group)
        for (const auto& block : stage.blocks) block(device, x.slices(first, std::min(B, first + group)));
    }
    norm_(device, x.rows(), x.rows());        // [B, 7, 7, 8 embed]
    mean_pool(device, y, x.as(B, H * W, C));  // [B, 8 embed]
  }

 private:
  swin_shape shape_;
  layers::patch_embedding<Device, T> patch_embedding_;
  std::vector<stage> stages_;
  layers::norm_layer<Device> norm_;
};

}  // namespace eev::features
