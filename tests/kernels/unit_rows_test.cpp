#include <utility>

#include <doctest/doctest.h>

#include <eev/cuda/unit_rows.hpp>
#include <eev/reference/unit_rows.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Rows that begin `skip` values behind a whole vector.
void agree_with_the_reference(dim R, dim C, dim skip) {
  const auto x = random_values(R * C, 1), dy = random_values(R * C, 2);
  for (const auto after : {epilogue::none, epilogue::add}) {
    std::vector<double> y(R * C), dx(R * C, 0.5);
    reference::device<double> exact;
    unit_rows(exact, shaped(y, R, C), shaped(as_double(x), R, C), 3);
    unit_rows_backward(exact, shaped(dx, R, C), shaped(as_double(dy), R, C), shaped(std::as_const(y), R, C),
                       shaped(as_double(x), R, C), 3, after);
    in_every_order([&] {
      INFO("x [", R, ", ", C, "]");
      cuda::device device;
      const device_tensor<float> rows(device, x, skip), gradient(device, dy), ours(device, R * C),
          back(device, std::vector<float>(std::size_t(R * C), 0.5f));
      unit_rows(device, ours.as(R, C), rows.as(R, C), 3);
      unit_rows_backward(device, back.as(R, C), gradient.as(R, C), ours.as(R, C), rows.as(R, C), 3, after);
      CHECK(largest_difference(ours.values(), y) < 1e-6);
      CHECK(largest_difference(back.values(), dx) < 2e-6);
    });
  }
}

}  // namespace

TEST_CASE("unit rows and their gradients on the GPU agree with the reference, in whole vectors or not") {
  for (auto [R, C] : {std::pair<dim, dim>{1, 1}, {7, 67}, {5, 68}, {3, 132}, {0, 4}})
    agree_with_the_reference(R, C, 0);
  agree_with_the_reference(5, 68, 1);
}

TEST_CASE("large: unit rows and their gradients on the GPU agree with the reference at other widths") {
  for (auto [R, C] : {std::pair<dim, dim>{5, 512}, {2, 1000}, {7, 1280}, {2, 2048}, {3, 2052}})
    agree_with_the_reference(R, C, 0);
}

TEST_CASE("unit rows on the GPU keep a not-a-number to its row, and zeros zeros") {
  cuda::device device;
  const device_tensor<float> x(device, {NAN, 1, 0, 0}), y(device, dim(4));
  unit_rows(device, y.as(2, 2), x.as(2, 2), 1);
  for (dim i = 0; i < 4; ++i) CHECK(std::isnan(y.values()[i]) == (i < 2));
  CHECK(y.values()[3] == 0);
}

TEST_CASE("unit_rows and its way back on the GPU refuse shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> six(device, dim(6));
  CHECK_THROWS_WITH_AS(unit_rows(device, six.as(3, 2), six.as(2, 3), 1),
                       "unit_rows: y [3, 2], x [2, 3]; expected y like x", error);
  CHECK_THROWS_AS(unit_rows_backward(device, six.as(2, 3), six.as(2, 3), six.as(3, 2), six.as(2, 3), 1),
                  error);
}
