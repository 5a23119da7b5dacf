#include <doctest/doctest.h>

#include <eev/core/side_by_side.hpp>
#include <eev/cuda/concatenate.hpp>
#include <eev/cuda/gate.hpp>
#include <eev/cuda/recorded.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

constexpr dim few_rows = 3, few_columns = 5;

/// sigmoid(x) twice over, at once, side by side: [few_rows, 2 few_columns]
void twice(cuda::device& device, view<float, 2> y, view<const float, 2> x) {
  auto scope = device.scope();
  const auto once = device.take<float>(few_rows, few_columns);
  sigmoid(device, once, x);
  view<float, 2> left, right;
  side_by_side(
      device,
      [&] {
        left = device.take<float>(few_rows, few_columns);
        sigmoid(device, left, once);
      },
      [&] {
        right = device.take<float>(few_rows, few_columns);
        sigmoid(device, right, once);
      });
  concatenate(device, y, left, right);
}

std::vector<float> squashed_twice(std::vector<float> x) {
  const auto squash = [](float& value) { value = 1 / (1 + std::exp(-value)); };
  for (float& value : x) squash(value), squash(value);
  return x;
}

std::vector<float> expected(const std::vector<float>& x) {
  const auto half = squashed_twice(x);
  std::vector<float> y;
  for (auto row = half.begin(); row != half.end(); row += few_columns)
    for (int i = 0; i < 2; ++i) y.insert(y.end(), row, row + few_columns);
  return y;
}

/// sigmoid(sigmoid(x)), the second one in the other stream, which has no right to what the first one makes
/// unless it must wait for it: as if so many of their blocks waited for each other.
void one_by_one(cuda::device& device, view<float, 2> y, view<const float, 2> x, std::vector<dim> first,
                dim second, dim room) {
  auto scope = device.scope();
  const auto once = device.take<float>(few_rows, few_columns);
  side_by_side(
      device,
      [&] {
        for (dim blocks : first) device.begin_together(blocks, room, [&] { sigmoid(device, once, x); });
      },
      [&] { device.begin_together(second, room, [&] { sigmoid(device, y, once); }); });
}

}  // namespace

TEST_CASE("work side by side comes after what was begun before it, and before what is begun after it") {
  in_every_order([] {
    cuda::device device;
    const device_tensor<float> y(device, few_rows * 2 * few_columns);
    for (unsigned seed = 1; seed < 4; ++seed) {
      const auto values = random_values(few_rows * few_columns, seed);
      twice(device, y.as(few_rows, 2 * few_columns),
            device_tensor<float>(device, values).as(few_rows, few_columns));
      CHECK(largest_difference(y.values(), expected(values)) < 1e-6);
    }
  });
}

TEST_CASE("work side by side can be recorded") {
  cuda::device device;
  const device_tensor<float> x(device, few_rows * few_columns), y(device, few_rows * 2 * few_columns);
  recorded<cuda::device> run(device);
  for (unsigned seed = 1; seed < 5; ++seed) {
    const auto values = random_values(few_rows * few_columns, seed);
    device.upload(x.tensor(), shaped(values, few_rows * few_columns));
    run([&] { twice(device, y.as(few_rows, 2 * few_columns), x.as(few_rows, few_columns)); });
    CHECK(largest_difference(y.values(), expected(values)) < 1e-6);
  }
}

TEST_CASE("each stream has its own scratch memory, which a scope gives back") {
  cuda::device device;
  std::array<std::array<const void*, 2>, 2> taken;
  for (auto& [first, second] : taken) {
    auto scope = device.scope();
    side_by_side(
        device, [&] { first = device.take<float>(few_columns).data; },
        [&] { second = device.take<float>(few_columns).data; });
  }
  CHECK(taken[0][0] != taken[0][1]);
  CHECK(taken[0] == taken[1]);
}

TEST_CASE("an error on either side passes on, and there is no third side") {
  cuda::device device;
  const auto nothing = [] {};
  const auto fail = [] { throw error("planted"); };
  const auto nested = [&] { side_by_side(device, nothing, nothing); };
  CHECK_THROWS_WITH_AS(side_by_side(device, fail, nothing), "planted", error);
  CHECK_THROWS_WITH_AS(side_by_side(device, nothing, fail), "planted", error);
  CHECK_THROWS_WITH_AS(side_by_side(device, nothing, nested),
                       "side_by_side: there are two streams, and both are taken", error);
  const device_tensor<float> y(device, few_rows * 2 * few_columns);
  const auto values = random_values(few_rows * few_columns, 7);
  twice(device, y.as(few_rows, 2 * few_columns),
        device_tensor<float>(device, values).as(few_rows, few_columns));
  CHECK(largest_difference(y.values(), expected(values)) < 1e-6);
}

TEST_CASE("kernels whose blocks wait for each other come one by one where there is no room for both") {
  in_every_order([] {
    const auto values = random_values(few_rows * few_columns, 1);
    for (const auto& [first, second] :
         {std::pair<std::vector<dim>, dim>{{20}, 13}, {{1}, 32}, {{32}, 1}, {{32, 1}, 1}}) {
      cuda::device device;  // a new one: in its scratch memory nothing is right yet
      const device_tensor<float> x(device, values), y(device, few_rows * few_columns);
      one_by_one(device, y.as(few_rows, few_columns), x.as(few_rows, few_columns), first, second, 32);
      CHECK(largest_difference(y.values(), squashed_twice(values)) < 1e-6);
    }
  });
}

TEST_CASE("that kernels come one by one can be recorded, before and after others that are not") {
  cuda::device device;
  const device_tensor<float> x(device, few_rows * few_columns), y(device, few_rows * few_columns);
  const auto together = [&] { device.begin_together(32, 32, [] {}); };
  const auto work = [&] {
    one_by_one(device, y.as(few_rows, few_columns), x.as(few_rows, few_columns), {20}, 20, 32);
    together();
  };
  recorded<cuda::device> run(device), another(device);
  for (unsigned seed = 1; seed < 5; ++seed) {
    const auto values = random_values(few_rows * few_columns, seed);
    device.upload(x.tensor(), shaped(values, few_rows * few_columns));
    run(work);
    side_by_side(
        device, [] {}, together);
    another(work);
    together();
    CHECK(largest_difference(y.values(), squashed_twice(values)) < 1e-6);
    work();
    CHECK(largest_difference(y.values(), squashed_twice(values)) < 1e-6);
  }
}

TEST_CASE("a recording that fails in the second stream leaves the device in the first one") {
  cuda::device device;
  const device_tensor<float> x(device, few_rows * few_columns), y(device, few_rows * 2 * few_columns);
  recorded<cuda::device> run(device);
  const auto work = [&] {
    side_by_side(
        device, [] {}, [&] { device.wait(); });
  };
  run(work);
  CHECK_THROWS_AS(run(work), error);
  const auto values = random_values(few_rows * few_columns, 8);
  device.upload(x.tensor(), shaped(values, few_rows * few_columns));
  twice(device, y.as(few_rows, 2 * few_columns), x.as(few_rows, few_columns));
  CHECK(largest_difference(y.values(), expected(values)) < 1e-6);
}
