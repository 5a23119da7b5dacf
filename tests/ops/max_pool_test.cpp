#include <doctest/doctest.h>

#include <eev/cpu/max_pool.hpp>
#include <eev/reference/max_pool.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("max pooling of the reference takes the largest of each square and leaves out odd edges") {
  const std::vector<double> x{1, 5, 9,  //
                              4, 2, 9,  //
                              9, 9, 9};
  std::vector<double> y(1);
  reference::device<double> device;
  max_pool(device, shaped(y, 1, 1, 1, 1), shaped(x, 1, 3, 3, 1));
  CHECK(y[0] == 5);
}

TEST_CASE("max pooling by windows of 3, as PyTorch's ceil_mode has them, ends where the image does") {
  const std::vector<double> x{1, 2, 3, 9, 5,  //
                              2, 2, 3, 1, 5,  //
                              3, 3, 4, 1, 6,  //
                              8, 3, 3, 3, 7};
  std::vector<double> y(4);
  reference::device<double> device;
  max_pool(device, shaped(y, 1, 2, 2, 1), shaped(x, 1, 4, 5, 1), 3);
  CHECK(y == std::vector<double>{4, 9, 8, 7});
}

TEST_CASE("max pooling of the reference is PyTorch's") {
  const golden expected("max_pool");
  const auto x = expected["x"].values;
  reference::device<double> device;
  for (dim size : {2, 3}) {
    std::vector<double> y(2 * 3 * 3 * 3);
    max_pool(device, shaped(y, 2, 3, 3, 3), shaped(x, 2, 6, 7, 3), size);
    CHECK(y == expected[size == 2 ? "y2" : "y3"].values);
  }
}

TEST_CASE("max pooling on the cpu equals the reference, not-a-number included") {
  for (dim size : {2, 3})
    for (auto [B, H, W, C] : {std::array<dim, 4>{1, 2, 2, 1}, {2, 96, 64, 3}, {3, 7, 5, 17}, {1, 6, 9, 64}}) {
      auto x = random_values(B * H * W * C, 1);
      for (std::size_t i = 3; i < x.size(); i += 41) x[i] = NAN;
      std::vector<bfloat16> half(x.begin(), x.end()), y_half(B * (H / 2) * (W / 2) * C);
      std::vector<float> y(y_half.size()), expected(y_half.size());
      reference::device<float> exact;
      max_pool(exact, shaped(expected, B, H / 2, W / 2, C), shaped(x, B, H, W, C), size);
      auto same = [&](const auto& result) {
        for (std::size_t i = 0; i < expected.size(); ++i) {
          const float wanted = float(typename std::decay_t<decltype(result)>::value_type(expected[i]));
          if (!(float(result[i]) == wanted || (std::isnan(float(result[i])) && std::isnan(wanted))))
            return false;
        }
        return true;
      };
      for (int threads : {1, 2}) {
        cpu::device device(threads);
        max_pool(device, shaped(y, B, H / 2, W / 2, C), shaped(x, B, H, W, C), size);
        CHECK(same(y));
        max_pool(device, shaped(y_half, B, H / 2, W / 2, C), shaped(half, B, H, W, C), size);
        CHECK(same(y_half));  // rounding keeps the order
      }
    }
}

TEST_CASE("max pooling refuses shapes that do not fit") {
  std::vector<float> x(9), y(4);
  cpu::device device(1);
  CHECK_THROWS_WITH_AS(
      max_pool(device, shaped(y, 1, 2, 2, 1), shaped(x, 1, 3, 3, 1)),
      "max_pool: y [1, 2, 2, 1], x [1, 3, 3, 1], size 2; expected y [1, 1, 1, 1], size 2 or 3", error);
  CHECK_THROWS_AS(max_pool(device, shaped(y, 4, 1, 1, 1).slices(0, 1), shaped(x, 1, 3, 3, 1), 4), error);
}
