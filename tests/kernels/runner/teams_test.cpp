#include <doctest/doctest.h>

#include <eev/core/side_by_side.hpp>
#include <eev/cuda/gru.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "stream.hpp"

using namespace eev;
using namespace eev::test;

namespace {

constexpr dim U = 128;  // 8 blocks for 32 clips; the runner's GPU has room for 32 blocks

/// Whether a GRU over `other` clips, begun in the second stream, comes after one over `one` clips in the
/// first, though nothing that it reads is of it.
bool waits(dim one, dim other) {
  cuda::device device;
  device.round_factors(true);
  const dim most = std::max(one, other);
  const device_tensor<float> x(device, random_values(most * 6 * U, 1)),
      weight(device, random_values(3 * U * U, 2)), bias(device, random_values(6 * U, 3)),
      y(device, one * 2 * U), z(device, other * 2 * U);
  const auto run = [&](const device_tensor<float>& to, dim clips) {
    gru(device, to.as(clips, 1, 2 * U), view<const float, 4>{x.tensor().data, {clips, 1, 2, 3 * U}},
        {weight.as(3 * U, U), weight.as(3 * U, U)}, bias.as(2, 3 * U));
  };
  bool there = false;
  side_by_side(
      device, [&] { run(y, one); },
      [&] {
        run(z, other);
        there = !std::isnan(y.tensor()(0));  // the runner's GPU has the host's memory
      });
  return there;
}

}  // namespace

TEST_CASE("GRUs side by side whose blocks do not fit on the GPU together come one by one") {
  runner::do_at_once(runner::prompt::second);  // the first stream does nothing that nobody waits for
  CHECK_FALSE(waits(33, 64));                  // 16 blocks and 16
  CHECK(waits(33, 65));                        // 16 and 24
  CHECK(waits(129, 1));                        // 32, then 8, and 8
  runner::do_at_once(runner::prompt::first);
}
