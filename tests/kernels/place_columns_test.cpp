#include <doctest/doctest.h>

#include <eev/cuda/place_columns.hpp>
#include <eev/reference/place_columns.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<float> placed(const std::vector<float>& before, const std::vector<float>& x, dim R, dim C, dim N,
                          dim first) {
  cuda::device device;
  const device_tensor<T> y(device, before), from(device, x);
  place_columns(device, y.as(R, C), from.as(R, N), first);
  const auto values = y.values();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("columns are placed as by the reference, the others stay") {
  for (auto [R, C, N, first] : {std::array<dim, 4>{1, 1, 1, 0},
                                {3, 9, 4, 2},
                                {5, 20, 8, 4},
                                {2, 20, 8, 3},
                                {4, 300, 260, 40},
                                {3, 48, 16, 8},
                                {3, 48, 16, 4},
                                {7, 5, 5, 0},
                                {2, 4, 0, 4}}) {
    const auto x = stored_as<bfloat16>(random_values(R * N, 1)),
               before = stored_as<bfloat16>(random_values(R * C, 2));
    auto expected = before;
    reference::device<float> exact;
    place_columns(exact, shaped(expected, R, C), shaped(x, R, N), first);
    in_every_order([&, R = R, C = C, N = N, first = first] {
      INFO("y [", R, ", ", C, "], x [", R, ", ", N, "] from ", first);
      CHECK(placed<float>(before, x, R, C, N, first) == expected);
      CHECK(placed<bfloat16>(before, x, R, C, N, first) == expected);
    });
  }
}

TEST_CASE("columns beyond the last one, or of another number of rows, are not placed") {
  cuda::device device;
  const device_tensor<float> y(device, dim(8)), x(device, dim(4));
  for (dim first : {-1, 3})
    CHECK_THROWS_WITH_AS(place_columns(device, y.as(2, 4), x.as(2, 2), first),
                         message("place_columns: y [2, 4], x [2, 2] from column ", first,
                                 " on; expected y [R, C], x [R, N] below 2^32 values, N columns from there")
                             .c_str(),
                         error);
  CHECK_THROWS_AS(place_columns(device, y.as(2, 4), x.as(1, 4), 0), error);
}
