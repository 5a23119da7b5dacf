// In:  a visual network with weights by formula, the stem of its golden.  Out: features of images by formula,
// and how they compare with PyTorch's.  Rests on: cpu/device, what the test includes of the network's
// operations.
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <eev/cpu/device.hpp>

#include "close.hpp"
#include "faulty_source.hpp"
#include "formula_inputs.hpp"
#include "golden.hpp"

namespace eev::test {

/// Features of the first `B` formula images.
template <class T, class Device, class Shape>
std::vector<typename Device::scalar> visual_features_of(Device& device, const Shape& shape,
                                                        const weights& weights, dim B = 1) {
  const typename Shape::template network<Device, T> network(device, weights, shape);
  const auto rgb = formula_image(B, shape.side, shape.side);
  std::vector<typename Device::scalar> y(B * shape.features());
  network(device, shaped(y, B, shape.features()), shaped(rgb, B, shape.side, shape.side, 3));
  return y;
}

/// Checks a network on the cpu against PyTorch in float64, with PyTorch's own errors as the yardstick.
template <class Shape>
void check_against_golden(const std::string& stem, const Shape& shape, dim B = 1) {
  const golden expected(stem);
  const auto exact = expected["features"].values;
  const double pytorch = relative_difference(expected["float32"].values, exact);
  const double pytorch_half = rms_difference(expected["bfloat16"].values, exact);
  cpu::device device;
  const double ours =
      relative_difference(visual_features_of<float>(device, shape, formula_weights(), B), exact);
  const double ours_half =
      rms_difference(visual_features_of<bfloat16>(device, shape, formula_weights(), B), exact);
  MESSAGE(stem, ": error of fp32 ", ours, " (PyTorch ", pytorch, "), of bf16 ", ours_half, " (PyTorch ",
          pytorch_half, ")");
  CHECK(ours < 1e-4);
  CHECK(ours < 4 * pytorch);
  CHECK(ours_half < 1.2 * pytorch_half);
}

/// The error on the cpu with a fault planted in the weights.
template <class Shape>
double error_with_fault(const std::string& stem, const Shape& shape, fault fault) {
  cpu::device device;
  const weights faulty{
      std::make_shared<faulty_source>(std::make_shared<io::formula_source>(), std::move(fault))};
  return relative_difference(visual_features_of<float>(device, shape, faulty),
                             golden(stem)["features"].values);
}

}  // namespace eev::test
