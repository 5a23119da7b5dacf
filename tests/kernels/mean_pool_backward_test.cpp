#include <doctest/doctest.h>

#include <eev/cuda/mean_pool_backward.hpp>
#include <eev/reference/mean_pool_backward.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("the gradient of a mean over tokens on the GPU agrees with the reference") {
  for (auto [B, N, C] : {std::array<dim, 3>{1, 1, 1}, {3, 5, 67}, {2, 3, 44}, {0, 2, 3}}) {
    const auto dy = random_values(B * C, 1), before = random_values(B * N * C, 2);
    auto expected = as_double(before);
    reference::device<double> exact;
    mean_pool_backward(exact, shaped(expected, B, N, C), shaped(as_double(dy), B, C));
    for (dim skip : {0, 1})
      in_every_order([&, B = B, N = N, C = C] {
        cuda::device device;
        const device_tensor<float> dx(device, before), gradient(device, dy, skip);
        mean_pool_backward(device, dx.as(B, N, C), gradient.as(B, C));
        CHECK(largest_difference(dx.values(), expected) < 1e-6);
      });
  }
}

TEST_CASE("the gradient of a mean over tokens on the GPU keeps a not-a-number to its channel") {
  cuda::device device;
  const device_tensor<float> dx(device, {0, 0, 0, 0}), dy(device, {0, NAN});
  mean_pool_backward(device, dx.as(1, 2, 2), dy.as(1, 2));
  for (dim i = 0; i < 4; ++i) CHECK(std::isnan(dx.values()[i]) == (i % 2 == 1));
}

TEST_CASE("mean_pool_backward on the GPU refuses shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> six(device, dim(6));
  CHECK_THROWS_WITH_AS(mean_pool_backward(device, six.as(1, 2, 3), six.as(2, 3)),
                       "mean_pool_backward: dx [1, 2, 3], dy [2, 3]; expected dx [B, N, C] below 2^32 "
                       "values, dy [B, C]",
                       error);
}
