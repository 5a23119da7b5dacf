#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <eev/media/packet_kind.hpp>

#include "pcm_h264.hpp"

namespace eev::packet_kind_test {
namespace {

using media::packet_kind;
using enum media::packet_kind;

using bytes = std::vector<std::uint8_t>;

/// avcC: a length takes so many bytes.
bytes avcc(int length_bytes) {
  bytes made{1, 77, 0, 30, std::uint8_t(0xfc | (length_bytes - 1))};
  for (const auto& [count, unit] :
       {std::pair(0xe1, test::sequence_parameters({})), {1, test::picture_parameters()}}) {
    made.insert(made.end(), {std::uint8_t(count), 0, std::uint8_t(unit.size())});
    made.insert(made.end(), unit.begin(), unit.end());
  }
  return made;
}
/// The beginning of hvcC: a stream has so many temporal layers.
bytes hvcc(int length_bytes, int temporal_layers) {
  bytes made(23, 0);
  made[0] = 1, made[21] = std::uint8_t(temporal_layers << 3 | 4 | (length_bytes - 1));
  return made;
}

bytes h264(int type, int reference) { return {std::uint8_t(reference << 5 | type), 0x9a, 0x11}; }
/// The beginning of a slice, which says enough.
bytes h264_slice(bool is_referred, test::field half = test::field::none, bool is_first = false) {
  bytes unit = test::slice({.shown = 0, .is_referred = is_referred, .half = half}, 0, is_first);
  unit.resize(20);
  return unit;
}
bytes h265(int type, int temporal_layer, int layer = 0, std::uint8_t first = 0x80) {
  return {std::uint8_t(type << 1 | layer >> 5), std::uint8_t(layer << 3 | (temporal_layer + 1)), first};
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

  /// Of the last bytes of `data`, so many are not the packet's.
  packet_kind kind(bytes data, bool new_extradata = false, std::size_t beyond = 0) {
    AVCodecParameters parameters{};
    parameters.codec_id = codec;
    parameters.extradata = extradata.data(), parameters.extradata_size = int(extradata.size());
    media::packet_classifier kind_of(parameters);
    const auto packet = media::make_packet();
    if (new_extradata) {
      REQUIRE(av_packet_new_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, 8) != nullptr);
      CHECK(kind_of(*packet) == packet_kind::unknown);
      av_packet_free_side_data(packet.get());
    }
    const std::size_t size = data.size() - beyond;
    if (codec == AV_CODEC_ID_H264) {  // FFmpeg's parser of it reads on into what FFmpeg puts behind a packet
      REQUIRE(av_new_packet(packet.get(), int(size)) >= 0);
      std::copy_n(data.begin(), size, packet->data);
    } else {
      packet->data = data.data(), packet->size = int(size);
    }
    return kind_of(*packet);
  }
};

constexpr AVCodecID avc = AV_CODEC_ID_H264, hevc = AV_CODEC_ID_HEVC;

}  // namespace

TEST_CASE("a packet of H.264 is what all of its slices are") {
  const bytes slice = h264_slice(false), reference = h264_slice(true),
              key = h264_slice(true, test::field::none, true), information = h264(6, 0),
              parameters = h264(8, 3), delimiter = h264(9, 0);
  for (int length : {0, 1, 2, 4}) {
    CAPTURE(length);
    const auto kind = [&](const std::vector<bytes>& units) {
      return length == 0
                 ? stream{avc, with_marks({test::sequence_parameters({}), test::picture_parameters()})}.kind(
                       with_marks(units))
                 : stream{avc, avcc(length)}.kind(with_lengths(length, units));
    };
    CHECK(kind({slice}) == disposable);
    CHECK(kind({delimiter, information, slice, slice}) == disposable);
    CHECK(kind({reference}) == picture);
    CHECK(kind({slice, reference}) == picture);
    CHECK(kind({information, key, key}) == restart);
    CHECK(kind({key, reference}) == picture);
    CHECK(kind({parameters, slice}) == unknown);  // later pictures may need them
    CHECK(kind({parameters, key}) == unknown);
    CHECK(kind({delimiter, information}) == unknown);
    CHECK(kind({slice, h264(3, 0)}) == unknown);
    for (const test::field half : {test::field::top, test::field::bottom})
      for (const bool is_referred : {false, true}) CHECK(kind({h264_slice(is_referred, half)}) == unknown);
  }
}

