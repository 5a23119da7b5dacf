#include <doctest/doctest.h>

#include <eev/cpu/average_pool.hpp>
#include <eev/reference/average_pool.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<T> averaged(cpu::device& device, const std::vector<float>& x, dim B, dim H, dim W, dim C) {
  const std::vector<T> from(x.begin(), x.end());
  std::vector<T> y(x.size());
  average_pool(device, shaped(y, B, H, W, C), shaped(from, B, H, W, C));
  return y;
}

}  // namespace

TEST_CASE("average pooling of the reference counts the zeros beyond the edges, as PyTorch does") {
  const std::vector<double> x{9,  18, 27,  //
                              36, 45, 54};
  std::vector<double> y(6);
  reference::device<double> device;
  average_pool(device, shaped(y, 1, 2, 3, 1), shaped(x, 1, 2, 3, 1));
  CHECK(y == std::vector<double>{12, 21, 16, 12, 21, 16});
}

TEST_CASE("average pooling of the reference agrees with PyTorch") {
  const golden expected("average_pool");
  const auto x = expected["x"].values;
  std::vector<double> y(x.size());
  reference::device<double> device;
  average_pool(device, shaped(y, 2, 5, 7, 3), shaped(x, 2, 5, 7, 3));
  CHECK(largest_difference(y, expected["y"].values) < 1e-12);
}

TEST_CASE("average pooling on the cpu agrees with the reference, to the same bits in any batch") {
  for (auto [B, H, W, C] : {std::array<dim, 4>{1, 1, 1, 1}, {2, 5, 7, 3}, {3, 1, 4, 17}, {1, 8, 8, 40}}) {
    const auto x = random_values(B * H * W * C, 1);
    std::vector<double> expected(x.size());
    reference::device<double> exact;
    average_pool(exact, shaped(expected, B, H, W, C), shaped(as_double(x), B, H, W, C));
    cpu::device one(1), three(3);
    const auto y = averaged<float>(three, x, B, H, W, C);
    CHECK(largest_difference(y, expected) < 5e-7);  // measured: 7.4e-8
    CHECK(y == averaged<float>(one, x, B, H, W, C));
    const auto alone = averaged<float>(one, {x.begin(), x.begin() + H * W * C}, 1, H, W, C);
    CHECK(std::equal(alone.begin(), alone.end(), y.begin()));
    CHECK(largest_difference(averaged<bfloat16>(three, x, B, H, W, C), expected) < 1.0 / 128);
  }
}

TEST_CASE("average pooling keeps a not-a-number to the places that see it, and refuses misfits") {
  std::vector<float> x(5 * 5, 1.0f), y(5 * 5);
  x[0] = NAN;
  cpu::device device(1);
  average_pool(device, shaped(y, 1, 5, 5, 1), shaped(x, 1, 5, 5, 1));
  for (dim h = 0; h < 5; ++h)
    for (dim w = 0; w < 5; ++w) CHECK(std::isnan(y[h * 5 + w]) == (h < 2 && w < 2));
  CHECK_THROWS_WITH_AS(average_pool(device, shaped(y, 1, 5, 5, 1), shaped(x, 5, 5, 1, 1)),
                       "average_pool: y [1, 5, 5, 1], x [5, 5, 1, 1]; expected y like x", error);
}
