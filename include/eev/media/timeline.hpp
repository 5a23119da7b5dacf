// In:  the timestamps of a stream, in its order.  Out: seconds since the start.  Rests on: core/rational.
//
// Timestamps may be missing, may begin anywhere, and in a broken or joined file may jump by hours or begin
// anew. The rule: a frame that would begin more than an hour after the one before it, or more than ten
// seconds before it, does not: the file's clock was set. From there on time is counted as if that frame
// followed the one before it without a gap. A single wild timestamp thus does no harm (the clock is set there
// and back), and no timestamp can ask for more than an hour of repeated frames or silence.
#pragma once

#include <optional>

#include <eev/core/rational.hpp>

namespace eev::media {

class timeline {
 public:
  static constexpr int longest_gap = 3600;   // seconds; also the longest duration a frame is believed to have
  static constexpr int longest_return = 10;  // seconds

  /// Without a start, the first timestamp is second 0.
  explicit timeline(std::optional<rational> start) : start_(start) {}

  /// When a frame begins: `stamp` is what the file says, `expected` the end of the frame before it, at first
  /// 0.
  rational place(std::optional<rational> stamp, rational expected) {
    rational time = expected;
    if (stamp) {
      if (!start_) start_ = *stamp - expected;
      time = *stamp - *start_;
      if (time > last_ + longest_gap || time < last_ - longest_return) {
        start_ = *stamp - expected;
        time = expected;
      }
    }
    return last_ = time;
  }

  /// When a frame that is still to be placed will begin if the clock runs on; nothing if that is not sure.
  std::optional<rational> foresee(std::optional<rational> stamp) const {
    if (!stamp || !start_) return std::nullopt;
    rational time = *stamp - *start_;
    if (time < last_ - longest_return || time > last_ + longest_return) return std::nullopt;
    return time;
  }

 private:
  std::optional<rational> start_;
  rational last_ = 0;
};

}  // namespace eev::media
