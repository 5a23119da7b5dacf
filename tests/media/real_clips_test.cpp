// Clips that other programs made, where EEV_TEST_MEDIA names the folder that has them.
// The frames, times and counts below are ffprobe's (FFmpeg 5.1), written down.
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/audio_reader.hpp>
#include <eev/media/still_image.hpp>
#include <eev/media/video_reader.hpp>

using namespace eev;

namespace {

/// The folder with a slash at its end, or nothing, after saying so.
std::string test_media() {
  const char* folder = std::getenv("EEV_TEST_MEDIA");
  if (folder && *folder) return std::string(folder) + "/";
  MESSAGE("skipped: EEV_TEST_MEDIA is not set");
  return "";
}

struct facts {
  std::string name;
  int stream, width, height;
  std::vector<int> frames;  // the index of the frame shown at each second, in presentation order
  rational duration;
};

std::vector<media::image> decode(const std::string& path, int stream, const std::vector<int>& wanted) {
  auto decoder = media::stream_decoder::open(path, AVMEDIA_TYPE_VIDEO, stream, 0);
  media::rgb_converter converter(path);
  media::frame_handle frame = media::make_frame();
  std::vector<media::image> pictures;
  for (int index = 0; decoder->next(*frame); ++index)
    for (int each : wanted)
      if (each == index) pictures.push_back(converter.convert(*frame, {}));
  return pictures;
}

}  // namespace

TEST_CASE("real clips show the frames that ffprobe lists at each second") {
  const std::string folder = test_media();
  if (folder.empty()) return;
  const std::vector<int> thirties{0, 30, 60, 90, 120, 150, 180};
  const std::vector<int> ntsc{0, 29, 59, 89, 119, 149};
  for (const facts& clip : {
           facts{"friday.mp4", 1, 640, 480, thirties, rational::reduced(18500, 3000)},
           facts{"flower.mp4", 0, 960, 540, ntsc, rational::reduced(150150, 30000)},
           facts{"flower.webm", 0, 960, 540, ntsc, rational::reduced(5008, 1000)},
           facts{
               "rabbit320.mp4", 0, 320, 240, {0, 30, 60, 90, 120, 150, 180, 210}, rational::reduced(234, 30)},
           facts{"bug_video_640.mp4", 0, 640, 360, thirties, rational::reduced(609000, 90000)},
           facts{"nasa_13013.mp4",
                 0,
                 320,
                 180,
                 {0, 25, 50, 75, 100, 125, 150, 175, 200, 225, 250, 275, 300},
                 13},
       }) {
    CAPTURE(clip.name);
    const std::string path = folder + "clips/" + clip.name;
    media::video_reader video(path);
    CHECK(video.stream() == clip.stream);
    const std::vector<media::image> expected = decode(path, clip.stream, clip.frames);
    REQUIRE(expected.size() == clip.frames.size());
    std::size_t rows = 0;
    for (; auto row = video.next(); ++rows) {
      REQUIRE(rows < expected.size());
      CHECK(row->picture->width == clip.width);
      CHECK(row->picture->height == clip.height);
      CHECK(row->picture->pixels == expected[rows].pixels);
    }
    CHECK(rows == expected.size());
    CHECK(video.duration() == clip.duration);
    CHECK(video.skipped_frames() == 0);
  }
}

TEST_CASE("the second video stream of a real clip is read when asked for") {
  const std::string folder = test_media();
  if (folder.empty()) return;
  media::video_reader video(folder + "clips/nasa_13013.mp4", {.stream = 3});
  dim rows = 0;
  for (; auto row = video.next(); ++rows) CHECK(row->picture->height == 270);
  CHECK(rows == 14);
  CHECK(video.duration() == rational::reduced(390390, 30000));
}

TEST_CASE("the sound of real clips has the length that ffprobe lists") {
  const std::string folder = test_media();
  if (folder.empty()) return;
  struct sound {
    std::string name;
    int stream;
    double seconds;
    double tolerance;
  };
  for (const sound& each :
       {sound{"clips/friday.mp4", 0, 265 * 1024 / 44100.0, 1e-4}, sound{"clips/flower.mp4", 1, 5.056, 1e-4},
        sound{"clips/nasa_13013.mp4", 1, 13.056, 1e-4}, sound{"audio/torchvggish_test.wav", 0, 4.0, 0},
        sound{"audio/glacier-bay-humpback.ogg", 0, 64.8, 0.1}}) {
    CAPTURE(each.name);
    auto audio = media::audio_reader::open(folder + each.name);
    REQUIRE(audio.has_value());
    CHECK(audio->stream() == each.stream);
    std::vector<float> samples;
    while (audio->read(samples)) {
    }
    CHECK(std::fabs(double(samples.size()) / 16000 - each.seconds) <= each.tolerance);
    CHECK(audio->skipped_packets() == 0);
  }
  CHECK_FALSE(media::audio_reader::open(folder + "clips/bug_video_640.mp4").has_value());
}

TEST_CASE("real stills have their sizes") {
  const std::string folder = test_media();
  if (folder.empty()) return;
  struct still {
    std::string name;
    dim width, height;
  };
  for (const still& each : {still{"astronaut.png", 512, 512}, still{"rocket.jpg", 640, 427},
                            still{"chelsea.png", 451, 300}, still{"elephant.jpg", 660, 480}}) {
    CAPTURE(each.name);
    const std::string path = folder + "images/" + each.name;
    CHECK(media::is_still_image(path));
    media::image picture = media::load_still_image(path);
    CHECK(picture.width == each.width);
    CHECK(picture.height == each.height);
  }
  CHECK_FALSE(media::is_still_image(folder + "clips/friday.mp4"));
}
