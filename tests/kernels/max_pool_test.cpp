#include <doctest/doctest.h>

#include <eev/cuda/max_pool.hpp>
#include <eev/reference/max_pool.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<float> on_gpu(const std::vector<float>& x, dim B, dim H, dim W, dim C, dim size = 2) {
  cuda::device device;
  const device_tensor<T> from(device, x), y(device, B * (H / 2) * (W / 2) * C);
  max_pool(device, y.as(B, H / 2, W / 2, C), from.as(B, H, W, C), size);
  const auto values = y.values();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("max pooling agrees with the reference exactly, at odd sizes and any number of channels") {
  for (dim size : {2, 3})
    for (auto [B, H, W, C] :
         {std::array<dim, 4>{1, 2, 2, 1}, {2, 5, 7, 3}, {1, 4, 6, 8}, {3, 3, 9, 20}, {2, 1, 4, 4}}) {
      const auto x = stored_as<bfloat16>(random_values(B * H * W * C, 1));
      std::vector<float> expected(B * (H / 2) * (W / 2) * C);
      reference::device<float> exact;
      max_pool(exact, shaped(expected, B, H / 2, W / 2, C), shaped(x, B, H, W, C), size);
      in_every_order([&, B = B, H = H, W = W, C = C] {
        INFO("x [", B, ", ", H, ", ", W, ", ", C, "], size ", size);
        CHECK(on_gpu<float>(x, B, H, W, C, size) == expected);
        CHECK(on_gpu<bfloat16>(x, B, H, W, C, size) == expected);
      });
    }
}

TEST_CASE("max pooling keeps a not-a-number to its place, wherever it stands in the square") {
  for (dim C : {1, 4})
    for (dim at : {0, 1, 4, 5}) {
      std::vector<float> x(2 * 4 * C, 1.0f);
      x[at * C] = NAN;  // of the left square of two
      const auto y = on_gpu<bfloat16>(x, 1, 2, 4, C);
      for (dim i = 0; i < 2 * C; ++i) CHECK(std::isnan(y[i]) == (i == 0));
    }
}

TEST_CASE("max pooling takes channels that do not begin at a multiple of 16 bytes") {
  cuda::device device;
  const device_tensor<float> x(device, {9, 1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 5, 4, 3, 2, 1}),
      y(device, dim(5));
  max_pool(device, view<float, 4>{y.tensor().data + 1, {1, 1, 1, 4}},
           view<const float, 4>{x.tensor().data + 1, {1, 2, 2, 4}});
  const auto values = y.values();
  CHECK(std::vector<float>(values.begin() + 1, values.end()) == std::vector<float>{8, 7, 7, 8});
}

TEST_CASE("max pooling of no images does nothing, one of misfits is refused") {
  cuda::device device;
  const device_tensor<float> x(device, dim(8)), y(device, dim(2));
  max_pool(device, y.as(1, 1, 1, 2).slices(0, 0), x.as(1, 2, 2, 2).slices(0, 0));
  CHECK_THROWS_WITH_AS(max_pool(device, y.as(1, 1, 1, 2), x.as(1, 2, 4, 1)),
                       "max_pool: y [1, 1, 1, 2], x [1, 2, 4, 1], size 2; expected y [1, 1, 2, 1] below 2^32 "
                       "values, size 2 or 3",
                       error);
}
