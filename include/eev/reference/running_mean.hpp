// In:  the mean [N] of some vectors and one more.  Out: the mean of all of them.  Rests on: reference/device.
#pragma once

#include <eev/reference/device.hpp>

namespace eev::reference {

/// mean = mean + (x - mean) / count; `count` includes x. The mean of one is x, whatever it held.
template <class T>
void running_mean(device<T>&, view<T, 1> mean, const_view<T, 1> x, dim count) {
  require(mean.shape == x.shape && count >= 1, "running_mean: mean ", mean.shape, ", x ", x.shape, ", count ",
          count, "; expected the same shape twice, counts from 1");
  for (dim i = 0; i < x.size(); ++i) mean(i) = count == 1 ? x(i) : mean(i) + (x(i) - mean(i)) / T(count);
}

}  // namespace eev::reference
