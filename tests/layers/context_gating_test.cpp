#include <doctest/doctest.h>

#include <eev/cpu/gate.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/io/formula_weights.hpp>
#include <eev/layers/context_gating.hpp>
#include <eev/reference/gate.hpp>
#include <eev/reference/linear.hpp>

#include "close.hpp"
#include "formula_rows.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("context gating agrees with the authors', also in place") {
  const auto check = []<class Device>(Device&& device, double tolerance) {
    using scalar = typename Device::scalar;
    layers::context_gating<Device> gating(device, weights(std::make_shared<io::formula_source>()), 15);
    const auto x = formula_rows<scalar>(1, 7, 15);
    auto in_place = x, y = std::vector<scalar>(x.size());
    gating(device, shaped(y, 7, 15), shaped(x, 7, 15));
    gating(device, shaped(in_place, 7, 15), shaped(in_place, 7, 15));
    CHECK(largest_difference(y, golden("gating")["y"].values) < tolerance);
    CHECK(in_place == y);
  };
  check(reference::device<double>(), 1e-12);
  check(cpu::device(2), 1e-6);  // measured: 1.0e-7
}
