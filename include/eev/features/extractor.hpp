// In:  a video.  Out: its rows of visual and audio features.  Rests on: features/visual_network,
// features/vggish, features/vggish_pca, features/frame_preparation, features/sound_patches; io/model_files.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <eev/core/rational.hpp>
#include <eev/core/recorded.hpp>
#include <eev/core/table.hpp>
#include <eev/core/video.hpp>
#include <eev/features/frame_preparation.hpp>
#include <eev/features/sound_patches.hpp>
#include <eev/features/vggish.hpp>
#include <eev/features/vggish_pca.hpp>
#include <eev/features/visual_network.hpp>
#include <eev/io/model_files.hpp>

namespace eev::features {

struct extraction_options {
  rational rate = 1;  // visual rows a second; the video hands out its frames at this rate
  frame_resize resize = frame_resize::stretch;
  bool normalise_visual = false;        // visual rows of length 1
  std::optional<rational> audio_rate;   // audio rows a second, vggish_rate for 0.96 s; else the visual rate
  bool audio_relu = true;               // VGGish's last ReLU
  dim audio_frames = patch_frames;      // 94: as the paper has it (features/sound_patches.hpp)
  std::optional<vggish_pca> audio_pca;  // AudioSet's post-processor: audio rows of whole numbers, 0 to 255
  pca_quantisation audio_quantisation = pca_quantisation::round;
};

/// What the networks made of one video; without a network there are no rows of its kind.
struct feature_rows {
  table visual, audio;                  // [ceil(rate D), 1536], [ceil(audio_rate D), 128]
  rational rate, audio_rate, duration;  // D in seconds
  bool has_sound = false;               // without, the audio rows are those of silence

  /// T, the rows that there are of the picture, or would be.
  dim steps() const {
    return visual.columns() > 0 ? visual.rows() : std::max<dim>((rate * duration).ceil(), 1);
  }
};

template <class Device, class T = typename Device::scalar>
class extractor {
  using scalar = typename Device::scalar;

 public:
  /// Without the file of a network, its rows are not made.
  extractor(Device& device, const io::network_file& visual, const io::network_file& audio,
            const extraction_options& options = {})
      : device_(device), options_(options), full_batch_(device) {
    require(options.rate > 0, "frames must be taken at a rate above 0, found ", options.rate.value());
    if (visual) visual_ = make_visual_network<T>(device, visual.tensors(), visual.name);
    if (audio) vggish_.emplace(device, audio.tensors(), find_vggish(audio.name));
  }

  dim visual_width() const { return visual_ ? visual_->features() : 0; }
  dim audio_width() const { return vggish_ ? vggish_->features() : 0; }

  /// Frames and sound are taken as they come: memory does not grow with the video's length but by its
  /// features.
  feature_rows operator()(video& video) {
    feature_rows rows{table(visual_width()), table(audio_width()), options_.rate, audio_rate(), 0,
                      video.has_sound()};
    sound_patches<Device, T> patches(rows.audio_rate, options_.audio_frames);
    std::vector<float> samples;
    dim heard = 0;
    const auto listen = [&](rational until) {  // to the samples before `until`
      const dim known = (until * video::sample_rate).floor();
      while (heard < known && video.next_samples(samples)) {
        heard += dim(samples.size());
        patches.push({samples.data(), {dim(samples.size())}}, known);
        samples.clear();
      }
      patches.push({}, known);
      audio_rows(rows.audio, patches);
    };

    dim seen = 0;
    while (const dim frames = visual_rows(rows.visual, video)) {
      seen += frames;
      // That there is a frame at this second means that the video is longer.
      if (vggish_) listen(rational(seen - 1) / rows.rate);
    }
    rows.duration = video.duration();
    if (!vggish_) return rows;
    listen(rows.duration);
    patches.finish((rows.duration * video::sample_rate).round(), (rows.duration * rows.audio_rate).ceil());
    audio_rows(rows.audio, patches);
    return rows;
  }

 private:
  static constexpr dim frames_at_once = 8, patches_at_once = 16;

  rational audio_rate() const { return options_.audio_rate.value_or(options_.rate); }

  /// The next frames, prepared, through the network; how many there were.
  dim visual_rows(table& rows, video& video) {
    if (!visual_) return video.next_frame() ? 1 : 0;
    auto scope = device_.scope();
    auto frames = device_.template take<std::uint8_t>(frames_at_once, visual_->side(), visual_->side(), 3);
    dim count = 0;
    while (count < frames_at_once) {
      const auto frame = video.next_frame();
      if (!frame) break;
      auto inner = device_.scope();
      auto pixels = device_.template take<std::uint8_t>(frame->shape[0], frame->shape[1], frame->shape[2]);
      device_.upload(pixels, *frame);
      prepare_frame(device_, frames[count++], pixels, options_.resize, visual_->filter());  // [224, 224, 3]
    }
    if (count == 0) return 0;
    auto features = device_.template take<scalar>(count, visual_width());
    const auto see = [&] { (*visual_)(device_, features, frames.slices(0, count)); };  // [count, 1536]
    if (count == frames_at_once)
      full_batch_(see);
    else
      see();
    auto added = rows.grow(count);
    device_.download(added, features);
    if (options_.normalise_visual)
      for (dim row = 0; row < count; ++row) to_unit_length(added[row]);
    return count;
  }

  void audio_rows(table& rows, sound_patches<Device, T>& patches) {
    while (patches.ready() > 0) {
      auto scope = device_.scope();
      const dim count = std::min(patches.ready(), patches_at_once);
      auto spectrograms = device_.template take<T>(count, patch_frames, mel_bands);
      patches.take(device_, spectrograms);  // [count, 96, 64]
      auto features = device_.template take<scalar>(count, audio_width());
      (*vggish_)(device_, features, spectrograms, options_.audio_relu);  // [count, 128]
      auto added = rows.grow(count);
      device_.download(added, features);
      if (options_.audio_pca) (*options_.audio_pca)(added, added, options_.audio_quantisation);
    }
  }

  static void to_unit_length(view<float, 1> row) {
    double squares = 0;
    for (float value : row) squares += double(value) * value;
    for (float& value : row)
      value = float(value / std::max(std::sqrt(squares), 1e-12));  // PyTorch's F.normalize
  }

  Device& device_;
  extraction_options options_;
  std::unique_ptr<visual_network<Device>> visual_;
  std::optional<vggish<Device, T>> vggish_;
  recorded<Device> full_batch_;  // of frames, which lie at the same place each time
};

}  // namespace eev::features
