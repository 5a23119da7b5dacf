#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <utility>

#include <doctest/doctest.h>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <eev/media/rgb_converter.hpp>
#include <eev/media/video_reader.hpp>

#include "encode.hpp"

using namespace eev;

namespace {

/// RGB of one colour from the definition: Kr, Kb, and the range's offsets.
std::array<double, 3> rgb(std::array<int, 3> yuv, double kr, double kb, bool full) {
  double y = full ? yuv[0] / 255.0 : (yuv[0] - 16) / 219.0;
  double u = (yuv[1] - 128) / (full ? 255.0 : 224.0), v = (yuv[2] - 128) / (full ? 255.0 : 224.0);
  double r = y + 2 * (1 - kr) * v, b = y + 2 * (1 - kb) * u, g = (y - kr * r - kb * b) / (1 - kr - kb);
  auto byte = [](double x) { return std::fmin(255, std::fmax(0, 255 * x)); };
  return {byte(r), byte(g), byte(b)};
}

media::image first_frame(test::video_track track) {
  track.times = {0}, track.last_duration = 40;
  media::video_reader video(test::write_clip("colour.mkv", {.video = track}));
  return *video.next()->picture;
}

/// The largest difference of any pixel from the colour.
double worst(const media::image& picture, std::array<double, 3> colour) {
  double most = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    if (double difference = std::fabs(picture.pixels[i] - colour[i % 3]); !(difference <= most))
      most = difference;
  return most;
}

struct standard {
  AVColorSpace tag;
  int width, height;
  double kr, kb;
};

}  // namespace

TEST_CASE("the colour matrix and range are the stream's") {
  const std::array<int, 3> yuv{110, 90, 190};
  for (standard each : {standard{AVCOL_SPC_BT709, 16, 48, 0.2126, 0.0722},
                        {AVCOL_SPC_SMPTE170M, 16, 48, 0.299, 0.114},
                        {AVCOL_SPC_BT470BG, 16, 720, 0.299, 0.114},
                        {AVCOL_SPC_BT2020_NCL, 16, 48, 0.2627, 0.0593},
                        {AVCOL_SPC_UNSPECIFIED, 16, 576, 0.299, 0.114},
                        {AVCOL_SPC_UNSPECIFIED, 16, 578, 0.2126, 0.0722},
                        {AVCOL_SPC_UNSPECIFIED, 1278, 16, 0.299, 0.114},
                        {AVCOL_SPC_UNSPECIFIED, 1280, 16, 0.2126, 0.0722}})
    for (AVColorRange range : {AVCOL_RANGE_UNSPECIFIED, AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG})
      for (AVPixelFormat format : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV444P}) {
        CAPTURE(each.tag);
        CAPTURE(each.width);
        CAPTURE(each.height);
        CAPTURE(range);
        CAPTURE(format);
        test::video_track track{.format = format, .width = each.width, .height = each.height};
        track.paint = test::solid({yuv[0], yuv[1], yuv[2], 0});
        track.matrix = each.tag, track.range = range;
        CHECK(worst(first_frame(track), rgb(yuv, each.kr, each.kb, range == AVCOL_RANGE_JPEG)) <= 1.5);
      }
}

TEST_CASE("the yuvj formats are full range") {
  test::video_track track{.codec = "mjpeg", .format = AV_PIX_FMT_YUVJ420P, .width = 32, .height = 16};
  track.paint = test::solid({240, 128, 128, 0}), track.range = AVCOL_RANGE_JPEG;
  CHECK(worst(first_frame(track), {240, 240, 240}) <= 1);
}

TEST_CASE("grey and RGB sources keep their values") {
  test::video_track grey{
      .format = AV_PIX_FMT_GRAY8, .width = 17, .height = 9, .paint = test::solid({201, 0, 0, 0})};
  CHECK(worst(first_frame(grey), {201, 201, 201}) <= 1);
  test::video_track red{.width = 17, .height = 9, .paint = test::solid({3, 60, 250, 0})};
  CHECK(worst(first_frame(red), {250, 60, 3}) == 0);
}

