// What a loss over predictions is made of. Every part is a mean, so that its size does not depend on the
// batch.
#pragma once

namespace eev {

/// The weight of each part that is a mean over elements: p is a prediction, y its label.
struct elementwise_weights {
  double l1 = 0;             ///< |p - y|
  double kl = 0;             ///< y (ln y - ln p), 0 ln 0 = 0
  double squared_error = 0;  ///< (p - y)^2
};

/// The weight of each part that is a mean over the curves, one for each clip and expression.
struct correlation_weights {
  double ccc = 0;      ///< 1 - CCC (Lin et al. 2021, equation 1)
  double pearson = 0;  ///< 1 - Pearson's r
  /// As the authors' code has it: the sum over time in place of the covariance, and unbiased variances. That
  /// is about T times the CCC.
  bool authors_ccc = false;
};

}  // namespace eev
