// In:  pictures, each of one brightness, in the order in which they are coded.  Out: a file of H.264.
// Rests on: FFmpeg's muxers, media/ffmpeg.
//
// Written without an encoder (every macroblock is I_PCM, its samples as they are), for what encoders do not
// make: single fields, and an order of pictures that the stream does not tell. Numbers are of ITU-T H.264.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "encode.hpp"

namespace eev::test {

enum class field { none, top, bottom };

struct coded_picture {
  int shown;         // its place among the pictures as they are shown, 25 a second
  bool is_referred;  // others may refer to it
  field half = field::none;
};

namespace detail {

class bit_writer {
 public:
  void put(unsigned value, int bits) {
    while (bits-- > 0) {
      if (count_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() |= std::uint8_t((value >> bits & 1) << (7 - count_++ % 8));
    }
  }
  /// ue(v), 9.1
  void put_number(unsigned value) {
    int bits = 0;
    while ((value + 1) >> (bits + 1)) ++bits;
    put(0, bits);
    put(value + 1, bits + 1);
  }
  void align() {
    while (count_ % 8 != 0) put(0, 1);
  }

  /// A unit of that type, after its mark; the bits end with a 1 (7.3.2.11), and nothing in it looks like a
  /// mark (7.4.1).
  std::vector<std::uint8_t> unit(int type, int reference) {
    put(1, 1);
    align();
    std::vector<std::uint8_t> made{std::uint8_t(reference << 5 | type)};
    int zeros = 0;
    for (const std::uint8_t byte : bytes_) {
      if (zeros >= 2 && byte <= 3) made.push_back(3), zeros = 0;
      made.push_back(byte);
      zeros = byte == 0 ? zeros + 1 : 0;
    }
    return made;
  }

 private:
  std::vector<std::uint8_t> bytes_;
  int count_ = 0;
};

inline constexpr int pcm_columns = 3, pcm_rows = 2;  // macroblocks

}  // namespace detail

/// 7.3.2.1. `reorder`: by how many pictures the order of showing is behind, if the stream tells.
inline std::vector<std::uint8_t> sequence_parameters(std::optional<unsigned> reorder) {
  detail::bit_writer bits;
  for (unsigned byte : {77u, 0u, 30u}) bits.put(byte, 8);  // profile, its constraints, level
  // Number of this set, bits of frame_num - 4, kind of order, its bits - 4, reference frames
  for (unsigned number : {0u, 4u, 0u, 4u, 2u}) bits.put_number(number);
  bits.put(0, 1);  // no gaps in frame_num
  bits.put_number(detail::pcm_columns - 1);
  bits.put_number(detail::pcm_rows / 2 - 1);
  bits.put(0b0010, 4);  // fields are allowed, not by macroblocks; direct inference; not cropped
  bits.put(reorder ? 1 : 0, 1);
  if (reorder) {
    bits.put(0b000000001, 9);  // of all that a stream may tell only its restrictions (E.1.1)
    bits.put(1, 1);
    for (unsigned number : {0u, 0u, 10u, 10u, *reorder, 2u}) bits.put_number(number);
  }
  return bits.unit(7, 3);
}

/// 7.3.2.2
inline std::vector<std::uint8_t> picture_parameters() {
  detail::bit_writer bits;
  bits.put_number(0);
  bits.put_number(0);
  bits.put(0, 2);
  for (int i = 0; i < 3; ++i) bits.put_number(0);
  bits.put(0, 3);
  for (int i = 0; i < 3; ++i) bits.put_number(0);
  bits.put(0b100, 3);
  return bits.unit(8, 3);
}

/// 7.3.3: one slice, the whole picture.
inline std::vector<std::uint8_t> slice(const coded_picture& picture, unsigned frame_number, bool is_first) {
  detail::bit_writer bits;
  for (unsigned number : {0u, 7u, 0u})
    bits.put_number(number);  // its first macroblock, intra, its parameters
  bits.put(frame_number & 255, 8);
  const bool is_field = picture.half != field::none;
  bits.put(is_field, 1);
  if (is_field) bits.put(picture.half == field::bottom, 1);
  if (is_first) bits.put_number(0);
  bits.put(unsigned(2 * picture.shown + (picture.half == field::bottom)) & 255, 8);
  if (picture.is_referred) bits.put(0, is_first ? 2 : 1);
  bits.put_number(0);
  bits.put_number(1);  // no deblocking
  for (int block = 0; block < detail::pcm_columns * detail::pcm_rows / (is_field ? 2 : 1); ++block) {
    bits.put_number(25);  // I_PCM
    bits.align();
    for (int i = 0; i < 256; ++i) bits.put(unsigned(20 + picture.shown % 200), 8);
    for (int i = 0; i < 128; ++i) bits.put(128, 8);
  }
  return bits.unit(is_first ? 5 : 1, picture.is_referred ? 3 : 0);
}

namespace detail {

inline void append_unit(std::vector<std::uint8_t>& bytes, const std::vector<std::uint8_t>& unit) {
  bytes.insert(bytes.end(), {0, 0, 0, 1});
  bytes.insert(bytes.end(), unit.begin(), unit.end());
}

}  // namespace detail

/// The first picture is shown first.
inline std::string write_pcm_h264(const std::string& name, const std::vector<coded_picture>& pictures,
                                  std::optional<unsigned> reorder) {
  const std::string path = scratch(name);
  const auto out = detail::make_output(path);
  AVStream& stream = *media::allocated(avformat_new_stream(out.get(), nullptr));
  stream.time_base = {1, 1000};
  AVCodecParameters& parameters = *stream.codecpar;
  parameters.codec_type = AVMEDIA_TYPE_VIDEO, parameters.codec_id = AV_CODEC_ID_H264;
  parameters.width = 16 * detail::pcm_columns, parameters.height = 16 * detail::pcm_rows;
  std::vector<std::uint8_t> header;
  for (const auto& unit : {sequence_parameters(reorder), picture_parameters()})
    detail::append_unit(header, unit);
  parameters.extradata = static_cast<std::uint8_t*>(av_mallocz(header.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  parameters.extradata_size = int(header.size());
  std::ranges::copy(header, parameters.extradata);
  detail::begin_output(out.get(), path);
  unsigned frame_number = 0;
  std::int64_t decoded = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const coded_picture& picture = pictures[i];
    std::vector<std::uint8_t> bytes = i == 0 ? header : std::vector<std::uint8_t>();
    detail::append_unit(bytes, slice(picture, frame_number, i == 0));
    const media::packet_handle packet = media::make_packet();
    media::check(av_new_packet(packet.get(), int(bytes.size())), path, "allocate");
    std::ranges::copy(bytes, packet->data);
    packet->pts = 200 + 40 * picture.shown + (picture.half == field::bottom ? 20 : 0);
    packet->dts = decoded;
    packet->flags = i == 0 ? AV_PKT_FLAG_KEY : 0;
    av_packet_rescale_ts(packet.get(), {1, 1000}, stream.time_base);
    media::check(av_interleaved_write_frame(out.get(), packet.get()), path, "write packet");
    decoded += picture.half == field::none ? 40 : 20;
    frame_number += picture.is_referred;
  }
  media::check(av_write_trailer(out.get()), path, "write trailer");
  return path;
}

}  // namespace eev::test