TEST_CASE("a picture of H.265 is disposable in the highest of its temporal layers alone") {
  const int trail_n = 0, trail_r = 1, tsa_n = 2, rasl_n = 8, reserved = 10, bla = 16, idr = 19, cra = 21;
  for (int layers : {1, 3}) {
    CAPTURE(layers);
    const auto kind = [&](const std::vector<bytes>& units) {
      return stream{hevc, hvcc(4, layers)}.kind(with_lengths(4, units));
    };
    const int top = layers - 1;
    for (int type : {trail_n, tsa_n, rasl_n})
      CHECK(kind({h265(35, top), {39 << 1, 1, 1, 0, 0x80}, h265(type, top)}) == disposable);
    CHECK(kind({h265(trail_r, top)}) == picture);
    CHECK(kind({h265(trail_n, top), h265(trail_r, top)}) == picture);
    CHECK(kind({h265(trail_n, top - 1)}) == picture);
    CHECK(kind({h265(trail_n, top + 1)}) == picture);
    CHECK(kind({{39 << 1, 1, 1, 0, 0x80}, h265(idr, 0)}) == restart);
    CHECK(kind({h265(idr, 0, 0, 0xc0)}) == picture);  // drops what has not been shown yet
    CHECK(kind({h265(cra, 0)}) == picture);
    CHECK(kind({h265(bla, 0)}) == unknown);
    CHECK(kind({h265(reserved, top)}) == unknown);
    CHECK(kind({h265(34, top), h265(trail_n, top)}) == unknown);
    CHECK(kind({h265(trail_n, top, 1)}) == unknown);  // of another view
    CHECK(kind({{0, 1}}) == unknown);

    // Supplemental information: its type, size and content, one or several, and an end.
    const auto with = [&](const bytes& messages) {
      bytes unit{39 << 1, 1};
      unit.insert(unit.end(), messages.begin(), messages.end());
      return kind({unit, h265(trail_n, top)});
    };
    CHECK(with({1, 2, 9, 9, 0x80}) == disposable);
    CHECK(with({1, 2, 9, 9, 5, 0, 0x80}) == disposable);
    CHECK(with({47, 3, 8, 0, 16, 0x80}) == unknown);  // turns all that follow
    CHECK(with({1, 2, 9, 9, 47, 3, 8, 0, 16, 0x80}) == unknown);
    CHECK(with({255, 47, 1, 9, 0x80}) == disposable);
    CHECK(with({1, 200, 9, 9, 0x80}) == unknown);
    CHECK(with({1, 4, 0, 0, 3, 1, 9, 0x80}) == unknown);
  }
  // How many layers there are is told by hvcC alone.
  CHECK(stream{hevc, hvcc(4, 0)}.kind(with_lengths(4, {h265(trail_n, 0)})) == picture);
  CHECK(stream{hevc, {}}.kind(with_marks({h265(trail_n, 0)})) == picture);
}

