#include <doctest/doctest.h>

#include <eev/cpu/gru.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/io/formula_weights.hpp>
#include <eev/layers/gru.hpp>
#include <eev/reference/gru.hpp>
#include <eev/reference/linear.hpp>

#include "close.hpp"
#include "faulty_source.hpp"
#include "formula_rows.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

constexpr dim B = 2, T = 9, inputs = 7, units = 5;

template <class Device>
auto states(Device& device, std::shared_ptr<tensor_source> source) {
  using scalar = typename Device::scalar;
  layers::bidirectional_gru<Device> gru(device, weights(std::move(source)), 2, inputs, units);
  std::vector<scalar> y(B * T * 2 * units);
  gru(device, shaped(y, B, T, 2 * units), shaped(formula_rows<scalar>(B, T, inputs), B, T, inputs));
  return y;
}

}  // namespace

TEST_CASE("a GRU of two levels agrees with PyTorch") {
  const auto expected = golden("gru")["y"].values;
  const auto source = std::make_shared<io::formula_source>();
  reference::device<double> exact;
  CHECK(largest_difference(states(exact, source), expected) < 1e-12);
  cpu::device device(2);
  CHECK(largest_difference(states(device, source), expected) < 1e-6);  // measured: 1.3e-7
}

TEST_CASE("a GRU whose gates stand in another order does not agree with PyTorch") {
  const auto swap_reset_update = [](const std::string&, const std::vector<dim>&, std::vector<float>& values) {
    const auto third = std::ptrdiff_t(values.size() / 3);
    std::swap_ranges(values.begin(), values.begin() + third, values.begin() + third);
  };
  reference::device<double> device;
  const auto source =
      std::make_shared<faulty_source>(std::make_shared<io::formula_source>(), swap_reset_update);
  CHECK(largest_difference(states(device, source), golden("gru")["y"].values) > 0.05);
}
