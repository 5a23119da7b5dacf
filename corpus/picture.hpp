// In:  a story and a time.  Out: the picture at that time.  Rests on: corpus/story.
#pragma once

#include <cstdint>

#include <eev/core/view.hpp>

#include "story.hpp"

namespace eev::corpus {

inline constexpr int picture_width = 160, picture_height = 120, pictures_per_second = 6;

/// Colour, brightness, size, motion and crowd as shapes on a ground; where they stand, what they are coloured
/// like and which way they move is each clip's own and means nothing.
class painter {
 public:
  explicit painter(const story& story) : story_(story) {}

  /// rgb [picture_height, picture_width, 3]; t goes forward from call to call.
  void paint(view<std::uint8_t, 3> rgb, double t);

 private:
  const story& story_;
  double time_ = 0, way_ = 0;  // how far the shapes have moved
};

}  // namespace eev::corpus
