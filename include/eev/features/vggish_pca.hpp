// In:  rows of VGGish's features [R, 128].  Out: the same as AudioSet publishes them: whitened, from 0 to
// 255.  Rests on: core/view.
//
// AudioSet's post-processor (tensorflow/models, audioset/vggish, vggish_postprocess.py): with the
// eigenvectors E and the means m of vggish_pca_params.npz (features/vggish_pca_file.hpp),
//   y = E (x - m)           [128]
//   q = (clip(y, -2, 2) + 2) * (255 / 4)
// AudioSet's code cuts the fraction of q off, torchvggish rounds half to even. All in double.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::features {

enum class pca_quantisation : std::uint8_t { round, truncate };

class vggish_pca {
 public:
  static constexpr dim width = 128;

  /// eigenvectors [128, 128], one a row; means [128].
  vggish_pca(std::vector<double> eigenvectors, std::vector<double> means)
      : eigenvectors_(std::move(eigenvectors)), means_(std::move(means)) {
    require(dim(eigenvectors_.size()) == width * width && dim(means_.size()) == width,
            "vggish_pca: eigenvectors of ", eigenvectors_.size(), " values and ", means_.size(),
            " means; expected [128, 128] and [128]");
  }

  /// x [R, 128] -> y [R, 128], before they are quantised.
  void project(view<double, 2> y, const_view<float, 2> x) const {
    check(y.shape, x.shape);
    std::vector<double> centred(width);
    for (dim r = 0; r < x.shape[0]; ++r) {
      for (dim k = 0; k < width; ++k) centred[k] = double(x(r, k)) - means_[k];
      for (dim n = 0; n < width; ++n) {
        double sum = 0;
        for (dim k = 0; k < width; ++k) sum += eigenvectors_[n * width + k] * centred[k];
        y(r, n) = sum;
      }
    }
  }

  /// x [R, 128] -> y [R, 128], whole numbers from 0 to 255. y may be x.
  void operator()(view<float, 2> y, const_view<float, 2> x, pca_quantisation how) const {
    check(y.shape, x.shape);
    std::vector<double> row(width);
    for (dim r = 0; r < x.shape[0]; ++r) {
      project({row.data(), {1, width}}, x.slices(r, r + 1));
      for (dim n = 0; n < width; ++n) y(r, n) = quantised(row[n], how);
    }
  }

  static float quantised(double value, pca_quantisation how) {
    const double level = (std::clamp(value, -2.0, 2.0) + 2.0) * (255.0 / 4.0);
    return float(how == pca_quantisation::round ? std::nearbyint(level) : std::floor(level));
  }

 private:
  static void check(const std::array<dim, 2>& y, const std::array<dim, 2>& x) {
    require(x[1] == width && y == x, "vggish_pca: x ", x, ", y ", y, "; expected both [R, 128]");
  }

  std::vector<double> eigenvectors_, means_;
};

}  // namespace eev::features
