// In:  packets of H.264 or H.265.  Out: whether another picture may refer to a packet's picture.
// Rests on: media/ffmpeg.
//
// A packet is a row of NAL units, each of which begins with its type. Before a unit stands how long it is,
// or, where extradata does not begin with a 1, the bytes 0 0 1.
#pragma once

extern "C" {
#include <libavcodec/packet.h>
}

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>

#include <eev/media/ffmpeg.hpp>

namespace eev::media {

/// H.264 marks the slices of a picture that no other refers to with nal_ref_idc 0 (7.4.1). H.265 marks those
/// that no other of the same temporal layer refers to (table 7-1), so only in the highest layer no other
/// does.
class disposable_pictures {
 public:
  /// Of a stream with these parameters. Of other codecs no picture is known to be disposable, nor of H.265
  /// that does not say how many temporal layers it has.
  explicit disposable_pictures(const AVCodecParameters& stream) {
    // Two packets of H.264 may be the fields of one picture, of which one must not go missing.
    if (stream.codec_id == AV_CODEC_ID_HEVC ||
        (stream.codec_id == AV_CODEC_ID_H264 && stream.field_order == AV_FIELD_PROGRESSIVE))
      codec_ = stream.codec_id;
    const std::size_t sizes = codec_ == AV_CODEC_ID_HEVC ? 21 : 4;  // the byte of hvcC and avcC for both
    if (std::size_t(stream.extradata_size) <= sizes || stream.extradata[0] != 1) return;
    length_bytes_ = 1 + (stream.extradata[sizes] & 3);
    temporal_layers_ = stream.extradata[sizes] >> 3 & 7;
  }

  /// True if the packet holds a picture that no other refers to, and nothing that others may need.
  bool operator()(const AVPacket& packet) {
    if (av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, nullptr)) codec_ = AV_CODEC_ID_NONE;
    if (codec_ == AV_CODEC_ID_NONE) return false;
    bytes rest(packet.data, std::size_t(packet.size));
    bool has_slice = false;
    while (const auto unit = next_unit(rest)) {
      const meaning is = codec_ == AV_CODEC_ID_H264 ? of_h264(*unit) : of_h265(*unit);
      if (is == meaning::others_need_it) return false;
      has_slice = has_slice || is == meaning::disposable_slice;
    }
    return has_slice && rest.empty();
  }

 private:
  using bytes = std::span<const std::uint8_t>;
  enum class meaning { disposable_slice, about_this_picture, others_need_it };

  static meaning of_h264(bytes unit) {
    const int reference = unit[0] >> 5 & 3, type = unit[0] & 31;
    if (type == 1 && reference == 0) return meaning::disposable_slice;
    // Supplemental information, a delimiter, filler.
    return type == 6 || type == 9 || type == 12 ? meaning::about_this_picture : meaning::others_need_it;
  }

  meaning of_h265(bytes unit) const {
    if (unit.size() < 2) return meaning::others_need_it;
    const int type = unit[0] >> 1 & 63, layer = (unit[0] & 1) << 5 | unit[1] >> 3;
    const int temporal_layer = (unit[1] & 7) - 1;
    if (type < 10 && type % 2 == 0 && layer == 0 && temporal_layer == temporal_layers_ - 1)
      return meaning::disposable_slice;
    // A delimiter, filler, supplemental information before or after the slices.
    return type == 35 || (type >= 38 && type <= 40) ? meaning::about_this_picture : meaning::others_need_it;
  }

  /// Takes the next unit off `rest`; nothing, and `rest` stays, at the end or where no unit is.
  std::optional<bytes> next_unit(bytes& rest) const {
    std::size_t begin = 0, length = 0;
    if (length_bytes_ > 0) {
      begin = std::size_t(length_bytes_);
      if (rest.size() < begin) return std::nullopt;
      for (const std::uint8_t byte : rest.first(begin)) length = length << 8 | byte;
    } else {
      static constexpr std::uint8_t mark[] = {0, 0, 1};
      const auto first = std::search(rest.begin(), rest.end(), std::begin(mark), std::end(mark));
      if (first == rest.end()) return std::nullopt;
      begin = std::size_t(first - rest.begin()) + std::size(mark);
      length = std::size_t(std::search(first + 3, rest.end(), std::begin(mark), std::end(mark)) - first) - 3;
    }
    if (length == 0 || length > rest.size() - begin) return std::nullopt;
    const bytes unit = rest.subspan(begin, length);
    rest = rest.subspan(begin + length);
    return unit;
  }

  AVCodecID codec_ = AV_CODEC_ID_NONE;
  int length_bytes_ = 0;     // before each unit; 0: the mark 0 0 1 is
  int temporal_layers_ = 0;  // 0: not known
};

}  // namespace eev::media
