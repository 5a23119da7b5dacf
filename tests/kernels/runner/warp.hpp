// In:  a value of each lane.  Out: values of other lanes, as CUDA's __syncwarp, shuffles and votes give them.
// Rests on: block.
//
// Every lane of the mask must come to the same line. Shuffles and votes order no memory accesses: only
// __syncwarp does, as CUDA promises no more.
#pragma once

#include <cstring>

#include "block.hpp"

namespace eev::runner {

/// Reading a lane that does not take part gives all bits set: not-a-number.
inline void shuffle(const warp& lanes, unsigned mask) {
  for (int lane = 0; lane < warp_lanes; ++lane) {
    if (!(mask >> lane & 1)) continue;
    const int source = lanes[lane]->argument;
    for (std::size_t word = 0; word < lanes[lane]->received.size(); ++word)
      lanes[lane]->received[word] = mask >> source & 1 ? lanes[source]->given[word] : 0xffffffffu;
  }
}

inline void vote(const warp& lanes, unsigned mask) {
  unsigned votes = 0;
  for (int lane = 0; lane < warp_lanes; ++lane)
    if (mask >> lane & 1 && lanes[lane]->given[0] != 0) votes |= 1u << lane;
  for (int lane = 0; lane < warp_lanes; ++lane)
    if (mask >> lane & 1) lanes[lane]->received[0] = votes;
}

inline void only_meet(const warp&, unsigned) {}

template <class T>
T shuffle_from(int source, unsigned mask, T value, const std::source_location& place) {
  static_assert(sizeof(T) <= sizeof cuda_thread::received);
  cuda_thread& self = *block::running->current;
  std::memcpy(self.given.data(), &value, sizeof value);
  self.argument = source;
  block::running->meet_in_warp(mask, shuffle, false, place);
  std::memcpy(&value, self.received.data(), sizeof value);
  return value;
}

inline int lane() { return block::running->current->lane(); }

}  // namespace eev::runner

inline void __syncthreads(std::source_location place = std::source_location::current()) {
  eev::runner::block::running->wait_at_barrier(place);
}

inline void __syncwarp(unsigned mask = 0xffffffffu,
                       std::source_location place = std::source_location::current()) {
  eev::runner::block::running->meet_in_warp(mask, eev::runner::only_meet, true, place);
}

// `width` cuts the warp into groups that do not see each other. A source outside the group is the lane
// itself.

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32,
              std::source_location place = std::source_location::current()) {
  const int group = eev::runner::lane() / width * width;
  return eev::runner::shuffle_from(group + source % width, mask, value, place);
}

template <class T>
T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32,
                  std::source_location place = std::source_location::current()) {
  const int lane = eev::runner::lane(), source = lane ^ bits;
  return eev::runner::shuffle_from(source / width > lane / width ? lane : source, mask, value, place);
}

template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned distance, int width = 32,
                   std::source_location place = std::source_location::current()) {
  const int lane = eev::runner::lane(), source = lane + int(distance);
  return eev::runner::shuffle_from(source / width > lane / width ? lane : source, mask, value, place);
}

template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned distance, int width = 32,
                 std::source_location place = std::source_location::current()) {
  const int lane = eev::runner::lane(), source = lane - int(distance);
  return eev::runner::shuffle_from(source < lane / width * width ? lane : source, mask, value, place);
}

inline unsigned __ballot_sync(unsigned mask, int predicate,
                              std::source_location place = std::source_location::current()) {
  auto& block = *eev::runner::block::running;
  auto& self = *block.current;
  self.given[0] = predicate != 0;
  block.meet_in_warp(mask, eev::runner::vote, false, place);
  return self.received[0];
}
inline int __any_sync(unsigned mask, int predicate,
                      std::source_location place = std::source_location::current()) {
  return __ballot_sync(mask, predicate, place) != 0;
}
inline int __all_sync(unsigned mask, int predicate,
                      std::source_location place = std::source_location::current()) {
  return __ballot_sync(mask, predicate, place) == mask;
}
