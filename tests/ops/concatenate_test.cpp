#include <doctest/doctest.h>

#include <eev/cpu/concatenate.hpp>
#include <eev/reference/concatenate.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("rows are put side by side") {
  const std::vector<float> a{1, 2, 3, 4}, b{5, 6}, expected{1, 2, 5, 3, 4, 6};
  std::vector<float> fast(6), slow(6);
  cpu::device device(2);
  concatenate(device, shaped(fast, 2, 3), shaped(a, 2, 2), shaped(b, 2, 1));
  CHECK(fast == expected);
  reference::device<float> reference;
  concatenate(reference, shaped(slow, 2, 3), shaped(a, 2, 2), shaped(b, 2, 1));
  CHECK(slow == expected);
}

TEST_CASE("rows of different numbers are not put side by side") {
  std::vector<float> y(6), a(4), b(3);
  cpu::device device(1);
  CHECK_THROWS_WITH_AS(concatenate(device, shaped(y, 2, 3), shaped(a, 2, 2), shaped(b, 3, 1)),
                       "concatenate: y [2, 3], a [2, 2], b [3, 1]; expected y [R, N + M], a [R, N], b [R, M]",
                       error);
}
