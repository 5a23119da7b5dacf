#include <doctest/doctest.h>

#include <eev/cuda/concatenate.hpp>
#include <eev/reference/concatenate.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("rows side by side on the GPU are the reference's") {
  for (auto [R, N, M] :
       {std::array<dim, 3>{1, 1, 1}, {3, 5, 200}, {4, 130, 7}, {3, 8, 44}, {2, 0, 3}, {0, 3, 4}}) {
    const auto a = random_values(R * N, 1), b = random_values(R * M, 2);
    std::vector<float> expected(R * (N + M));
    reference::device<float> exact;
    concatenate(exact, shaped(expected, R, N + M), shaped(a, R, N), shaped(b, R, M));
    for (dim skip : {0, 1})
      in_every_order([&, R = R, N = N, M = M] {
        cuda::device device;
        const device_tensor<float> left(device, a), right(device, b, skip), y(device, R * (N + M));
        concatenate(device, y.as(R, N + M), left.as(R, N), right.as(R, M));
        CHECK(y.values() == expected);
      });
  }
}

TEST_CASE("rows side by side that do not fit are refused") {
  cuda::device device;
  const device_tensor<float> two(device, dim(2)), six(device, dim(6));
  CHECK_THROWS_WITH_AS(concatenate(device, six.as(2, 3), six.as(2, 3), two.as(2, 1)),
                       "concatenate: y [2, 3], a [2, 3], b [2, 1]; expected y [R, N + M] below 2^32 values, "
                       "a [R, N], b [R, M]",
                       error);
}
