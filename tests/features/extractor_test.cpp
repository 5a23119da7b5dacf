#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <eev/model.hpp>

#include "close.hpp"
#include "formula_inputs.hpp"
#include "source_dir.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// A video that hands out its samples in blocks of a given size, and says how far it was asked to go.
class blockwise_video : public video {
 public:
  blockwise_video(dim seconds, dim sound_samples, dim block)
      : pixels_(formula_image(seconds, 40, 56)), seconds_(seconds), block_(block) {
    for (dim i = 0; i < sound_samples; ++i) samples_.push_back(0.4f * std::sin(0.07f * float(i)));
  }

  std::optional<view<const std::uint8_t, 3>> next_frame() override {
    if (row_ == seconds_) return std::nullopt;
    return shaped(std::as_const(pixels_), seconds_, 40, 56, 3)[row_++];
  }
  bool next_samples(std::vector<float>& samples) override {
    const dim count = std::min(block_, dim(samples_.size()) - sample_);
    samples.insert(samples.end(), samples_.begin() + sample_, samples_.begin() + sample_ + count);
    sample_ += count;
    furthest_ahead = std::max(furthest_ahead, sample_ - row_ * sample_rate);
    return count > 0;
  }
  bool has_sound() const override { return !samples_.empty(); }
  rational duration() const override { return seconds_; }

  dim furthest_ahead = 0;  // samples asked for beyond the frames handed out

 private:
  std::vector<std::uint8_t> pixels_;
  std::vector<float> samples_;
  dim seconds_, block_, row_ = 0, sample_ = 0;
};

features::feature_rows extract(video& video, const features::extraction_options& options = {}) {
  cpu::device device(2);
  const auto files = io::open_bundle(source_dir() + "/weights/demo.safetensors");
  features::extractor<cpu::device> extractor(device, files.visual, files.audio, options);
  return extractor(video);
}

std::vector<float> values_of(const table& table) { return {table.tensor().begin(), table.tensor().end()}; }

}  // namespace

TEST_CASE("there is a visual and an audio row for every second, however the samples come") {
  blockwise_video in_crumbs(11, 11 * 16000, 777), at_once(11, 11 * 16000, 1 << 20);
  const auto rows = extract(in_crumbs), same = extract(at_once);
  CHECK(rows.visual.rows() == 11);
  CHECK(rows.audio.rows() == 11);
  CHECK(rows.visual.columns() == 256);
  CHECK(rows.audio.columns() == 128);
  CHECK(values_of(rows.visual) == values_of(same.visual));
  CHECK(values_of(rows.audio) == values_of(same.audio));
}

TEST_CASE("sound is not read further than the frames have come") {
  blockwise_video video(40, 40 * 16000, 1000);
  extract(video);
  CHECK(video.furthest_ahead <= 1000);
}

TEST_CASE("sound longer than the frames is cut, shorter sound goes on as silence") {
  blockwise_video longer(3, 20 * 16000, 5000), exact(3, 3 * 16000, 5000), shorter(3, 16000, 5000);
  const auto cut = extract(longer), whole = extract(exact), padded = extract(shorter);
  CHECK(values_of(cut.audio) == values_of(whole.audio));
  CHECK(padded.audio.rows() == 3);
  const auto last = padded.audio.tensor()[2], before = padded.audio.tensor()[1];
  CHECK(std::equal(last.begin(), last.end(), before.begin()));  // both are silence
}

TEST_CASE("options: audio rows by AudioSet's post-processor") {
  // Whitened by a matrix that turns a row around, 30 times as large: one term a sum.
  std::vector<double> eigenvectors(128 * 128);
  for (dim n = 0; n < 128; ++n) eigenvectors[128 * n + 127 - n] = 30;
  features::extraction_options options;
  options.audio_pca.emplace(std::move(eigenvectors), std::vector<double>(128, 0.03));
  options.audio_quantisation = features::pca_quantisation::truncate;
  blockwise_video video(3, 2 * 16000, 4000), again(3, 2 * 16000, 4000);  // and a second of silence
  const auto rows = extract(video, options), plain = extract(again);
  std::vector<float> expected;
  for (dim row = 0; row < 3; ++row)
    for (dim n = 0; n < 128; ++n)
      expected.push_back(features::vggish_pca::quantised(
          30 * (double(plain.audio.tensor()(row, 127 - n)) - 0.03), features::pca_quantisation::truncate));
  CHECK(values_of(rows.audio) == expected);
  CHECK(values_of(rows.visual) == values_of(plain.visual));
}

TEST_CASE("options: the audio's own hop, rows of length one, no last ReLU") {
  blockwise_video video(5, 5 * 16000, 4000), again(5, 5 * 16000, 4000);
  features::extraction_options options;
  options.audio_rate = features::vggish_rate;
  options.normalise_visual = true;
  options.audio_relu = false;
  const auto rows = extract(video, options), plain = extract(again);
  CHECK(rows.audio.rows() == 6);  // ceil(5 / 0.96)
  for (dim row = 0; row < 5; ++row) {
    double squares = 0;
    for (float value : rows.visual.tensor()[row]) squares += double(value) * value;
    CHECK(squares == doctest::Approx(1).epsilon(1e-5));
  }
  const auto with_relu = values_of(plain.audio), without = values_of(rows.audio);
  CHECK(*std::min_element(with_relu.begin(), with_relu.end()) == 0);
  CHECK(*std::min_element(without.begin(), without.end()) < 0);
}
