// In:  a kernel with its arguments, a block's place in the grid.  Out: the block's threads run as far as they
// can, or a failure that says who waits where.  Rests on: cuda_thread, shared_memory.
//
// One warp runs as far as it can before the next one starts: the largest lead that hardware may give it.
// Order says which warp and which lane comes first; in random order a warp may also be stopped at each step.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "cuda_thread.hpp"
#include "shared_memory.hpp"

namespace eev::runner {

enum class order { forward, reverse, random };
struct schedule {
  runner::order order = order::forward;
  unsigned seed = 1;  // of the random order
};

class block;

/// Blocks that run together, and the race checker's clocks of their barrier.
struct team {
  std::vector<block*> blocks;
  char clocks[2] = {};
  int phase = 0;
};

class block {
 public:
  block(dim3 grid, dim3 extent, std::size_t dynamic_shared, std::size_t most_shared,
        const std::function<void()>& kernel, const schedule& schedule)
      : grid(grid),
        extent(extent),
        shared(dynamic_shared, most_shared),
        kernel_(kernel),
        order_(schedule.order),
        chance_(schedule.seed),
        threads_(extent.x * extent.y * extent.z) {
    for (int i = 0; i < int(threads_.size()); ++i) {
      threads_[i].number = i;
      threads_[i].index = {i % extent.x, i / extent.x % extent.y, i / extent.x / extent.y};
    }
  }

  const dim3 grid, extent;
  uint3 index{};
  shared_memory shared;

  /// The block whose thread runs, and that thread.
  static inline block* running = nullptr;
  cuda_thread* current = nullptr;

  runner::team* team = nullptr;

  /// The block is to be that at `index` of the grid, and stands before the first line of the kernel.
  void begin(uint3 at, runner::team& with) {
    unchecked scheduler;
    index = at, team = &with;
    shared.clear();
    for (auto& thread : threads_) {
      thread.state = waiting::for_nothing, thread.arrived = false;
      thread.copies.clear(), thread.groups = 0;
      thread.stack.prepare(&enter, this);
    }
    release(begin_);
  }

  /// Runs each warp until its lanes wait for others. False if nobody could go on.
  bool advance() {
    running = this;
    bool progress = false;
    for (int warp : in_order(warps())) progress |= advance(warp);
    running = nullptr;
    return progress;
  }

  bool all_finished() const { return all(waiting::finished); }

  /// Nobody can go on. True if all threads were at one barrier of the block, which opens; false if all wait
  /// for the team or have finished; else they have lost each other.
  bool open_barrier() {
    if (all(waiting::at_barrier) && all_at_one_place()) return open(), phase_ ^= 1, true;
    if (all_finished() || (all(waiting::at_team_barrier) && all_at_one_place())) return false;
    throw diverged();
  }

  /// Opens the barrier of the team if all of its blocks are there.
  static void open_team_barrier(runner::team& team) {
    for (const block* block : team.blocks)
      if (!block->all(waiting::at_team_barrier)) throw block->diverged();
    for (block* block : team.blocks) block->open();
    team.phase ^= 1;
  }

  /// What the threads did comes before what the caller does next.
  void join() {
    acquire(end_);
    for (auto& thread : threads_) thread.stack.leave_strand();
  }

  // ---- called by the threads ----

  void wait_at_barrier(const std::source_location& place) {
    char& clock = barrier_clocks_[phase_];
    release(clock);
    wait(waiting::at_barrier, place);
    acquire(clock);
  }

  /// What a thread does between the two is not ordered, and nobody waits for it.
  void arrive_at_team_barrier() {
    require_that(!current->arrived, "thread ", current->number, " arrives at its team's barrier twice");
    current->arrived = true;
    release(team->clocks[team->phase]);
  }
  void wait_at_team_barrier(const std::source_location& place) {
    require_that(current->arrived, "thread ", current->number, " waits for its team at ", place,
                 " and has not arrived");
    char& clock = team->clocks[team->phase];
    wait(waiting::at_team_barrier, place);
    current->arrived = false;
    acquire(clock);
  }

  /// Waits for all lanes of the mask, then all of them do `operation`. Only __syncwarp orders memory.
  void meet_in_warp(unsigned mask, exchange* operation, bool orders_memory,
                    const std::source_location& place) {
    cuda_thread& self = *current;
    require_that(mask >> self.lane() & 1, "lane ", self.lane(), " calls a warp operation at ", place,
                 " whose mask leaves it out");
    self.mask = mask, self.operation = operation, self.place = place;
    self.state = waiting::for_warp;
    if (orders_memory) release(self.clocks[self.turn ^= 1]);
    self.stack.pause();
    if (orders_memory)
      for (char* clock : self.peers) acquire(*clock);
  }

 private:
  int warps() const { return (int(threads_.size()) + warp_lanes - 1) / warp_lanes; }

