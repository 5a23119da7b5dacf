#include <doctest/doctest.h>

#include <eev/cuda/excite.hpp>
#include <eev/reference/excite.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<float> excited(const std::vector<float>& before, const std::vector<float>& x,
                           const std::vector<float>& logits, dim B, dim N, dim C) {
  cuda::device device;
  const device_tensor<T> y(device, before), branch(device, x);
  const device_tensor<float> gates(device, logits);
  excite(device, y.as(B, N, C), branch.as(B, N, C), gates.as(B, C));
  const auto values = y.values();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("exciting agrees with the reference, for any number of channels") {
  for (auto [B, N, C] : {std::array<dim, 3>{1, 1, 1}, {3, 7, 5}, {2, 9, 36}, {2, 3, 256}}) {
    const auto x = stored_as<bfloat16>(random_values(B * N * C, 1)),
               before = stored_as<bfloat16>(random_values(B * N * C, 2));
    auto logits = random_values(B * C, 3);
    for (float& logit : logits) logit *= 5;
    auto expected = as_double(before);
    reference::device<double> exact;
    excite(exact, shaped(expected, B, N, C), shaped(as_double(x), B, N, C), shaped(as_double(logits), B, C));
    in_every_order([&, B = B, N = N, C = C] {
      INFO("x [", B, ", ", N, ", ", C, "]");
      CHECK(largest_difference(excited<float>(before, x, logits, B, N, C), expected) <
            5e-7);  // measured on the CPU runner: 1.1e-7
      CHECK(largest_difference(excited<bfloat16>(before, x, logits, B, N, C), expected) <
            1.0 / 128);  // one rounding of values below 2
    });
  }
}

TEST_CASE("exciting keeps a not-a-number to its place") {
  for (dim C : {1, 4}) {
    std::vector<float> x(2 * C, 1.0f), before(2 * C, 1.0f);
    x[0] = NAN;
    before[2 * C - 1] = NAN;
    const auto y = excited<float>(before, x, std::vector<float>(C), 1, 2, C);
    for (dim i = 0; i < 2 * C; ++i) CHECK(std::isnan(y[i]) == (i == 0 || i == 2 * C - 1));
  }
}

TEST_CASE("exciting takes channels that do not begin at a multiple of 16 bytes") {
  cuda::device device;
  const device_tensor<float> x(device, {0, 2, 4, 6, 8}), y(device, {0, 1, 1, 1, 1}),
      logits(device, {0, 0, 0, 0});
  excite(device, view<float, 3>{y.tensor().data + 1, {1, 1, 4}},
         view<const float, 3>{x.tensor().data + 1, {1, 1, 4}}, logits.as(1, 4));
  CHECK(y.values() == std::vector<float>{0, 2, 3, 4, 5});
}

TEST_CASE("exciting no images does nothing, misfits are refused") {
  cuda::device device;
  const device_tensor<float> x(device, dim(8)), y(device, dim(8)), logits(device, dim(4));
  excite(device, y.as(2, 2, 2).slices(0, 0), x.as(2, 2, 2).slices(0, 0), logits.as(2, 2).slices(0, 0));
  CHECK_THROWS_WITH_AS(excite(device, y.as(2, 2, 2), x.as(2, 2, 2), logits.as(1, 4)),
                       "excite: y [2, 2, 2], x [2, 2, 2], logits [1, 4]; expected y and x [B, N, C] below "
                       "2^32 values, logits [B, C]",
                       error);
}
