// In:  the packets of a video stream.  Out: what the pictures of other packets may need of each.
// Rests on: media/ffmpeg.
//
// Read off the pictures themselves; what a container says of its packets is not believed.
#pragma once

extern "C" {
#include <libavcodec/packet.h>
}

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>

#include <eev/media/ffmpeg.hpp>

namespace eev::media {

enum class packet_kind {
  disposable,  ///< a picture that no other refers to
  picture,     ///< one that others may refer to
  restart,     ///< one with which decoding can begin: no later packet refers to an earlier one
  unknown      ///< more than a picture, or what cannot be told
};

/// Of H.264, H.265, VP8, VP9 and AV1. Packets come in their order.
class packet_classifier {
 public:
  explicit packet_classifier(const AVCodecParameters& stream) : codec_(stream.codec_id) {
    if (codec_ == AV_CODEC_ID_H264) prepare_parser(stream);
    const std::size_t sizes = codec_ == AV_CODEC_ID_HEVC ? 21 : 4;  // the byte of hvcC and avcC for both
    if (std::size_t(stream.extradata_size) <= sizes || stream.extradata[0] != 1) return;
    length_bytes_ = 1 + (stream.extradata[sizes] & 3);
    temporal_layers_ = stream.extradata[sizes] >> 3 & 7;
  }

  packet_kind operator()(const AVPacket& packet) {
    if (av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, nullptr)) codec_ = AV_CODEC_ID_NONE;
    const bytes data(packet.data, std::size_t(packet.size));
    if (data.empty()) return packet_kind::unknown;
    switch (codec_) {
      case AV_CODEC_ID_H264:
        // Two packets may be the fields of one picture.
        return is_frame(packet) ? of_units(data, of_h264) : packet_kind::unknown;
      case AV_CODEC_ID_HEVC:
        return of_units(data, [this](bytes unit) { return of_h265(unit); });
      case AV_CODEC_ID_VP8:  // RFC 6386, 9.1: key frame, (version), shown
        return restart_if((data[0] & 0x11) == 0x10);
      case AV_CODEC_ID_VP9:  // 6.2: mark, profile (3 is longer), no earlier frame, key frame, shown
        return restart_if((data[0] & 0xce) == 0x82 && (data[0] & 0x30) != 0x30);
      case AV_CODEC_ID_AV1:
        return of_av1(data);
      default:
        return packet_kind::unknown;
    }
  }

 private:
  using bytes = std::span<const std::uint8_t>;

  static packet_kind restart_if(bool begins) { return begins ? packet_kind::restart : packet_kind::picture; }

  // ---- H.264 and H.265: a row of NAL units, each of which begins with its type

  /// Nothing: about this picture alone.
  using unit_kind = std::optional<packet_kind>;

  /// A packet is what all slices in it are, or where they differ a picture.
  template <class KindOf>
  packet_kind of_units(bytes rest, KindOf kind_of) const {
    unit_kind all;
    while (const auto unit = next_unit(rest)) {
      const unit_kind one = kind_of(*unit);
      if (!one) continue;
      if (*one == packet_kind::unknown) return packet_kind::unknown;
      all = all.value_or(*one) == *one ? *one : packet_kind::picture;
    }
    return rest.empty() ? all.value_or(packet_kind::unknown) : packet_kind::unknown;
  }

  /// Whether an H.264 picture is more than a field, as the parameters in force tell, which may come in any
  /// packet.
  bool is_frame(const AVPacket& packet) {
    std::uint8_t* whole = nullptr;
    int size = 0;
    av_parser_parse2(parser_.get(), context_.get(), &whole, &size, packet.data, packet.size, packet.pts,
                     packet.dts, packet.pos);
    return parser_->picture_structure == AV_PICTURE_STRUCTURE_FRAME;
  }

  void prepare_parser(const AVCodecParameters& stream) {
    parser_.reset(allocated(av_parser_init(codec_)));
    parser_->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    context_.reset(allocated(avcodec_alloc_context3(nullptr)));
    avcodec_parameters_to_context(context_.get(), &stream);
  }

  /// ITU-T H.264, 7.4.1: nal_ref_idc is 0 where no other picture refers to this one.
  static unit_kind of_h264(bytes unit) {
    const int reference = unit[0] >> 5 & 3, type = unit[0] & 31;
    if (type == 1) return reference == 0 ? packet_kind::disposable : packet_kind::picture;
    if (type == 5) return packet_kind::restart;
    if (type == 6 || type == 9 || type == 12) return {};  // supplemental information, a delimiter, filler
    return packet_kind::unknown;
  }

