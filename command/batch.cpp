// In:  videos and what is to be done with each.  Out: that, with progress, and an exit code.
#include "batch.hpp"

#include <cmath>
#include <filesystem>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include <eev/media/ffmpeg.hpp>
#include <eev/media/video_file.hpp>

#include "failures.hpp"
#include "signals.hpp"

namespace eev::command {
namespace {

/// A video that tells how far it has been watched, and stops where a signal has come.
class watched_video : public video {
 public:
  watched_video(video& of, rational rate, progress& progress)
      : video_(of), rate_(rate), progress_(progress) {}

  std::optional<view<const std::uint8_t, 3>> next_frame() override {
    stop_if_interrupted();
    auto frame = video_.next_frame();
    progress_.at(frame ? (rational(frames_++) / rate_).value() : video_.duration().value());
    return frame;
  }
  bool next_samples(std::vector<float>& samples) override { return video_.next_samples(samples); }
  bool has_sound() const override { return video_.has_sound(); }
  rational duration() const override { return video_.duration(); }

 private:
  video& video_;
  rational rate_;
  progress& progress_;
  dim frames_ = 0;
};

double size_of(const input& input) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(input.path, none);
  return none ? 0 : double(bytes);
}

double size_of(const std::vector<input>& inputs) {
  double bytes = 0;
  for (const input& input : inputs) bytes += size_of(input);
  return bytes;
}

std::string count(dim number, const std::string& thing) {
  return message(number, " ", thing, number == 1 ? "" : "s");
}

/// What the file's header says about lengths, in seconds; 0 if nothing. Often wrong.
struct claimed_seconds {
  double file = 0;     // all of it, good for a bar: sound or subtitles may go on after the picture
  double picture = 0;  // its stream alone
};

claimed_seconds read_claims(const std::string& path, std::optional<int> video_stream) {
  AVFormatContext* opened = nullptr;
  if (avformat_open_input(&opened, ("file:" + path).c_str(), nullptr, nullptr) < 0) return {};
  const media::format_handle file(opened);
  claimed_seconds claimed;
  if (file->duration > 0) claimed.file = double(file->duration) / AV_TIME_BASE;
  for (const AVStream* stream : std::span(file->streams, file->nb_streams)) {
    const bool cover = stream->disposition & AV_DISPOSITION_ATTACHED_PIC;
    if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO || cover) continue;
    if (video_stream.value_or(stream->index) != stream->index) continue;
    if (stream->duration > 0) claimed.picture = double(stream->duration) * av_q2d(stream->time_base);
    break;
  }
  return claimed;
}

}  // namespace

batch::batch(console& console, const std::vector<input>& inputs, const stream_options& streams, rational rate)
    : console_(console),
      streams_(streams),
      rate_(rate),
      progress_(console, int(inputs.size()), size_of(inputs)) {}

bool batch::run(const input& input, const std::function<void(video&)>& work) {
  stop_if_interrupted();
  failure_.clear();
  try {
    work_on(input, work);
  } catch (const std::bad_alloc&) {
    failure_ = input.path + ": out of memory";
  } catch (const std::exception& problem) {
    failure_ = problem.what();
    if (!failure_.starts_with(input.path)) failure_ = input.path + ": " + failure_;
  }
  progress_.end();
  if (!failure_.empty()) console_.error(failure_);
  ++(failure_.empty() ? good_ : failed_);
  return failure_.empty();
}

void batch::work_on(const input& input, const std::function<void(video&)>& work) {
  require(input.problem.empty(), input.path, ": ", input.problem);
  media::quiet_libav();
  const bool is_image = media::is_still_image(input.path);
  const auto claimed = is_image ? claimed_seconds{1, 1} : read_claims(input.path, streams_.video);
  progress_.begin(input.path, size_of(input), claimed.file);
  media::video_file file(input.path, {rate_, streams_.video, streams_.audio, gpu_named(streams_.decode)});
  watched_video watched(file, rate_, progress_);
  work(watched);
  const auto warn = [&](auto... parts) { console_.warning(message(input.path, ": ", parts...)); };
  if (!file.has_sound() && !is_image) warn("has no sound; the model hears silence");
  if (const dim frames = file.skipped_frames())
    warn(count(frames, "frame"), " could not be decoded, left out");
  if (const dim packets = file.skipped_packets())
    warn(count(packets, "packet"), " of sound could not be decoded");
  if (const std::string refusal = file.gpu_refusal(); !refusal.empty() && refusal != gpu_refusal_)
    warn("decoded on the CPU: ", gpu_refusal_ = refusal);
  if (const double found = file.duration().value(); claimed.picture > found + 1)
    warn("the picture ends after ", std::lround(found), " s, the file's header says ",
         std::lround(claimed.picture), " s: it is cut off, or the header is wrong");
}

void batch::skip(const input& input) {
  progress_.begin(input.path, size_of(input), 0);
  progress_.end();
  ++good_;
}

int batch::status() const { return failed_ == 0 ? all_done : good_ == 0 ? nothing_done : some_failed; }

}  // namespace eev::command
