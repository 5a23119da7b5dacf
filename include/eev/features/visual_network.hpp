// In:  prepared frames [B, side, side, 3].  Out: one row of features a frame, [B, features].  Rests on:
// features/swin, features/se_resnet, features/inception.
//
// Any of the visual networks, chosen by its name.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <eev/features/inception.hpp>
#include <eev/features/se_resnet.hpp>
#include <eev/features/swin.hpp>

namespace eev::features {

inline std::vector<std::string> visual_network_names() {
  std::vector<std::string> names;
  for (const auto& shape : swin_shapes) names.emplace_back(shape.name);
  for (const auto& shape : se_resnet_shapes) names.emplace_back(shape.name);
  for (const auto& shape : inception_shapes) names.emplace_back(shape.name);
  return names;
}

/// use(shape) with the swin_shape, se_resnet_shape or inception_shape of that name.
template <class Use>
auto with_visual_shape(std::string_view name, Use use) {
  const auto is_it = [&](const auto& shape) { return shape.name == name; };
  const auto swin = std::ranges::find_if(swin_shapes, is_it);
  if (swin != swin_shapes.end()) return use(*swin);
  const auto se_resnet = std::ranges::find_if(se_resnet_shapes, is_it);
  if (se_resnet != se_resnet_shapes.end()) return use(*se_resnet);
  const auto inception = std::ranges::find_if(inception_shapes, is_it);
  if (inception != inception_shapes.end()) return use(*inception);
  std::string known;
  for (const std::string& one : visual_network_names()) known += (known.empty() ? "" : ", ") + one;
  throw error(message("no visual network '", name, "'; there are ", known));
}

template <class Device>
class visual_network {
 public:
  virtual ~visual_network() = default;
  virtual dim features() const = 0;

  /// How the frames of its training were made: squares of `side` pixels, resized by `filter`.
  virtual dim side() const = 0;
  virtual resize_filter filter() const = 0;

  /// rgb [B, side, side, 3] -> y [B, features]
  virtual void operator()(Device& device, view<typename Device::scalar, 2> y,
                          const_view<std::uint8_t, 4> rgb) const = 0;
};

/// The network of that name, its matrix products and convolutions in T.
template <class T, class Device>
std::unique_ptr<visual_network<Device>> make_visual_network(Device& device, const weights& from,
                                                            std::string_view name) {
  return with_visual_shape(name, [&]<class Shape>(const Shape& shape) {
    class named final : public visual_network<Device> {
     public:
      named(Device& device, const weights& from, const Shape& shape)
          : shape_(shape), network_(device, from, shape) {}

      dim features() const override { return shape_.features(); }
      dim side() const override { return shape_.side; }
      resize_filter filter() const override { return shape_.filter; }
      void operator()(Device& device, view<typename Device::scalar, 2> y,
                      const_view<std::uint8_t, 4> rgb) const override {
        network_(device, y, rgb);
      }

     private:
      Shape shape_;
      typename Shape::template network<Device, T> network_;
    };
    return std::unique_ptr<visual_network<Device>>(std::make_unique<named>(device, from, shape));
  });
}

}  // namespace eev::features
