// In:  a stream of samples at 16 kHz, and how many of them there are in the end.  Out: VGGish's patches of
// log-mel spectrogram [B, 96, 64], one a row.  Rests on: core/rational; the device's log_mel().
//
// Row k is 96 frames from sample round(16000 k / rate) on: 15,600 samples. Sound is cut, or padded with
// silence, to the length D of the video. As D is only known at its end, rows are held back until it is
// certain that they are not cut. Rows that have been taken are forgotten: memory does not grow with the
// length of the sound.
#pragma once

#include <algorithm>
#include <vector>

#include <eev/core/finite.hpp>
#include <eev/core/mel_bands.hpp>
#include <eev/core/rational.hpp>
#include <eev/features/vggish.hpp>

namespace eev::features {

/// The rate that gives one row each 0.96 s, VGGish's own hop: row k from sample 15360 k on.
inline constexpr rational vggish_rate = rational::reduced(25, 24);

template <class Device, class T = typename Device::scalar>
class sound_patches {
 public:
  /// `rate` rows a second. `frames` 94 is what 0.96 s alone makes, as the paper has it: a row hears 15,360
  /// samples, the rest of its 96 frames is silence.
  explicit sound_patches(rational rate, dim frames = patch_frames) : rate_(rate), heard_(patch_samples) {
    require(rate > 0 && rate <= sound_rate, "sound: ", rate.value(),
            " rows a second; expected above 0, at most ", sound_rate);
    require(frames == patch_frames || frames == 94, "sound: ", frames, " frames a row; expected 96 or 94");
    if (frames == 94) heard_ = 15360;
  }

  /// More samples. `known`: the sound will have at least so many in all, a lower bound of 16000 D.
  void push(const_view<float, 1> samples, dim known) {
    require(!finished_, "sound: samples after the end");
    const auto bad = std::find_if_not(samples.begin(), samples.end(), [](float x) { return is_finite(x); });
    require(bad == samples.end(), "sound: sample ", received() + (bad - samples.begin()),
            " is not a finite number");
    buffer_.insert(buffer_.end(), samples.begin(), samples.end());
    known_ = std::max(known_, known);
    const dim certain = std::min(known_, received());
    while (first_sample(next_ + ready_) + heard_ <= certain) ++ready_;
    forget();
  }

  /// The end: the sound has `samples`, round(16000 D), and `rows` rows.
  void finish(dim samples, dim rows) {
    require(samples >= known_ && rows >= next_ + ready_, "sound: it ends after ", samples, " samples and ",
            rows, " rows, but there were to be at least ", known_, " and ", next_ + ready_);
    buffer_.resize(std::clamp<dim>(samples - start_, 0, dim(buffer_.size())));  // the cut
    finished_ = true;
    ready_ = rows - next_;
  }

  /// Rows that can be taken.
  dim ready() const { return ready_; }

  /// The next B rows, patches [B, 96, 64]; B is at most ready().
  void take(Device& device, view<T, 3> patches) {
    const dim B = patches.shape[0];
    require(patches.shape == std::array{B, patch_frames, mel_bands} && B <= ready_, "sound: patches ",
            patches.shape, "; expected [B, 96, 64], B at most ", ready_);
    auto scope = device.scope();
    auto samples = device.template take<typename Device::scalar>(patch_samples);
    for (dim b = 0; b < B; ++b) {
      std::vector<float> segment(patch_samples);  // silence, but for what there is of the sound
      const dim begin = std::min(first_sample(next_) - start_, dim(buffer_.size()));
      const dim end = std::min(begin + heard_, dim(buffer_.size()));
      std::copy(buffer_.begin() + begin, buffer_.begin() + end, segment.begin());
      device.upload(samples, view<const float, 1>{segment.data(), {patch_samples}});
      log_mel(device, patches[b], samples);
      ++next_, --ready_;
    }
    forget();
  }

 private:
  static constexpr dim patch_samples = (patch_frames - 1) * frame_hop + frame_samples;

  dim first_sample(dim row) const { return (rational(row) * rational(sound_rate) / rate_).round(); }
  dim received() const { return start_ + dim(buffer_.size()); }

  /// Drops what lies before the next row.
  void forget() {
    const dim unused = std::min(first_sample(next_) - start_, dim(buffer_.size()));
    buffer_.erase(buffer_.begin(), buffer_.begin() + unused);
    start_ += unused;
  }

  rational rate_;
  dim heard_;                  // samples of a row; what follows is silence
  std::vector<float> buffer_;  // the samples start_, start_ + 1, ...
  dim start_ = 0, known_ = 0;
  dim next_ = 0, ready_ = 0;  // rows
  bool finished_ = false;
};

}  // namespace eev::features
