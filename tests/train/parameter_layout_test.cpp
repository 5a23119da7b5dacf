#include <cmath>

#include <doctest/doctest.h>

#include <eev/train/parameter_layout.hpp>

using namespace eev;

TEST_CASE("parameters stand one after the other, each where it was added") {
  train::parameter_layout layout;
  CHECK(layout.add("a", {2, 3}, 1) == 0);
  CHECK(layout.add("b", {5}, 0.5) == 6);
  CHECK(layout.size() == 11);
  CHECK(layout.parameters()[1].name == "b");
  CHECK(layout.parameters()[0].size == 6);
  std::vector<float> slab(11);
  slab[6] = 7;
  CHECK(train::part(view<float, 1>{slab.data(), {11}}, 6, 5)(0) == 7);
}

TEST_CASE("training begins with numbers within each parameter's bound, of a stream of its own") {
  train::parameter_layout layout, alone;
  layout.add("a", {1000}, 0.25);
  layout.add("b", {1000}, 0.25);
  alone.add("a", {1000}, 0.25);
  const auto values = train::initial_values(layout, 5);
  double mean = 0, square = 0;
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(std::abs(values[i]) <= 0.25);
    mean += values[i] / 1000, square += values[i] * values[i] / 1000;
  }
  CHECK(std::abs(mean) < 0.02);  // the standard error is 0.0046
  CHECK(std::sqrt(square) == doctest::Approx(0.25 / std::sqrt(3)).epsilon(0.05));
  CHECK(!std::equal(values.begin(), values.begin() + 1000, values.begin() + 1000));
  CHECK(std::equal(values.begin(), values.begin() + 1000, train::initial_values(alone, 5).begin()));
  CHECK(values == train::initial_values(layout, 5));
  CHECK(values != train::initial_values(layout, 6));
}
