#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>
#include <eev/layers/conv2d_norm.hpp>
#include <eev/reference/conv2d.hpp>

#include "close.hpp"
#include "faulty_source.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a convolution with its batch norm folded in is the one followed by the other") {
  const dim B = 1, H = 5, W = 6, C = 6, N = 4;
  const weights from = formula_weights();
  reference::device<double> device;
  const auto x = as_double(random_values(B * H * W * C, 1));
  const layers::conv2d_shape shape{N, C, {3, 3}, {2, 2}, {1, 1}, 2};
  const auto folded = layers::conv2d_with_norm<reference::device<double>, double>(
      device, from.scope("conv1"), from.scope("bn1"), 1e-3, shape);
  const view<double, 4> y = folded(device, shaped(x, B, H, W, C));
  CHECK(y.shape == std::array<dim, 4>{B, 3, 3, N});

  std::vector<double> sums(y.size());
  conv2d(device, shaped(sums, B, 3, 3, N), shaped(x, B, H, W, C),
         device.pack<double>(from.scope("conv1").read("weight", {N, C / 2, 3, 3}), N, C / 2, 3, 3), {},
         {2, 2}, {1, 1});
  const auto norm = from.scope("bn1");
  const auto gain = norm.read("weight", {N}), bias = norm.read("bias", {N}),
             mean = norm.read("running_mean", {N}), variance = norm.read("running_var", {N});
  for (dim i = 0; i < y.size(); ++i) {
    const dim n = i % N;
    sums[i] = (sums[i] - mean[n]) / std::sqrt(variance[n] + 1e-3) * gain[n] + bias[n];
  }
  CHECK(relative_difference(y, sums) < 1e-6);  // measured: 5e-8; filters and bias are rounded to float
}
