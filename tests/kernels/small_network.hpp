// In:  the shape of a visual network, how far it may be off in float and in bfloat16.  Out: a check of the
// whole network on the CUDA device against the reference.  Rests on: what the test includes of the network's
// operations.
#pragma once

#include <doctest/doctest.h>

#include "close.hpp"
#include "device_tensor.hpp"
#include "faulty_source.hpp"
#include "formula_inputs.hpp"

namespace eev::test {

/// Features of two frames on the GPU.
template <class T, class Shape>
std::vector<float> gpu_features_of(const Shape& shape) {
  cuda::device device;
  const typename Shape::template network<cuda::device, T> network(device, formula_weights(), shape);
  const device_tensor<std::uint8_t> rgb(device, formula_image(2, shape.side, shape.side));
  const device_tensor<float> y(device, 2 * shape.features());
  network(device, y.as(2, shape.features()), rgb.as(2, shape.side, shape.side, 3));
  return y.values();
}

template <class Shape>
void check_on_gpu(const Shape& shape, double limit, double half_limit) {
  std::vector<double> expected(2 * shape.features());
  reference::device<double> exact;
  const typename Shape::template network<reference::device<double>, double> network(exact, formula_weights(),
                                                                                    shape);
  network(exact, shaped(expected, 2, shape.features()),
          shaped(formula_image(2, shape.side, shape.side), 2, shape.side, shape.side, 3));
  const double error = relative_difference(gpu_features_of<float>(shape), expected);
  const double half_error = relative_difference(gpu_features_of<bfloat16>(shape), expected);
  MESSAGE("error of fp32 ", error, ", of bf16 ", half_error);
  CHECK(error < limit);
  CHECK(half_error < half_limit);
}

}  // namespace eev::test
