#include <doctest/doctest.h>

#include <eev/cuda/concatenate_backward.hpp>
#include <eev/reference/concatenate_backward.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a gradient of concatenated rows is taken apart as the reference does it") {
  for (auto [R, N, M] :
       {std::array<dim, 3>{1, 1, 1}, {5, 33, 7}, {2, 130, 41}, {3, 44, 8}, {4, 0, 3}, {0, 2, 3}}) {
    const auto dy = random_values(R * (N + M), 1);
    std::vector<float> a(R * N), b(R * M);
    reference::device<float> exact;
    concatenate_backward(exact, shaped(a, R, N), shaped(b, R, M), shaped(dy, R, N + M));
    for (dim skip : {0, 1})
      in_every_order([&, R = R, N = N, M = M] {
        cuda::device device;
        const device_tensor<float> from(device, dy), da(device, R * N), db(device, R * M, skip);
        concatenate_backward(device, da.as(R, N), db.as(R, M), from.as(R, N + M));
        CHECK(da.values() == a);
        CHECK(db.values() == b);
      });
  }
}

TEST_CASE("concatenate_backward on the GPU refuses shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> six(device, dim(6)), four(device, dim(4));
  CHECK_THROWS_WITH_AS(
      concatenate_backward(device, six.as(2, 3), four.as(2, 2), six.as(2, 3)),
      "concatenate_backward: da [2, 3], db [2, 2], dy [2, 3]; expected da [R, N], db [R, M], dy [R, N + M] "
      "below 2^32 values",
      error);
}
