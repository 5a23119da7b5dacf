// In:  logits [R, N], and the class of each row.  Out: a loss, to which it is added, and its gradient.  Rests
// on: reference/device.
#pragma once

#include <algorithm>
#include <cmath>

#include <eev/reference/device.hpp>

namespace eev::reference {

/// Softmax cross entropy: loss += weight (mean over r of ln(sum over n of e^logits[r, n]) - logits[r, c]) for
/// c = classes[r], a whole number from 0 to N - 1, or, if there are no classes, c = r. dlogits is its
/// derivative by the logits and may be these.
template <class T>
void class_loss(device<T>&, view<T, 1> loss, view<T, 2> dlogits, const_view<T, 2> logits,
                const_view<T, 1> classes, double weight) {
  const auto [R, N] = logits.shape;
  require(loss.shape[0] == 1 && dlogits.shape == logits.shape && N > 0 &&
              (classes.data ? classes.shape[0] == R : R <= N),
          "class_loss: loss ", loss.shape, ", dlogits ", dlogits.shape, ", logits ", logits.shape,
          ", classes ", classes.shape,
          "; expected loss [1], dlogits and logits [R, N], classes [R] or none and R <= N");
  double sum = 0;
  for (dim r = 0; r < R; ++r) {
    const T* row = logits.data + r * N;
    T* gradient = dlogits.data + r * N;
    const dim c = classes.data ? dim(classes(r)) : r;
    const T most = *std::max_element(row, row + N), wanted = row[c];
    T total = 0;
    for (dim n = 0; n < N; ++n) total += std::exp(row[n] - most);
    sum += double(most - wanted) + std::log(double(total));
    for (dim n = 0; n < N; ++n)
      gradient[n] = T(weight) / T(R) * (std::exp(row[n] - most) / total - T(n == c));
  }
  loss(0) += T(weight * sum / double(std::max(R, dim(1))));
}

}  // namespace eev::reference
