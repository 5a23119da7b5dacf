#include <doctest/doctest.h>

#include <eev/cuda/mean_pool.hpp>
#include <eev/reference/mean_pool.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T = float>
std::vector<float> pooled(const std::vector<float>& x, dim B, dim N, dim C) {
  cuda::device device;
  const device_tensor<T> from(device, x);
  const device_tensor<float> y(device, B * C);
  mean_pool(device, y.as(B, C), from.as(B, N, C));
  return y.values();
}

}  // namespace

TEST_CASE("mean pooling agrees with the reference") {
  for (auto [B, N, C] :
       {std::array<dim, 3>{1, 1, 1}, {3, 5, 7}, {2, 49, 129}, {1, 3, 300}, {5, 8, 32}, {1, 256, 3}}) {
    const auto x = stored_as<bfloat16>(random_values(B * N * C, 1));
    std::vector<double> expected(B * C);
    reference::device<double> exact;
    mean_pool(exact, shaped(expected, B, C), shaped(as_double(x), B, N, C));
    in_every_order([&] {
      INFO("x [", B, ", ", N, ", ", C, "]");
      CHECK(largest_difference(pooled(x, B, N, C), expected) < 1e-6);  // measured on the CPU runner: 6e-8
      CHECK(largest_difference(pooled<bfloat16>(x, B, N, C), expected) < 1e-6);
    });
  }
}

TEST_CASE("mean pooling keeps a not-a-number to its channel") {
  auto x = random_values(2 * 3 * 5, 1);
  x[(1 * 3 + 2) * 5 + 4] = NAN;
  const auto y = pooled(x, 2, 3, 5);
  for (dim i = 0; i < 10; ++i) CHECK(std::isnan(y[i]) == (i == 9));
}

TEST_CASE("mean pooling of no images does nothing, one of no tokens or of misfits is refused") {
  cuda::device device;
  const device_tensor<float> x(device, 6), y(device, 6);
  mean_pool(device, y.as(2, 3).slices(0, 0), x.as(1, 2, 3).slices(0, 0));
  CHECK_THROWS_WITH_AS(mean_pool(device, y.as(2, 3), x.as(1, 2, 3)),
                       "mean_pool: y [2, 3], x [1, 2, 3]; expected y [B, C], x [B, N, C]", error);
  CHECK_THROWS_AS(mean_pool(device, y.as(2, 3), x.as(1, 6).slices(0, 0).as(2, 0, 3)), error);
}
