// READ FIRST. The whole prediction: a video goes in, fifteen curves of what its viewers will feel come out.
//
// Lin et al. 2021, "Less is More: Sparse Sampling for Dense Reaction Predictions", figure 1. The stages are
// templates over a device (reference, cpu, cuda), which the caller includes and hands over: <eev/model.hpp>
// brings the CPU.
//
// T seconds, A rows of sound, S clips of 60 seconds, D the duration.
#pragma once

#include <vector>

#include <eev/clips/align_audio.hpp>
#include <eev/clips/cut.hpp>
#include <eev/core/table.hpp>
#include <eev/core/video.hpp>
#include <eev/curve/interpolate.hpp>
#include <eev/features/extractor.hpp>
#include <eev/head/head.hpp>
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
      const auto shape = head_shape_of([&](const std::string& name) { return file.source->shape_of(name); });
      require(shape.visual_units == 0 || shape.visual == extract_.visual_width(), file.path(),
              ": reads visual rows of ", shape.visual, ", but ", files.visual.name, " makes rows of ",
              extract_.visual_width());
      require(shape.audio_units == 0 || shape.audio == extract_.audio_width(), file.path(),
              ": reads audio rows of ", shape.audio, ", but ", files.audio.name, " makes rows of ",
              extract_.audio_width());
      require(shape.expressions == dim(expressions.size()), file.path(), ": scores ", shape.expressions,
              " expressions, expected ", expressions.size());
      heads_.emplace_back(device, file.tensors(), shape);
    }
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
    const table& visual = rows.visual;
    const table audio =
        clips::align_audio(rows.audio, visual.rows(), rows.rate, rows.audio_rate);             // [T, 128]
    const table sparse = score(visual, audio);                                                 // [T, 15]
    return {curve::interpolate(sparse, rows.duration, rate, rows.rate), rate, rows.duration};  // [6 D, 15]
  }

 private:
  /// Clips of 60 rows go through the heads, which do not carry anything from one to the next; several heads
  /// are averaged. visual [T, 1536], audio [T, 128] -> [T, 15]
  table score(const table& visual, const table& audio) {
    table scores(dim(expressions.size()), visual.rows());
    for (const auto& batch : clips::cut(visual.rows())) {
      auto scope = device_.scope();
      const auto seen = on_device(clips::clips_of(visual.tensor(), batch));  // [S, 60, 1536]
      const auto heard = on_device(clips::clips_of(audio.tensor(), batch));  // [S, 60, 128]
      auto one = device_.template take<scalar>(batch.clips, batch.rows, scores.columns());
      table heads_one(scores.columns(), batch.clips * batch.rows);
      auto sum = clips::clips_of(scores.tensor(), batch);
      for (const auto& head : heads_) {
        head(device_, one, seen, heard);
        device_.download(heads_one.tensor(), one.rows());
        for (dim i = 0; i < sum.size(); ++i) sum.data[i] += heads_one.tensor().data[i];
      }
      for (float& score : sum) score /= float(heads_.size());
    }
    return scores;
  }

  view<const scalar, 3> on_device(view<const float, 3> host) {
    auto copy = device_.template take<scalar>(host.shape[0], host.shape[1], host.shape[2]);
    device_.upload(copy, host);
    return copy;
  }

  Device& device_;
  features::extractor<Device, T> extract_;
  std::vector<head<Device>> heads_;
};

}  // namespace eev
