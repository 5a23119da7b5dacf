#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include <eev/cpu/log_mel.hpp>
#include <eev/reference/log_mel.hpp>

#include "close.hpp"
#include "formula_sound.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

std::vector<double> exact(const std::vector<float>& samples) {
  reference::device<double> device;
  const dim F = frames_of(dim(samples.size()));
  std::vector<double> y(F * mel_bands);
  log_mel(device, shaped(y, F, mel_bands), shaped(as_double(samples), samples.size()));
  return y;
}

template <class T>
std::vector<T> fast(int threads, const std::vector<float>& samples) {
  cpu::device device(threads);
  const dim F = frames_of(dim(samples.size()));
  std::vector<T> y(F * mel_bands);
  log_mel(device, shaped(y, F, mel_bands), shaped(samples, samples.size()));
  return y;
}

std::vector<double> sine_1_kHz(dim samples) {
  std::vector<double> values;
  for (dim n = 0; n < samples; ++n)
    values.push_back(std::sin(2 * std::numbers::pi * 1000 * double(n) / 16000));
  return values;
}

/// Whether the values from `first` on are these, to the digits printed.
template <class T>
bool prints_as(const std::vector<T>& y, dim first, std::initializer_list<double> printed, double tolerance) {
  const std::vector<double> found(y.begin() + first, y.begin() + first + dim(printed.size()));
  return largest_difference(found, printed) < tolerance;
}

/// The samples of a 16-bit mono WAV file whose header is the plain 44 bytes.
std::vector<float> read_wav(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(bytes.size() > 44);
  REQUIRE(std::string_view(bytes.data() + 36, 4) == "data");
  std::vector<float> samples;
  for (std::size_t i = 44; i + 1 < bytes.size(); i += 2) {
    std::int16_t sample;
    std::memcpy(&sample, &bytes[i], 2);
    samples.push_back(float(sample) / 32768);
  }
  return samples;
}

}  // namespace

TEST_CASE("the mel bands are the published ones") {
  double sum = 0;
  dim weights = 0;
  for (const mel_band& band : mel_filters()) {
    CHECK(!band.weights.empty());
    for (double weight : band.weights) sum += weight, ++weights;
  }
  CHECK(weights == 461);
  CHECK(std::abs(sum - 230.913599161) < 1e-9);
  const auto& second = mel_filters()[1];
  CHECK(second.first == 5);
  CHECK(prints_as(second.weights, 0, {0.05231, 0.933106}, 1e-6));
}

TEST_CASE("sound has a frame each 10 ms as long as 25 ms are left") {
  CHECK(frames_of(0) == 0);
  CHECK(frames_of(399) == 0);
  CHECK(frames_of(400) == 1);
  CHECK(frames_of(559) == 1);
  CHECK(frames_of(560) == 2);
  CHECK(frames_of(15360) == 94);
  CHECK(frames_of(15600) == 96);
}

TEST_CASE("log-mel of the reference gives the published numbers for a sine of 1 kHz") {
  reference::device<double> device;
  std::vector<double> y(2 * mel_bands);
  log_mel(device, shaped(y, 2, mel_bands), shaped(sine_1_kHz(560), 560));
  for (dim frame : {0, 1}) {  // 10 ms are ten periods: all frames are the same
    CHECK(prints_as(y, frame * 64, {-4.48313252, -4.270834047, -4.17064267, -4.237705518}, 1e-9));
    CHECK(prints_as(
        y, frame * 64 + 18,
        {2.693003, 4.811118, 4.775044, 2.262215, -0.589607, -1.005045, -2.360477, -2.396625, -3.227969},
        1e-6));
    CHECK(prints_as(y, frame * 64 + 61, {-4.600694, -4.600989, -4.601163}, 1e-6));
  }
}

TEST_CASE("log-mel of the reference agrees with NumPy's Fourier transform") {
  const auto expected = golden("log_mel")["y"].values;  // every seventh frame
  const auto y = exact(formula_sound(24000));
  std::vector<double> some;
  for (std::size_t frame = 0; frame * 64 < y.size(); frame += 7)
    some.insert(some.end(), y.begin() + frame * 64, y.begin() + (frame + 1) * 64);
  CHECK(largest_difference(some, expected) < 1e-9);
}

TEST_CASE("log-mel on the cpu agrees with the reference, loud, soft and silent") {
  const auto samples = formula_sound(24000);
  const auto expected = exact(samples);
  const auto y = fast<float>(2, samples);
  CHECK(largest_difference(y, expected) < 1e-5);                               // measured: 2.4e-6
  CHECK(largest_difference(fast<bfloat16>(2, samples), expected) < 1.0 / 64);  // 8 bits of values up to 4.6

  // The hardest: beside a loud pure tone, bands of nearly nothing hold the rounding errors of the tone.
  const std::vector<double> sine = sine_1_kHz(16000);
  const std::vector<float> rounded(sine.begin(), sine.end());
  CHECK(largest_difference(fast<float>(2, rounded), exact(rounded)) < 5e-4);  // measured: 2.3e-4
}

TEST_CASE("log-mel of silence is ln 0.01") {
  const auto y = fast<float>(1, std::vector<float>(560));
  CHECK(largest_difference(y, std::vector<double>(2 * 64, std::log(0.01))) < 1e-6);
}

TEST_CASE("a frame of log-mel is the same bits wherever it stands and with any number of threads") {
  const auto samples = formula_sound(9000);
  const auto all = fast<float>(2, samples);
  CHECK(all == fast<float>(1, samples));
  for (dim frame : {0, 3, 8, 53}) {
    const auto alone = fast<float>(1, {samples.begin() + frame * 160, samples.begin() + frame * 160 + 400});
    CHECK(std::equal(alone.begin(), alone.end(), all.begin() + frame * 64));
  }
}

TEST_CASE("log-mel of real sound") {
  const char* media = std::getenv("EEV_TEST_MEDIA");
  if (!media) {
    MESSAGE("skipped: EEV_TEST_MEDIA is not set");
    return;
  }
  const auto samples = read_wav(std::string(media) + "/audio/torchvggish_test.wav");
  CHECK(samples.size() == 64000);
  const auto y = exact(samples);
  CHECK(prints_as(y, 0, {0.496131314, -0.10555737, -0.2574058, -0.437416237}, 1e-8));
  CHECK(prints_as(
      y, 18,
      {-1.792497, -1.434139, -0.780509, -1.051031, -1.453904, -1.414646, -1.348164, -1.62173, -1.356572},
      1e-6));
  CHECK(largest_difference(fast<float>(2, samples), y) < 1e-4);  // measured: 3.6e-5
}

TEST_CASE("log-mel refuses another number of frames") {
  std::vector<float> samples(560), y(3 * 64);
  cpu::device device(1);
  CHECK_THROWS_WITH_AS(log_mel(device, shaped(y, 3, 64), shaped(samples, 560)),
                       "log_mel: y [3, 64], samples [560]; expected y [2, 64]", error);
}
