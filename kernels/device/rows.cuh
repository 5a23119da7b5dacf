// In:  the width of rows.  Out: how many vectors of 4 values of a row each lane of its warp holds: vectors
// lane, lane + 32, ...  Rests on: primitives.
//
// The number is one that the compiler knows, so that they stay in registers.
#pragma once

#include "primitives.cuh"

namespace eev::cuda {
namespace {

constexpr int most_lane_vectors = 16;
constexpr dim most_warp_values = 4 * warp_lanes * most_lane_vectors;

/// start(the least of 1, 2, 4, 8 and 16 vectors a lane that hold C <= 2048 values), as an integral_constant.
template <int Vectors = 1, class Start>
void with_lane_vectors(dim C, const Start& start) {
  if constexpr (Vectors < most_lane_vectors)
    if (C > 4 * warp_lanes * Vectors) return with_lane_vectors<2 * Vectors>(C, start);
  start(std::integral_constant<int, Vectors>());
}

}  // namespace
}  // namespace eev::cuda
