#include "corpus/picture.hpp"

#include <doctest/doctest.h>

#include "correlation.hpp"

using namespace eev;
using test::correlation;

namespace {

struct frame {
  std::vector<std::uint8_t> pixels =
      std::vector<std::uint8_t>(corpus::picture_width * corpus::picture_height * 3);
  view<std::uint8_t, 3> rgb{pixels.data(), {corpus::picture_height, corpus::picture_width, 3}};

  double mean(dim channel) const {
    double sum = 0;
    for (std::size_t i = std::size_t(channel); i < pixels.size(); i += 3) sum += pixels[i];
    return sum / double(pixels.size() / 3);
  }
};

}  // namespace

TEST_CASE("the picture tells brightness and colour") {
  std::vector<double> brightness, light, colour, warmth;
  for (int number = 0; number < 6; ++number) {
    const corpus::story story(7, corpus::set::training, number);
    corpus::painter painter(story);
    for (int t = 0; t < story.seconds(); t += 2) {
      frame frame;
      painter.paint(frame.rgb, t);
      brightness.push_back(story.strength(corpus::brightness, t));
      light.push_back(frame.mean(0) + frame.mean(1) + frame.mean(2));
      colour.push_back(story.strength(corpus::colour, t));
      warmth.push_back(std::log((frame.mean(0) + 1) / (frame.mean(2) + 1)));
    }
  }
  CHECK(correlation(brightness, light) > 0.9);
  CHECK(correlation(colour, warmth) > 0.9);
}

TEST_CASE("the more motion, the more changes from one picture to the next") {
  std::vector<double> motion, change;
  for (int number = 0; number < 6; ++number) {
    const corpus::story story(7, corpus::set::training, number);
    corpus::painter painter(story);
    frame before, after;
    for (int t = 0; t < story.seconds(); t += 2) {
      painter.paint(before.rgb, t);
      painter.paint(after.rgb, t + 1.0 / corpus::pictures_per_second);
      double sum = 0;
      for (std::size_t i = 0; i < before.pixels.size(); ++i)
        sum += std::abs(before.pixels[i] - after.pixels[i]) > 20;
      motion.push_back(story.strength(corpus::motion, t));
      change.push_back(sum);
    }
  }
  CHECK(correlation(motion, change) > 0.4);  // the rest: how many there are that move
}

TEST_CASE("the same story looks the same, another one different") {
  frame one, same, other;
  const corpus::story story(8, corpus::set::test, 1), another(8, corpus::set::test, 2);
  corpus::painter(story).paint(one.rgb, 3);
  corpus::painter(story).paint(same.rgb, 3);
  corpus::painter(another).paint(other.rgb, 3);
  CHECK(one.pixels == same.pixels);
  CHECK(one.pixels != other.pixels);
}
