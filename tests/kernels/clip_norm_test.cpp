#include <doctest/doctest.h>

#include <eev/cuda/clip_norm.hpp>
#include <eev/reference/clip_norm.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct clipped {
  std::vector<float> gradient;
  float norm;

  clipped(const std::vector<float>& values, double limit, dim skip = 0) {
    cuda::device device;
    const device_tensor<float> on_gpu(device, values, skip), length(device, dim(1));
    clip_norm(device, on_gpu.tensor(), length.tensor(), limit);
    gradient = on_gpu.values(), norm = length.values()[0];
  }
};

}  // namespace

TEST_CASE("clipping on the GPU agrees with the reference, whatever the size") {
  for (dim N : {1, 2051}) {
    const auto values = random_values(N, 1);
    auto expected = as_double(values);
    std::vector<double> norm(1);
    reference::device<double> exact;
    clip_norm(exact, shaped(expected, N), shaped(norm, 1), 0.25);
    for (dim skip : {0, 1})
      in_every_order([&] {
        const clipped ours(values, 0.25, skip);
        CHECK(ours.norm == doctest::Approx(norm[0]).epsilon(1e-7));
        CHECK(largest_difference(ours.gradient, expected) < 1e-7);
      });
  }
}

TEST_CASE("large: clipping on the GPU leaves nothing out where blocks sum more than 1024 elements each") {
  const dim N = (1 << 20) + 7;  // 513 chunks of 2048, the last one of 7
  const clipped ours(std::vector<float>(N, 1), 0.5);
  CHECK(ours.norm == doctest::Approx(std::sqrt(double(N))).epsilon(1e-7));
  CHECK(ours.gradient == std::vector<float>(N, float(0.5 / (std::sqrt(double(N)) + 1e-6))));
}

TEST_CASE("a gradient that is short enough is left alone to the bit") {
  const clipped ours({3, 0, -4}, 6);
  CHECK(ours.norm == 5);
  CHECK(ours.gradient == std::vector<float>{3, 0, -4});
}

TEST_CASE("a gradient on the GPU that is not a number shows in its norm") {
  CHECK(std::isnan(clipped({1, NAN}, 1).norm));
}

TEST_CASE("the norm of nothing is 0, and a limit that is not positive is refused") {
  CHECK(clipped({}, 1).norm == 0);
  for (double limit : {0.0, -1.0, double(NAN)}) CHECK_THROWS_AS(clipped({1, 2}, limit), error);
}