TEST_CASE("10-bit sources are scaled to 8 bits") {
  test::video_track track{
      .format = AV_PIX_FMT_YUV420P10, .width = 19, .height = 13, .matrix = AVCOL_SPC_BT709};
  track.paint = [](AVFrame& frame, int) {
    for (int plane = 0; plane < 3; ++plane)
      for (int y = 0; y < (plane ? (frame.height + 1) / 2 : frame.height); ++y) {
        auto* row = reinterpret_cast<std::uint16_t*>(frame.data[plane] + y * frame.linesize[plane]);
        for (int x = 0; x < frame.linesize[plane] / 2; ++x)
          row[x] = std::uint16_t(std::array{440, 360, 760}[std::size_t(plane)]);
      }
  };
  CHECK(worst(first_frame(track), rgb({110, 90, 190}, 0.2126, 0.0722, false)) <= 1.5);
}

TEST_CASE("pictures are libswscale's own packed RGB to the bit, though it makes planes of them") {
  std::mt19937 random(1);
  for (AVPixelFormat format : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV444P10,
                               AV_PIX_FMT_YUVA420P, AV_PIX_FMT_YUYV422, AV_PIX_FMT_GRAY8, AV_PIX_FMT_BGR24}) {
    CAPTURE(av_get_pix_fmt_name(format));
    const int width = 37, height = 21;
    const media::frame_handle frame = media::make_frame(), packed = media::make_frame();
    frame->format = format, packed->format = AV_PIX_FMT_RGB24;
    for (AVFrame* each : {frame.get(), packed.get()}) {
      each->width = width, each->height = height;
      REQUIRE(av_frame_get_buffer(each, 64) >= 0);
    }
    frame->colorspace = AVCOL_SPC_BT709, frame->color_range = AVCOL_RANGE_JPEG;
    for (int i = 0; i < 4 && frame->buf[i]; ++i)
      for (std::size_t byte = 0; byte < frame->buf[i]->size; ++byte)  // of ten bits the upper two end at 3
        frame->buf[i]->data[byte] =
            std::uint8_t(random() & (format == AV_PIX_FMT_YUV444P10 && byte % 2 == 1 ? 3 : 255));

    const media::sws_handle sws(sws_getContext(width, height, format, width, height, AV_PIX_FMT_RGB24,
                                               SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr,
                                               nullptr, nullptr));
    sws_setColorspaceDetails(sws.get(), sws_getCoefficients(SWS_CS_ITU709), 1,
                             sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    sws_scale(sws.get(), frame->data, frame->linesize, 0, height, packed->data, packed->linesize);

    const media::image picture = media::rgb_converter("clip.mp4").convert(*frame, {});
    for (int y = 0; y < height; ++y)
      CHECK(std::memcmp(picture.pixels.data() + 3 * width * y, packed->data[0] + y * packed->linesize[0],
                        3 * width) == 0);
  }
}

TEST_CASE("one converter follows changes of size, matrix and range") {
  media::rgb_converter converter("clip.mp4");
  for (auto [width, range] : {std::pair{16, AVCOL_RANGE_MPEG},
                              {16, AVCOL_RANGE_JPEG},
                              {40, AVCOL_RANGE_JPEG},
                              {16, AVCOL_RANGE_MPEG}})
    for (auto [matrix, kr, kb] :
         {std::tuple{AVCOL_SPC_BT709, 0.2126, 0.0722}, {AVCOL_SPC_SMPTE170M, 0.299, 0.114}}) {
      media::frame_handle frame = media::make_frame();
      frame->width = width, frame->height = 6, frame->format = AV_PIX_FMT_YUV420P;
      frame->colorspace = matrix, frame->color_range = range;
      REQUIRE(av_frame_get_buffer(frame.get(), 0) >= 0);
      test::solid({110, 90, 190, 0})(*frame, 0);
      media::image picture = converter.convert(*frame, {});
      CHECK(picture.width == width);
      CHECK(worst(picture, rgb({110, 90, 190}, kr, kb, range == AVCOL_RANGE_JPEG)) <= 1.5);
    }
}

TEST_CASE("a frame that cannot be converted is an error") {
  media::rgb_converter converter("clip.mp4");
  media::frame_handle frame = media::make_frame();
  frame->width = 16, frame->height = 6, frame->format = AV_PIX_FMT_VAAPI;
  CHECK_THROWS_WITH_AS(converter.convert(*frame, {}), doctest::Contains("clip.mp4: cannot convert 16x6"),
                       error);
}