  EEV_UNINSTRUMENTED static void enter(void* argument) {  // never returns, so nobody may wait for its return
    block& self = *static_cast<block*>(argument);
    acquire(self.begin_);
    try {
      self.kernel_();
    } catch (const std::exception& error) {
      self.failure_ = error.what();
    }
    cuda_thread& thread = *self.current;
    thread.state = waiting::finished;
    release(self.end_);  // the last thing that the race checker sees of this thread
    thread.stack.finish();
  }

  void wait(waiting where, const std::source_location& place) {
    current->place = place;
    current->state = where;
    current->stack.pause();
  }

  bool all(waiting where) const {
    return std::ranges::all_of(threads_, [where](auto& thread) { return thread.state == where; });
  }
  bool all_at_one_place() const {
    return std::ranges::all_of(
        threads_, [&](auto& thread) { return thread.place.line() == threads_.front().place.line(); });
  }
  void open() {
    for (auto& thread : threads_) thread.state = waiting::for_nothing;
  }

  /// Of warps or of lanes: a block has no more warps than a warp has lanes.
  struct sequence {
    std::array<int, warp_lanes> numbers;
    int count;
    int* begin() { return numbers.data(); }
    int* end() { return numbers.data() + count; }
  };

  /// 0 .. count - 1 in the order that was asked for.
  sequence in_order(int count) {
    sequence numbers{{}, count};
    std::iota(numbers.begin(), numbers.end(), 0);
    if (order_ == order::reverse) std::ranges::reverse(numbers);
    if (order_ == order::random) std::ranges::shuffle(numbers, chance_);
    return numbers;
  }

  /// Runs a warp until all of its lanes wait for others. True if anything was done.
  bool advance(int number) {
    runner::warp lanes{};
    for (int lane = 0; lane < warp_lanes; ++lane)
      if (number * warp_lanes + lane < int(threads_.size()))
        lanes[lane] = &threads_[number * warp_lanes + lane];
    bool progress = false;
    for (bool more = true; more;) {
      more = false;
      for (int lane : in_order(warp_lanes)) {
        if (!lanes[lane] || lanes[lane]->state != waiting::for_nothing) continue;
        more = true;
        current = lanes[lane];
        current->stack.resume();
        if (failure_) throw failure(*failure_ + in_block());
      }
      more |= complete_warp_operations(lanes);
      progress |= more;
      if (order_ == order::random && chance_() % 3 == 0) break;
    }
    return progress;
  }

  static bool complete_warp_operations(const runner::warp& lanes) {
    bool any = false;
    for (const cuda_thread* first : lanes) {
      if (!first || first->state != waiting::for_warp || !all_there(lanes, *first)) continue;
      const unsigned mask = first->mask;
      first->operation(lanes, mask);
      for (int lane = 0; lane < warp_lanes; ++lane) {
        if (!(mask >> lane & 1)) continue;
        lanes[lane]->state = waiting::for_nothing;
        lanes[lane]->peers.clear();
        for (int other = 0; race_checked && other < warp_lanes; ++other)
          if (mask >> other & 1) lanes[lane]->peers.push_back(&lanes[other]->clocks[lanes[other]->turn]);
      }
      any = true;
    }
    return any;
  }

  /// True if all lanes of the mask are at the same line of the kernel with the same operation and mask.
  static bool all_there(const runner::warp& lanes, const cuda_thread& first) {
    for (int lane = 0; lane < warp_lanes; ++lane) {
      if (!(first.mask >> lane & 1)) continue;
      const cuda_thread* other = lanes[lane];
      if (!other || other->state != waiting::for_warp || other->mask != first.mask ||
          other->operation != first.operation || other->place.line() != first.place.line())
        return false;
    }
    return true;
  }

  failure diverged() const {
    const bool warps =
        std::ranges::any_of(threads_, [](auto& thread) { return thread.state == waiting::for_warp; });
    return failure((warps ? "warp" : "barrier") + (" divergence" + in_block()) + who_waits_where());
  }

  std::string in_block() const { return message(" in block (", index.x, ", ", index.y, ", ", index.z, ")"); }

  std::string who_waits_where() const {
    std::map<std::string, std::pair<int, int>> groups;  // how many, and the first of them
    for (const auto& thread : threads_) {
      const std::string place = text_of(thread.place);
      const std::string where = thread.state == waiting::finished     ? "returned"
                                : thread.state == waiting::at_barrier ? "wait at __syncthreads, " + place
                                : thread.state == waiting::at_team_barrier
                                    ? "wait for their team at " + place
                                    : "wait for their warp at " + place;
      ++groups.try_emplace(where, 0, thread.number).first->second.first;
    }
    std::string text;
    for (const auto& [where, threads] : groups)
      text += message(text.empty() ? ": " : "; ", threads.first, " threads ", where, " (the first is thread ",
                      threads.second, ")");
    return text;
  }

  const std::function<void()>& kernel_;
  runner::order order_;
  std::mt19937 chance_;
  std::vector<cuda_thread> threads_;
  std::optional<std::string> failure_;
  char begin_ = 0, end_ = 0, barrier_clocks_[2] = {};  // the race checker's
  int phase_ = 0;
};

}  // namespace eev::runner
