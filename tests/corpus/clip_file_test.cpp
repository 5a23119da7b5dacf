#include "corpus/clip_file.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <eev/media/video_file.hpp>

#include "../media/encode.hpp"
#include "corpus/picture.hpp"
#include "corpus/sound.hpp"

using namespace eev;

TEST_CASE(
    "a clip has its story's length, a picture a second that looks like what was painted, and its sound") {
  const corpus::story story(9, corpus::set::test, 0, 5);
  const std::string path = test::scratch("clip.mp4");
  corpus::write_clip(path, story);

  media::video_file file(path);
  corpus::painter painter(story);
  std::vector<std::uint8_t> pixels(corpus::picture_width * corpus::picture_height * 3);
  int seconds = 0;
  for (int i = 0;; ++i) {
    painter.paint({pixels.data(), {corpus::picture_height, corpus::picture_width, 3}},
                  double(i) / corpus::pictures_per_second);
    if (i % corpus::pictures_per_second != 0) continue;
    const auto frame = file.next_frame();
    if (!frame) break;
    ++seconds;
    REQUIRE(frame->shape == std::array<dim, 3>{corpus::picture_height, corpus::picture_width, 3});
    double error = 0;
    for (std::size_t j = 0; j < pixels.size(); ++j) error += std::abs(int(pixels[j]) - int(frame->data[j]));
    CHECK(error / double(pixels.size()) < 12);  // of 255, by compression
  }
  CHECK(seconds == 5);
  CHECK(file.duration() == 5);
  CHECK(file.has_sound());

  std::vector<float> samples, played(5 * corpus::sound_rate);
  while (file.next_samples(samples)) continue;
  corpus::player player(story);
  for (std::size_t i = 0; i < played.size(); i += 800) player.play(std::span(played).subspan(i, 800));
  double heard = 0, meant = 0;
  for (std::size_t i = 0; i < played.size(); ++i)
    heard += samples.at(i) * samples[i], meant += played[i] * played[i];
  CHECK(heard == doctest::Approx(meant).epsilon(0.1));
}

TEST_CASE("the same story gives the same bytes") {
  const corpus::story story(9, corpus::set::test, 1, 2);
  corpus::write_clip(test::scratch("one.mp4"), story);
  corpus::write_clip(test::scratch("two.mp4"), story);
  CHECK(test::read_bytes(test::scratch("one.mp4")) == test::read_bytes(test::scratch("two.mp4")));
}

TEST_CASE("a clip that cannot be written is an error that names it") {
  CHECK_THROWS_WITH_AS(corpus::write_clip("/nowhere/clip.mp4", {9, corpus::set::test, 1, 2}),
                       doctest::Contains("/nowhere/clip.mp4"), error);
}
