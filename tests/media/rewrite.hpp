// In:  a file of a video, and what is to be done to its packets.  Out: another file of them, nothing encoded
// anew.  Rests on: FFmpeg's muxers, media/packet_kind, tests/media/encode.hpp.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <eev/media/packet_kind.hpp>

#include "encode.hpp"

namespace eev::test {

/// Calls edit(packet, kind) for each packet.
inline std::string rewrite(const std::string& path, const std::string& name,
                           const std::function<void(AVPacket&, media::packet_kind)>& edit) {
  const std::string to = scratch(name);
  AVFormatContext* opened = nullptr;
  media::check(avformat_open_input(&opened, path.c_str(), nullptr, nullptr), path, "open");
  const media::format_handle from(opened);
  media::check(avformat_find_stream_info(from.get(), nullptr), path, "look into");
  const auto out = detail::make_output(to);
  std::vector<media::packet_classifier> kind_of;
  for (const AVStream* old : std::span(from->streams, from->nb_streams)) {
    AVStream& stream = *media::allocated(avformat_new_stream(out.get(), nullptr));
    avcodec_parameters_copy(stream.codecpar, old->codecpar);
    stream.time_base = old->time_base;
    kind_of.emplace_back(*old->codecpar);
  }
  detail::begin_output(out.get(), to);
  const media::packet_handle packet = media::make_packet();
  while (av_read_frame(from.get(), packet.get()) >= 0) {
    const int stream = packet->stream_index;
    edit(*packet, kind_of[std::size_t(stream)](*packet));
    av_packet_rescale_ts(packet.get(), from->streams[stream]->time_base, out->streams[stream]->time_base);
    media::check(av_interleaved_write_frame(out.get(), packet.get()), to, "write packet");
  }
  media::check(av_write_trailer(out.get()), to, "write trailer");
  return to;
}

/// Puts bytes before those of the packet.
inline void put_before(AVPacket& packet, const std::vector<std::uint8_t>& bytes) {
  const int size = packet.size, more = int(bytes.size());
  media::check(av_grow_packet(&packet, more), "packet", "grow");
  media::check(av_packet_make_writable(&packet), "packet", "copy");
  std::memmove(packet.data + more, packet.data, std::size_t(size));
  std::ranges::copy(bytes, packet.data);
}

}  // namespace eev::test
