#include <doctest/doctest.h>

#include <eev/cpu/patch_merging.hpp>
#include <eev/reference/patch_merging.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("patch merging of the reference agrees with timm") {
  golden expected("patch_merging");
  const auto x = expected["x"].values, gain = expected["gain"].values, bias = expected["bias"].values;
  std::vector<double> y(2 * 3 * 12);
  reference::device<double> device;
  patch_merging(device, shaped(y, 1, 2, 3, 12), shaped(x, 1, 4, 6, 3), shaped(gain, 12), shaped(bias, 12),
                1e-5f);
  CHECK(largest_difference(y, expected["y"].values) < 1e-9);
}

TEST_CASE("patch merging on the cpu agrees with the reference at odd shapes") {
  for (auto [B, H, W, C] : {std::array<dim, 4>{1, 2, 2, 1}, {2, 6, 4, 33}, {3, 2, 14, 96}}) {
    const auto x = random_values(B * H * W * C, 1), gain = random_values(4 * C, 2),
               bias = random_values(4 * C, 3);
    std::vector<double> expected(B * H * W * C);
    reference::device<double> exact;
    patch_merging(exact, shaped(expected, B, H / 2, W / 2, 4 * C), shaped(as_double(x), B, H, W, C),
                  shaped(as_double(gain), 4 * C), shaped(as_double(bias), 4 * C), 1e-5f);
    cpu::device device(2);
    std::vector<float> y(expected.size());
    patch_merging(device, shaped(y, B, H / 2, W / 2, 4 * C), shaped(x, B, H, W, C), shaped(gain, 4 * C),
                  shaped(bias, 4 * C), 1e-5f);
    CHECK(largest_difference(y, expected) < 1e-5);
  }
}

TEST_CASE("patch merging refuses an odd side") {
  std::vector<float> x(3 * 2), y(4), gain(4), bias(4);
  cpu::device device(1);
  CHECK_THROWS_AS(patch_merging(device, shaped(y, 1, 1, 1, 4), shaped(x, 1, 3, 2, 1), shaped(gain, 4),
                                shaped(bias, 4), 1e-5f),
                  error);
}
