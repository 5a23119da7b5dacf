#include <doctest/doctest.h>

#include <eev/cpu/concatenate.hpp>
#include <eev/cpu/concatenate_backward.hpp>
#include <eev/reference/concatenate_backward.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class Device>
void check_taken_apart() {
  using T = typename Device::scalar;
  Device device;
  const std::vector<T> y{1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<T> a(6), b(2);
  concatenate_backward(device, shaped(a, 2, 3), shaped(b, 2, 1), shaped(y, 2, 4));
  CHECK(a == std::vector<T>{1, 2, 3, 5, 6, 7});
  CHECK(b == std::vector<T>{4, 8});
}

}  // namespace

TEST_CASE("a gradient of concatenated rows is taken apart") {
  check_taken_apart<cpu::device>();
  check_taken_apart<reference::device<double>>();
}

TEST_CASE("what was concatenated and taken apart is what it was, at odd shapes") {
  for (auto [R, N, M] : {std::array<dim, 3>{1, 1, 1}, {5, 33, 7}, {101, 0, 3}}) {
    const auto a = random_values(R * N, 1), b = random_values(R * M, 2);
    std::vector<float> y(R * (N + M)), da(R * N), db(R * M);
    cpu::device device(2);
    concatenate(device, shaped(y, R, N + M), shaped(a, R, N), shaped(b, R, M));
    concatenate_backward(device, shaped(da, R, N), shaped(db, R, M), shaped(y, R, N + M));
    CHECK(da == a);
    CHECK(db == b);
  }
}

TEST_CASE("concatenate_backward refuses shapes that do not fit") {
  std::vector<float> six(6), four(4);
  cpu::device device(1);
  CHECK_THROWS_WITH_AS(
      concatenate_backward(device, shaped(six, 2, 3), shaped(four, 2, 2), shaped(six, 2, 3)),
      "concatenate_backward: da [2, 3], db [2, 2], dy [2, 3]; expected da [R, N], db [R, M], dy [R, N + M]",
      error);
}
