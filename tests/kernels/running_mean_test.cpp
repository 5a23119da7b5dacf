#include <doctest/doctest.h>

#include <eev/cuda/running_mean.hpp>
#include <eev/reference/running_mean.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("the running mean on the GPU agrees with the reference, and does not read what was there first") {
  for (dim N : {0, 1, 302}) {
    std::vector<double> expected(N);
    reference::device<double> exact;
    for (dim count : {1, 2, 3})
      running_mean(exact, shaped(expected, N), shaped(as_double(random_values(N, unsigned(count))), N),
                   count);
    for (dim skip : {0, 1})
      in_every_order([&] {
        cuda::device device;
        const device_tensor<float> mean(device, N, skip);  // full of not-a-number
        for (dim count : {1, 2, 3}) {
          const device_tensor<float> x(device, random_values(N, unsigned(count)), skip);
          running_mean(device, mean.tensor(), x.tensor(), count);
        }
        CHECK(largest_difference(mean.values(), expected) < 1e-6);
      });
  }
}

TEST_CASE("running_mean on the GPU keeps a not-a-number, and refuses misfits and a count of 0") {
  cuda::device device;
  const device_tensor<float> mean(device, {1, 2}), x(device, {3, NAN}), other(device, dim(3));
  running_mean(device, mean.tensor(), x.tensor(), 2);
  CHECK(mean.values()[0] == 2);
  CHECK(std::isnan(mean.values()[1]));
  CHECK_THROWS_WITH_AS(running_mean(device, x.tensor(), other.tensor(), 1),
                       "running_mean: mean [2], x [3], count 1; expected the same shape twice, counts from 1",
                       error);
  CHECK_THROWS_AS(running_mean(device, mean.tensor(), x.tensor(), 0), error);
}
