// In:  the packets of a video stream in their order, and when each one's picture is first shown.  Out: those
// that must be decoded to show the right picture at each row's time.  Rests on: media/packet_kind,
// core/rational.
//
// Row k is at second k / rate. A picture that is shown between two rows only is left out
// - if no other refers to it, and another one that is decoded replaces it before the next row;
// - with all that follow it, if decoding begins anew before the next row.
// If what replaces it turns out to be broken, that row shows a picture before both. And an H.265 key frame
// that discards what has not been shown yet may discard other pictures than where all are decoded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

#include <eev/core/rational.hpp>
#include <eev/media/ffmpeg.hpp>
#include <eev/media/packet_kind.hpp>

namespace eev::media {

class needed_packets {
 public:
  explicit needed_packets(rational rate) : rate_(rate) {}

  /// Takes the next packet. `begin`: when its picture is shown, in seconds; nothing: not known, and it is
  /// needed. Appends to `needed` the packets of which that is certain now.
  void add(packet_handle packet, packet_kind kind, std::optional<rational> begin,
           std::deque<packet_handle>& needed) {
    if (!begin || kind == packet_kind::unknown ||
        packet->flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT)) {
      finish(needed);
      needed.push_back(std::move(packet));
      return;
    }
    const rational row = rational((*begin * rate_).ceil()) / rate_;
    const auto replaces = [&](rational other) { return *begin < other && other <= row; };
    if (kind == packet_kind::disposable && (replaces(latest_) || replaces(last_))) {
      latest_left_out_ = std::max(latest_left_out_, *begin);
      return;
    }
    if (kind == packet_kind::restart && held_.latest < *begin && *begin <= held_.next_row) {
      latest_left_out_ = std::max(latest_left_out_, held_.latest);
      held_ = {};
    }
    held_.latest = std::max(held_.latest, *begin);
    held_.next_row = std::min(held_.next_row, row);
    held_.bytes += packet->size;
    held_.packets.push_back(std::move(packet));
    last_ = *begin;
    latest_ = std::max(latest_, *begin);
    // Whatever begins anew from here on comes too late for the row.
    if (held_.latest >= held_.next_row || held_.bytes > most_bytes) finish(needed);
  }

  /// No more packets come: appends the last ones.
  void finish(std::deque<packet_handle>& needed) {
    std::ranges::move(held_.packets, std::back_inserter(needed));
    held_ = {};
  }

  /// The latest picture of those that were left out so far.
  rational latest_left_out() const { return latest_left_out_; }

 private:
  static constexpr std::int64_t most_bytes = std::int64_t{64} << 20;
  static constexpr std::int64_t before_all = -1'000'000, after_all = 1'000'000'000'000;  // seconds

  /// Needed, unless decoding begins anew after the latest of them, and in time for the next row.
  struct group {
    std::deque<packet_handle> packets;
    rational latest = before_all, next_row = after_all;
    std::int64_t bytes = 0;
  };

  rational rate_;
  group held_;
  rational last_ = before_all, latest_ = before_all;  // of all that were not left out alone
  rational latest_left_out_ = before_all;
};

}  // namespace eev::media
