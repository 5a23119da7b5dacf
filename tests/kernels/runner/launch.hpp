// In:  a kernel, the shape of its launch, its arguments.  Out: all its blocks, run one after the other, those
// of a team together. Rests on: block.
#pragma once

#include <limits>

#include <eev/cuda/device.hpp>

#include "block.hpp"
#include "launched.hpp"
#include "stream.hpp"

namespace eev::runner {

/// In what order threads and blocks run from now on.
inline schedule schedule_now;

inline void check_shape(dim3 grid, dim3 block) {
  constexpr unsigned most_blocks = std::numeric_limits<int>::max();
  require_that(grid.x > 0 && grid.y > 0 && grid.z > 0 && grid.x <= most_blocks && grid.y <= 65535 &&
                   grid.z <= 65535 && block.x > 0 && block.y > 0 && block.z > 0 && block.z <= 64 &&
                   std::uint64_t(block.x) * block.y * block.z <= 1024,
               "a launch of ", grid.x, " x ", grid.y, " x ", grid.z, " blocks of ", block.x, " x ", block.y,
               " x ", block.z,
               " threads; expected 1 to 1024 threads and 1 to 2^31 - 1 x 65535 x 65535 blocks");
}

/// Numbers of the blocks in the order in which they run.
inline std::vector<std::uint64_t> block_order(std::uint64_t count, const schedule& schedule) {
  std::vector<std::uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  if (schedule.order == order::reverse) std::ranges::reverse(numbers);
  if (schedule.order == order::random) std::ranges::shuffle(numbers, std::mt19937(schedule.seed));
  return numbers;
}

inline void run_team(team& team) {
  unchecked scheduler;
  const auto finished = [](const block* block) { return block->all_finished(); };
  while (!std::ranges::all_of(team.blocks, finished)) {
    bool progress = false;
    for (block* block : team.blocks) progress |= block->advance();
    if (progress || std::ranges::all_of(team.blocks, finished)) continue;
    for (block* block : team.blocks) progress |= block->open_barrier();
    if (!progress) block::open_team_barrier(team);
  }
}

/// `together`: the blocks of a team, along x.
inline void run_kernel(dim3 grid, dim3 extent, std::size_t dynamic_shared,
                       const std::function<void()>& kernel, unsigned together = 1) {
  check_shape(grid, extent);
  require_that(together >= 1 && together <= 16 && grid.x % together == 0, "a launch of ", grid.x,
               " blocks along x in teams of ", together, "; expected at most 16, and a divisor");
  // To the race checker blocks are not ordered either, so each keeps its stacks and its shared memory until
  // all have run; it can tell some thousands of threads apart.
  constexpr std::size_t most_threads_apart = 4096;
  const std::size_t most_shared = together > 1 ? most_shared_in_teams : most_shared_bytes;
  std::vector<std::unique_ptr<block>> blocks;
  std::vector<std::unique_ptr<team>> teams;
  const auto join = [&] {
    for (auto& block : blocks) block->join();
    blocks.clear(), teams.clear();
  };
  const unsigned teams_x = grid.x / together;
  for (std::uint64_t number : block_order(std::uint64_t(teams_x) * grid.y * grid.z, schedule_now)) {
    if (blocks.size() * extent.x * extent.y * extent.z > most_threads_apart) join();
    if (blocks.empty() || race_checked)
      for (unsigned i = 0; i < together; ++i)
        blocks.push_back(
            std::make_unique<block>(grid, extent, dynamic_shared, most_shared, kernel, schedule_now));
    team& team = *teams.emplace_back(std::make_unique<runner::team>());
    for (unsigned rank = 0; rank < together; ++rank) {
      block& block = *blocks[blocks.size() - together + rank];
      team.blocks.push_back(&block);
      block.begin({unsigned(number % teams_x * together + rank), unsigned(number / teams_x % grid.y),
                   unsigned(number / teams_x / grid.y)},
                  team);
    }
    run_team(team);
  }
  join();
}

inline uint3 thread_index() { return block::running->current->index; }
inline uint3 block_index() { return block::running->index; }
inline dim3 block_extent() { return block::running->extent; }
inline dim3 grid_extent() { return block::running->grid; }

/// The static array of one declaration; Place is a type of its own for each.
template <class Array, class Place>
Array& shared_array(Place) {
  static const char place = 0;
  return *static_cast<Array*>(block::running->shared.array(&place, sizeof(Array)));
}

}  // namespace eev::runner

namespace eev::cuda {

// As kernels/device/launch.cuh has them.

template <class... Parameters, class... Arguments>
void launch_together(const char* name, device& device, unsigned blocks, dim3 grid, dim3 block,
                     std::size_t dynamic_shared, void (*kernel)(Parameters...), Arguments... arguments) {
  runner::launched.add(reinterpret_cast<const void*>(kernel));
  runner::begin(device.stream(), [=] {
    try {
      runner::run_kernel(
          grid, block, dynamic_shared, [&] { kernel(arguments...); }, blocks);
    } catch (const runner::failure& failure) {
      throw runner::failure(message(name, ": ", failure.what()));
    }
  });
}

template <class... Parameters, class... Arguments>
void launch(const char* name, device& device, dim3 grid, dim3 block, std::size_t dynamic_shared,
            void (*kernel)(Parameters...), Arguments... arguments) {
  launch_together(name, device, 1, grid, block, dynamic_shared, kernel, arguments...);
}

}  // namespace eev::cuda