  /// ITU-T H.265, table 7-1: even types below 10 are pictures that no other of the same temporal layer refers
  /// to, so that only in the highest layer no other does.
  unit_kind of_h265(bytes unit) const {
    if (unit.size() < 3) return packet_kind::unknown;
    const int type = unit[0] >> 1 & 63, layer = (unit[0] & 1) << 5 | unit[1] >> 3;
    const int temporal_layer = (unit[1] & 7) - 1;
    if (type == 35 || type == 38 || type == 40) return {};  // a delimiter, filler, a checksum
    if (type == 39) return may_turn(unit.subspan(2)) ? unit_kind(packet_kind::unknown) : unit_kind();
    if (layer != 0) return packet_kind::unknown;
    if (type < 10)
      return type % 2 == 0 && temporal_layer == temporal_layers_ - 1 ? packet_kind::disposable
                                                                     : packet_kind::picture;
    if (type == 21) return packet_kind::picture;  // of those that follow, some may refer to some before it
    const bool drops_others = unit[2] & 0x40;  // no_output_of_prior_pics_flag: what is not shown yet is lost
    return type == 19 || type == 20 ? restart_if(!drops_others) : packet_kind::unknown;
  }

  /// Whether supplemental information says how later pictures, too, are to be turned for display (D.3.17), or
  /// may: bytes put in against marks (7.4.2) are not taken out here.
  static bool may_turn(bytes messages) {
    static constexpr std::uint8_t put_in[] = {0, 0, 3};
    if (!std::ranges::search(messages, put_in).empty()) return true;
    const auto take = [&messages] {
      std::size_t sum = 0;
      while (!messages.empty()) {
        const std::uint8_t byte = messages.front();
        messages = messages.subspan(1);
        sum += byte;
        if (byte < 255) break;
      }
      return sum;
    };
    while (messages.size() > 1) {  // the last byte ends the unit
      const std::size_t type = take(), size = take();
      if (type == 47 || size > messages.size()) return true;
      messages = messages.subspan(size);
    }
    return false;
  }

  /// Takes the next unit off `rest`; nothing, and `rest` stays, at the end or where no unit is. Before a unit
  /// stands how long it is or, where extradata does not begin with a 1, the bytes 0 0 1.
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

  // ---- AV1: a row of units (OBUs), each with its type and length (5.3)

  /// Decoding can begin with a sequence's header and a key frame that is shown.
  static packet_kind of_av1(bytes rest) {
    bool has_header = false;
    while (!rest.empty()) {
      const int type = rest[0] >> 3 & 15;
      const bool in_layers = rest[0] & 4, has_length = rest[0] & 2;
      rest = rest.subspan(1);
      const auto length = has_length ? take_length(rest) : std::optional(rest.size());
      if (in_layers || !length || *length > rest.size()) return packet_kind::unknown;
      const bytes unit = rest.first(*length);
      rest = rest.subspan(*length);
      if (unit.empty()) continue;  // a delimiter
      has_header = has_header || type == 1;
      if (type != 3 && type != 6) continue;
      // Not an earlier frame shown again, a key frame, shown.
      const bool key_frame = (unit[0] & 0xf0) == 0x10;
      if (has_header) return key_frame ? packet_kind::restart : packet_kind::unknown;
      return packet_kind::picture;
    }
    return packet_kind::unknown;
  }

  /// Takes a number off `rest`, seven bits a byte; nothing if it does not end there.
  static std::optional<std::size_t> take_length(bytes& rest) {
    std::size_t length = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      if (rest.empty()) return std::nullopt;
      const std::uint8_t byte = rest.front();
      rest = rest.subspan(1);
      length |= std::size_t(byte & 127) << shift;
      if (byte < 128) break;
    }
    return length;
  }

  struct close_parser {
    void operator()(AVCodecParserContext* parser) const { av_parser_close(parser); }
  };

  AVCodecID codec_;
  std::unique_ptr<AVCodecParserContext, close_parser> parser_;  // of H.264, with context_
  codec_handle context_;
  int length_bytes_ = 0;     // before each unit; 0: the mark 0 0 1 is
  int temporal_layers_ = 0;  // 0: not known
};

}  // namespace eev::media