TEST_CASE("decoding of VP8, VP9 and AV1 can begin with a key frame that is shown") {
  stream vp8{AV_CODEC_ID_VP8, {}}, vp9{AV_CODEC_ID_VP9, {}}, av1{AV_CODEC_ID_AV1, {}};
  CHECK(vp8.kind({0x10}) == restart);
  CHECK(vp8.kind({0x11}) == picture);
  CHECK(vp8.kind({0x00}) == picture);
  CHECK(vp9.kind({0x82}) == restart);
  CHECK(vp9.kind({0xa2}) == restart);  // profile 1
  CHECK(vp9.kind({0x80}) == picture);  // not shown
  CHECK(vp9.kind({0x86}) == picture);
  CHECK(vp9.kind({0x8a}) == picture);  // an earlier one
  CHECK(vp9.kind({0xb2}) == picture);  // profile 3: not a key frame

  const bytes delimiter{0x12, 0}, header{0x0a, 2, 7, 7}, key{0x32, 0x82, 0, 0x10, 9}, inter{0x32, 2, 0x30, 9},
      hidden_key{0x32, 2, 0x00, 9}, again{0x1a, 1, 0x90};
  const auto kind = [&](const std::vector<bytes>& units) {
    bytes all;
    for (const bytes& unit : units) all.insert(all.end(), unit.begin(), unit.end());
    return av1.kind(all);
  };
  CHECK(kind({delimiter, header, key}) == restart);
  CHECK(kind({header, {0x30, 0x10, 9}}) == restart);  // the last one needs no length
  CHECK(kind({delimiter, inter, inter}) == picture);
  CHECK(kind({delimiter, key}) == picture);
  CHECK(kind({delimiter, again}) == picture);
  CHECK(kind({header, hidden_key}) == unknown);
  CHECK(kind({header, inter}) == unknown);
  CHECK(kind({delimiter}) == unknown);
  CHECK(kind({delimiter, header, {0x32, 9, 0x10, 9}}) == unknown);  // shorter than it says
  CHECK(kind({header, {0x32, 0x80}}) == unknown);
  CHECK(kind({header, {0x36, 0, 2, 0x10, 9}}) == unknown);  // in layers
}

TEST_CASE("what cannot be told from a packet is unknown") {
  const bytes slice = h264_slice(false), good = with_lengths(4, {slice});
  CHECK(stream{AV_CODEC_ID_MPEG4, avcc(4)}.kind(good) == unknown);
  CHECK(stream{avc, avcc(4)}.kind(good) == disposable);
  CHECK(stream{avc, bytes{1, 77, 0, 30, 0xff}}.kind(good) == unknown);  // no parameters: perhaps a field
  CHECK(stream{avc, avcc(4)}.kind(good, true) == unknown);              // by parameters not known here

  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(stream{avc, avcc(4)}.kind({good.begin(), good.begin() + std::ptrdiff_t(size)}) == unknown);
  bytes longer = good;
  longer.push_back(0);
  CHECK(stream{avc, avcc(4)}.kind(longer) == unknown);
  CHECK(stream{avc, avcc(4)}.kind({0xff, 0xff, 0xff, 0xff, 1}) == unknown);
  CHECK(stream{avc, avcc(4)}.kind({0, 0, 0, 0, 1}) == unknown);
  CHECK(stream{avc, {}}.kind(good) == unknown);
  CHECK(stream{avc, {}}.kind({0, 0, 1}) == unknown);
  for (AVCodecID codec : {avc, hevc, AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1})
    CHECK(stream{codec, {}}.kind({}) == unknown);
}

TEST_CASE("whatever bytes a packet holds, they are read to their end and no further") {
  std::mt19937 random(3);
  const bytes common{0, 0, 1, 0x41, 0x01, 0x09, 0x0a, 0x12, 0x32, 0x82};
  const std::vector<bytes> extradata{{}, avcc(1), avcc(2), avcc(4), hvcc(1, 1), hvcc(4, 3)};
  for (AVCodecID codec : {avc, hevc, AV_CODEC_ID_VP8, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1})
    for (const bytes& parameters : extradata)
      for (int round = 0; round < 500; ++round) {
        bytes data(random() % 40);
        for (std::uint8_t& byte : data)
          byte = random() % 3 ? common[random() % common.size()] : std::uint8_t(random());
        data.shrink_to_fit();  // for the address sanitizer
        bytes longer = data;
        for (int i = 0; i < 8; ++i) longer.push_back(std::uint8_t(random()));
        CHECK(stream{codec, parameters}.kind(data) == stream{codec, parameters}.kind(longer, false, 8));
      }
}

}  // namespace eev::packet_kind_test
