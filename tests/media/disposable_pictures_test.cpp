#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/disposable_pictures.hpp>

using namespace eev;

namespace {

using bytes = std::vector<std::uint8_t>;

/// The beginning of avcC and of hvcC: a length takes so many bytes, a stream has so many temporal layers.
bytes avcc(int length_bytes) { return {1, 100, 0, 31, std::uint8_t(0xfc | (length_bytes - 1))}; }
bytes hvcc(int length_bytes, int temporal_layers) {
  bytes made(23, 0);
  made[0] = 1, made[21] = std::uint8_t(temporal_layers << 3 | 4 | (length_bytes - 1));
  return made;
}

bytes h264(int type, int reference) { return {std::uint8_t(reference << 5 | type), 0x9a, 0x11}; }
bytes h265(int type, int temporal_layer, int layer = 0) {
  return {std::uint8_t(type << 1 | layer >> 5), std::uint8_t(layer << 3 | (temporal_layer + 1)), 0x9a};
}

bytes with_lengths(int length_bytes, const std::vector<bytes>& units) {
  bytes all;
  for (const bytes& unit : units) {
    for (int i = length_bytes - 1; i >= 0; --i) all.push_back(std::uint8_t(unit.size() >> (8 * i)));
    all.insert(all.end(), unit.begin(), unit.end());
  }
  return all;
}

bytes with_marks(const std::vector<bytes>& units) {
  bytes all{0};
  for (const bytes& unit : units) {
    all.insert(all.end(), {0, 0, 1});
    all.insert(all.end(), unit.begin(), unit.end());
  }
  return all;
}

struct stream {
  AVCodecID codec;
  bytes extradata;
  AVFieldOrder order = AV_FIELD_PROGRESSIVE;

  bool disposable(bytes data, bool new_extradata = false) {
    AVCodecParameters parameters{};
    parameters.codec_id = codec, parameters.field_order = order;
    parameters.extradata = extradata.data(), parameters.extradata_size = int(extradata.size());
    media::disposable_pictures is_disposable(parameters);
    const auto packet = media::make_packet();
    if (new_extradata) {
      REQUIRE(av_packet_new_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, 8) != nullptr);
      CHECK_FALSE(is_disposable(*packet));
      av_packet_free_side_data(packet.get());
    }
    packet->data = data.data(), packet->size = int(data.size());
    return is_disposable(*packet);
  }
};

constexpr AVCodecID avc = AV_CODEC_ID_H264, hevc = AV_CODEC_ID_HEVC;

}  // namespace

TEST_CASE("a picture of H.264 is disposable where each slice says that no other refers to it") {
  const bytes slice = h264(1, 0), reference = h264(1, 1), message = h264(6, 0), delimiter = h264(9, 0);
  for (int length : {1, 2, 4}) {
    CAPTURE(length);
    stream video{avc, avcc(length)};
    CHECK(video.disposable(with_lengths(length, {slice})));
    CHECK(video.disposable(with_lengths(length, {delimiter, message, slice, slice})));
    CHECK_FALSE(video.disposable(with_lengths(length, {reference})));
    CHECK_FALSE(video.disposable(with_lengths(length, {slice, reference})));
    CHECK_FALSE(video.disposable(with_lengths(length, {h264(5, 0)})));         // a key frame
    CHECK_FALSE(video.disposable(with_lengths(length, {h264(8, 0), slice})));  // parameters for those to come
    CHECK_FALSE(video.disposable(with_lengths(length, {delimiter, message})));
  }
  stream video{avc, {}};
  CHECK(video.disposable(with_marks({delimiter, message, slice, slice})));
  CHECK_FALSE(video.disposable(with_marks({slice, reference})));
  CHECK_FALSE(video.disposable(with_marks({h264(7, 3), slice})));
}

TEST_CASE("a picture of H.265 is disposable in the highest of its temporal layers alone") {
  const int trail_n = 0, trail_r = 1, tsa_n = 2, rasl_n = 8, reserved = 10, idr = 20;
  for (int layers : {1, 3}) {
    CAPTURE(layers);
    stream video{hevc, hvcc(4, layers)};
    const auto disposable = [&](const std::vector<bytes>& units) {
      return video.disposable(with_lengths(4, units));
    };
    const int top = layers - 1;
    for (int type : {trail_n, tsa_n, rasl_n})
      CHECK(disposable({h265(35, top), h265(39, top), h265(type, top)}));
    for (int type : {trail_r, reserved, idr}) CHECK_FALSE(disposable({h265(type, top)}));
    CHECK_FALSE(disposable({h265(trail_n, top), h265(trail_r, top)}));
    CHECK_FALSE(disposable({h265(34, top), h265(trail_n, top)}));
    CHECK_FALSE(disposable({h265(trail_n, top, 1)}));  // of another view
    CHECK_FALSE(disposable({h265(trail_n, top - 1)}));
    CHECK_FALSE(disposable({h265(trail_n, top + 1)}));
    CHECK_FALSE(disposable({{0}}));
  }
  CHECK_FALSE(stream{hevc, hvcc(4, 0)}.disposable(with_lengths(4, {h265(trail_n, 0)})));
  CHECK_FALSE(stream{hevc, {}}.disposable(with_marks({h265(trail_n, 0)})));
}

TEST_CASE("what cannot be told from a packet is not disposable") {
  const bytes slice = h264(1, 0), good = with_lengths(4, {slice});
  CHECK_FALSE(stream{AV_CODEC_ID_MPEG4, avcc(4)}.disposable(good));
  CHECK_FALSE(stream{avc, avcc(4), AV_FIELD_TT}.disposable(good));  // fields come in pairs
  CHECK_FALSE(stream{avc, avcc(4), AV_FIELD_UNKNOWN}.disposable(good));
  CHECK_FALSE(stream{avc, avcc(4)}.disposable(good, true));  // by parameters not known here

  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(stream{avc, avcc(4)}.disposable({good.begin(), good.begin() + std::ptrdiff_t(size)}));
  bytes longer = good;
  longer.push_back(0);
  CHECK_FALSE(stream{avc, avcc(4)}.disposable(longer));
  CHECK_FALSE(stream{avc, avcc(4)}.disposable({0xff, 0xff, 0xff, 0xff, 1}));
  CHECK_FALSE(stream{avc, avcc(4)}.disposable({0, 0, 0, 0, 1}));
  CHECK_FALSE(stream{avc, {}}.disposable(good));
  CHECK_FALSE(stream{avc, {}}.disposable({0, 0, 1}));
}
