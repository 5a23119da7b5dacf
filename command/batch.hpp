// In:  videos and what is to be done with each.  Out: that, with progress, and an exit code.  Rests on:
// media/video_file, console.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <eev/core/rational.hpp>
#include <eev/core/video.hpp>

#include "console.hpp"
#include "inputs.hpp"
#include "options.hpp"

namespace eev::command {

/// One video after another. One that fails is reported and left out; the others go on.
class batch {
 public:
  /// `rate`: frames a second.
  batch(console& console, const std::vector<input>& inputs, const stream_options& streams, rational rate);

  /// Opens the video and calls work(video). False, after an error message, if something throws eev::error or
  /// runs out of memory; then failure() tells why.
  bool run(const input& input, const std::function<void(video&)>& work);
  const std::string& failure() const { return failure_; }

  /// Counts an input that nothing has to be done for.
  void skip(const input& input);

  /// 0, 1 or 3.
  int status() const;

 private:
  void work_on(const input& input, const std::function<void(video&)>& work);

  console& console_;
  stream_options streams_;
  rational rate_;
  progress progress_;
  std::string failure_, gpu_refusal_;  // the latter has been told
  int good_ = 0, failed_ = 0;
};

}  // namespace eev::command
