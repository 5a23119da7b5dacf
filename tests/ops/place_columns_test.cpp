#include <doctest/doctest.h>

#include <eev/cpu/place_columns.hpp>
#include <eev/reference/place_columns.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("columns are placed among others, which stay") {
  const std::vector<float> x{1, 2, 3, 4}, expected{0, 1, 2, 0, 0, 3, 4, 0};
  const auto placed = [&](auto&& device, auto zero) {
    const std::vector<decltype(zero)> from(x.begin(), x.end());
    std::vector<decltype(zero)> y(8, zero);
    place_columns(device, shaped(y, 2, 4), shaped(from, 2, 2), 1);
    return std::vector<float>(y.begin(), y.end());
  };
  CHECK(placed(reference::device<double>(), 0.0) == expected);
  for (int threads : {1, 3}) {
    CHECK(placed(cpu::device(threads), 0.0f) == expected);
    CHECK(placed(cpu::device(threads), bfloat16(0.0f)) == expected);
  }
}

TEST_CASE("columns beyond the last one, or of another number of rows, are not placed") {
  std::vector<float> y(8), x(4);
  cpu::device device(1);
  for (dim first : {-1, 3})
    CHECK_THROWS_WITH_AS(place_columns(device, shaped(y, 2, 4), shaped(x, 2, 2), first),
                         message("place_columns: y [2, 4], x [2, 2] from column ", first,
                                 " on; expected y [R, C], x [R, N], N columns from there")
                             .c_str(),
                         error);
  CHECK_THROWS_AS(place_columns(device, shaped(y, 2, 4), shaped(x, 1, 4), 0), error);
}
