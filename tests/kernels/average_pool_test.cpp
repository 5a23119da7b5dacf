#include <doctest/doctest.h>

#include <eev/cuda/average_pool.hpp>
#include <eev/reference/average_pool.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<float> averaged(const std::vector<float>& x, dim B, dim H, dim W, dim C) {
  cuda::device device;
  const device_tensor<T> from(device, x), y(device, dim(x.size()));
  average_pool(device, y.as(B, H, W, C), from.as(B, H, W, C));
  const auto values = y.values();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("average pooling agrees with the reference, at odd sizes and any number of channels") {
  for (auto [B, H, W, C] : {std::array<dim, 4>{1, 1, 1, 1},
                            {2, 5, 7, 3},
                            {3, 1, 4, 8},
                            {1, 8, 2, 20},
                            {2, 2, 9, 4},
                            {1, 3, 5, 8}}) {
    const auto x = stored_as<bfloat16>(random_values(B * H * W * C, 1));
    std::vector<double> expected(x.size());
    reference::device<double> exact;
    average_pool(exact, shaped(expected, B, H, W, C), shaped(as_double(x), B, H, W, C));
    in_every_order([&, B = B, H = H, W = W, C = C] {
      INFO("x [", B, ", ", H, ", ", W, ", ", C, "]");
      CHECK(largest_difference(averaged<float>(x, B, H, W, C), expected) <
            5e-7);  // measured on the CPU runner: 6e-8
      CHECK(largest_difference(averaged<bfloat16>(x, B, H, W, C), expected) <
            1.0 / 256);  // one rounding of values below 1
    });
  }
}

TEST_CASE("average pooling keeps a not-a-number to the places that see it") {
  for (dim C : {1, 4})
    for (auto [i, j] : {std::pair<dim, dim>{0, 0}, {2, 4}}) {
      std::vector<float> x(5 * 7 * C, 1.0f);
      x[(i * 7 + j) * C] = NAN;
      const auto y = averaged<float>(x, 1, 5, 7, C);
      for (dim h = 0; h < 5; ++h)
        for (dim w = 0; w < 7; ++w)
          for (dim c = 0; c < C; ++c)
            CHECK(std::isnan(y[(h * 7 + w) * C + c]) ==
                  (std::abs(h - i) <= 1 && std::abs(w - j) <= 1 && c == 0));
    }
}

TEST_CASE("average pooling takes channels that do not begin at a multiple of 16 bytes") {
  cuda::device device;
  const device_tensor<float> x(device, {0, 9, 18, 27, 36}), y(device, dim(5));
  average_pool(device, view<float, 4>{y.tensor().data + 1, {1, 1, 1, 4}},
               view<const float, 4>{x.tensor().data + 1, {1, 1, 1, 4}});
  const auto values = y.values();
  CHECK(std::vector<float>(values.begin() + 1, values.end()) == std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("average pooling of no images does nothing, one of misfits is refused") {
  cuda::device device;
  const device_tensor<float> x(device, dim(8)), y(device, dim(8));
  average_pool(device, y.as(1, 2, 2, 2).slices(0, 0), x.as(1, 2, 2, 2).slices(0, 0));
  CHECK_THROWS_WITH_AS(average_pool(device, y.as(1, 2, 2, 2), x.as(1, 2, 4, 1)),
                       "average_pool: y [1, 2, 2, 2], x [1, 2, 4, 1]; expected y like x, below 2^32 values",
                       error);
}
