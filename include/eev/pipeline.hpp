// READ FIRST. The whole prediction: a video goes in, fifteen curves of what its viewers will feel come out.
//
// Lin et al. 2021, "Less is More: Sparse Sampling for Dense Reaction Predictions", figure 1. The stages are
// templates over a device (reference, cpu, cuda), which the caller includes and hands over: <eev/model.hpp>
// brings the CPU.
//
// T seconds, A rows of sound, S clips of 60 seconds, D the duration.
#pragma once

#include <utility>
#include <vector>

#include <eev/clips/align_audio.hpp>
#include <eev/clips/cut.hpp>
#include <eev/core/table.hpp>
#include <eev/core/video.hpp>
#include <eev/curve/interpolate.hpp>
#include <eev/features/extractor.hpp>
#include <eev/head/head.hpp>
#include <eev/io/decimal.hpp>
#include <eev/io/model_files.hpp>

namespace eev {

/// Scores of the fifteen expressions (core/expressions.hpp), each in [0, 1]; row k is for second k / rate.
struct curves {
  table scores{dim(expressions.size())};  // [ceil(rate D), 15]
  rational rate, duration;
};

template <class Device, class T = typename Device::scalar>
class model {
  using scalar = typename Device::scalar;

 public:
  /// The device must outlive the model. T is what matrix products read: float, or bfloat16 for speed.
  model(Device& device, const io::model_files& files, const features::extraction_options& options = {})
      : device_(device), extract_(device, files.visual, files.audio, options) {
    for (const auto& file : files.heads) {
      const auto shape = head_shape_in(*file.source);
      require(shape.visual_units == 0 || shape.visual == extract_.visual_width(), file.path(),
              ": reads visual rows of ", shape.visual, ", but ", files.visual.name, " makes rows of ",
              extract_.visual_width());
      require(shape.audio_units == 0 || shape.audio == extract_.audio_width(), file.path(),
              ": reads audio rows of ", shape.audio, ", but ", files.audio.name, " makes rows of ",
              extract_.audio_width());
      require(shape.expressions == dim(expressions.size()), file.path(), ": scores ", shape.expressions,
              " expressions, expected ", expressions.size());
      heads_.push_back({{device, file.tensors(), shape}, reading_of(file.source->file())});
    }
    require(!heads_.empty(), "a model without a head scores nothing; expected at least one");
    files.require_all_read();
  }

  /// A bundle, such as weights/demo.safetensors.
  model(Device& device, const std::string& bundle) : model(device, io::open_bundle(bundle)) {}

  /// `rate` rows a second, ceil(rate D) in all.
  curves predict(video& video, rational rate = 6) {
    const features::feature_rows rows = extract_(video);  // visual [T, 1536], audio [A, 128]
    return predict(rows, rate);
  }
  curves predict(const features::feature_rows& rows, rational rate = 6) {
    table sparse(dim(expressions.size()), rows.steps());  // [T, 15]
    for (const auto& [head, how] : heads_) {              // several are averaged
      const table audio = clips::align_audio(rows.audio, rows.steps(), rows.rate, rows.audio_rate, how.index);
      add_scores(sparse, head, rows.visual, audio, (how.clip_seconds * rows.rate).ceil());
    }
    for (float& score : sparse.tensor()) score /= float(heads_.size());
    return {curve::interpolate(sparse, rows.duration, rate, rows.rate), rate, rows.duration};  // [6 D, 15]
  }

 private:
  /// How a head has learned to read rows, which its file says if it is not the usual way.
  struct reading {
    clips::audio_index index = clips::audio_index::aligned;
    rational clip_seconds = 60;
  };
  static reading reading_of(const io::safetensors_file& file) {
    reading how;
    if (io::find_metadata(file, "training.audio_index") == "drift") how.index = clips::audio_index::drift;
    const auto seconds = io::find_metadata(file, "training.clip_seconds");
    const auto number = seconds ? io::parse_number(*seconds) : how.clip_seconds;
    require(number && *number >= 1 && *number <= 1'000'000, file.path(),
            ": metadata 'training.clip_seconds' is '", seconds.value_or(""),
            "', expected a number from 1 to 1,000,000");
    how.clip_seconds = *number;
    return how;
  }

  /// Clips of 60 rows, or as many as it has learned from, go through the head, which does not carry anything
  /// from one to the next. visual [T, 1536], audio [T, 128] -> added to scores [T, 15]
  void add_scores(table& scores, const head<Device>& head, const table& visual, const table& audio,
                  dim clip_rows) {
    for (const auto& batch : clips::cut(scores.rows(), clip_rows)) {
      auto scope = device_.scope();
      const auto seen = on_device(visual, batch);  // [S, 60, 1536]
      const auto heard = on_device(audio, batch);  // [S, 60, 128]
      auto found = device_.template take<scalar>(batch.clips, batch.rows, scores.columns());
      head(device_, found, seen, heard);
      table added(scores.columns(), batch.clips * batch.rows);
      device_.download(added.tensor(), found.rows());
      auto sum = clips::clips_of(scores.tensor(), batch);
      for (dim i = 0; i < sum.size(); ++i) sum.data[i] += added.tensor().data[i];
    }
  }

  view<const scalar, 3> on_device(const table& rows, const clips::batch& batch) {
    auto copy = device_.template take<scalar>(batch.clips, batch.rows, rows.columns());
    if (rows.columns() > 0) device_.upload(copy, clips::clips_of(rows.tensor(), batch));
    return copy;
  }

  Device& device_;
  features::extractor<Device, T> extract_;
  std::vector<std::pair<head<Device>, reading>> heads_;
};

}  // namespace eev
