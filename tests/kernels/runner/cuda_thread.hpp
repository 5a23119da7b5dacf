// In:  nothing.  Out: what the runner knows of one CUDA thread.  Rests on: fiber, cuda_types.
#pragma once

#include <array>
#include <cstdint>
#include <source_location>
#include <vector>

#include "cuda_types.hpp"
#include "fiber.hpp"

namespace eev::runner {

inline constexpr int warp_lanes = 32;

enum class waiting { for_nothing, at_barrier, at_team_barrier, for_warp, finished };

struct cuda_thread;
using warp = std::array<cuda_thread*, warp_lanes>;  // null where a block's last warp has no lane

/// What a warp does once all lanes of the mask have come: reads what they have given and fills in what they
/// receive.
using exchange = void(const warp& lanes, unsigned mask);

/// A copy that cp.async has begun: 16 bytes, zeros if there is no source.
struct async_copy {
  void* to;
  const void* from;
  int group;
};

struct cuda_thread {
  fiber stack;
  uint3 index{};   // threadIdx
  int number = 0;  // in the block
  int lane() const { return number % warp_lanes; }

  waiting state = waiting::for_nothing;
  std::source_location place;  // where it waits
  bool arrived = false;        // at the barrier of its team

  // Of the warp operation it takes part in:
  unsigned mask = 0;
  exchange* operation = nullptr;
  int argument = 0;                       // a shuffle's source lane, the matrices of an ldmatrix
  std::array<std::uint32_t, 12> given{};  // registers
  std::array<std::uint32_t, 4> received{};

  // For the race checker: two clocks in turn, so that a lane that has gone on to the next __syncwarp does not
  // hand over what it did in between.
  char clocks[2] = {};
  int turn = 0;
  std::vector<char*> peers;  // the clocks of the lanes it has met

  std::vector<async_copy> copies;  // begun and not made, oldest first
  int groups = 0;                  // committed
};

}  // namespace eev::runner
