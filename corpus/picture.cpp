// In:  a story and a time.  Out: the picture at that time.
#include "picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace eev::corpus {
namespace {

using rgb_colour = std::array<double, 3>;

/// Hue, saturation and value, each between 0 and 1; hues go round.
rgb_colour colour_of(double hue, double saturation, double value) {
  rgb_colour colour;
  for (int c = 0; c < 3; ++c) {
    const double sector = std::fmod(hue * 6 + std::array{5, 3, 1}[c], 6.0);
    colour[c] = 255 * value * (1 - saturation * std::clamp(std::min(sector, 4 - sector), 0.0, 1.0));
  }
  return colour;
}

/// Lays `colour` over the pixels of a rectangle where covered(x, y), between 0 and 1, says so.
template <class Covered>
void lay(view<std::uint8_t, 3> rgb, double left, double top, double right, double bottom,
         const rgb_colour& colour, Covered covered) {
  const auto within = [](double place, dim extent) { return dim(std::clamp(place, 0.0, double(extent))); };
  for (dim y = within(top, rgb.shape[0]); y < within(bottom + 1, rgb.shape[0]); ++y)
    for (dim x = within(left, rgb.shape[1]); x < within(right + 1, rgb.shape[1]); ++x) {
      const double share = std::clamp(covered(double(x), double(y)), 0.0, 1.0);
      for (dim c = 0; c < 3; ++c)
        rgb(y, x, c) = std::uint8_t(rgb(y, x, c) + share * (colour[std::size_t(c)] - rgb(y, x, c)));
    }
}

constexpr int most_squares = 24;
constexpr rgb_colour white{240, 240, 240}, black{15, 15, 15};

}  // namespace

void painter::paint(view<std::uint8_t, 3> rgb, double t) {
  const double H = double(rgb.shape[0]), W = double(rgb.shape[1]);
  const chances ground = story_.chance(purpose::ground), squares = story_.chance(purpose::squares),
                streaks = story_.chance(purpose::streaks), disc = story_.chance(purpose::disc);
  const auto now = [&](cue of) { return story_.strength(of, t); };
  way_ += (t - time_) * (5 + 60 * now(motion));
  time_ = t;

  // The ground goes from blue to orange and from dark to bright, with a slope of light of the clip's own.
  const double value = 0.2 + 0.7 * now(brightness), hue = 0.62 - 0.56 * now(colour) + 0.06 * ground[0];
  const rgb_colour base = colour_of(hue, 0.65, value);
  const double slope_x = 0.3 * (ground[1] - 0.5), slope_y = 0.3 * (ground[2] - 0.5);
  for (dim y = 0; y < rgb.shape[0]; ++y)
    for (dim x = 0; x < rgb.shape[1]; ++x) {
      const double light = 1 + slope_x * (double(x) / W - 0.5) + slope_y * (double(y) / H - 0.5);
      for (dim c = 0; c < 3; ++c) rgb(y, x, c) = std::uint8_t(std::min(255.0, light * base[std::size_t(c)]));
    }

  // Small squares, the more the bigger the crowd, wander to one side. Like the streaks they are black and
  // white, to be seen on any ground.
  const double direction = squares[0] < 0.5 ? -1 : 1;
  for (int i = 0; i < most_squares; ++i) {
    const double shown = std::clamp(most_squares * now(crowd) - i, 0.0, 1.0);
    if (shown == 0) break;
    const double place = squares[1 + 2 * i] * W + direction * way_, x = place - W * std::floor(place / W),
                 y = squares[2 + 2 * i] * H;
    lay(rgb, x - 6, y - 6, x + 6, y + 6, white, [&](double, double) { return shown; });
    lay(rgb, x - 3, y - 3, x + 3, y + 3, black, [&](double, double) { return shown; });
  }

  // A disc, small or large, wanders about; streaks behind it are the longer the faster everything moves.
  const double radius = 6 + 38 * now(size), angle = 2 * std::numbers::pi * disc[0];
  const double x = W * (0.5 + 0.25 * std::sin(way_ / 70 + angle)),
               y = H * (0.5 + 0.2 * std::cos(way_ / 90 + angle));
  const double end = x - direction * (radius + 90 * now(motion));
  for (int i = -3; i <= 3; ++i) {
    const double height = y + 9 * i + 4 * (streaks[std::uint64_t(3 + i)] - 0.5);
    lay(rgb, std::min(x, end), height - 2, std::max(x, end), height + 2, i % 2 == 0 ? white : black,
        [](double, double) { return 1.0; });
  }
  const rgb_colour disc_colour = colour_of(disc[1], 0.5, value < 0.5 ? value + 0.4 : value - 0.4);
  lay(rgb, x - radius, y - radius, x + radius, y + radius, disc_colour,
      [&](double px, double py) { return radius - std::hypot(px - x, py - y); });
}

}  // namespace eev::corpus
