#include "runner.hpp"

#include <doctest/doctest.h>

#include <eev/core/bfloat16.hpp>

#include "../planted/planted.hpp"

using namespace eev;
using runner::order;

namespace {

constexpr order orders[] = {order::forward, order::reverse, order::random};

/// What a kernel of one block of `threads` threads throws.
std::string failure_of(int threads, const std::function<void()>& kernel) {
  try {
    runner::run_kernel(1, threads, 0, kernel);
  } catch (const runner::failure& failure) {
    return failure.what();
  }
  return "";
}

/// y[i] of 32 lanes.
template <class T>
std::vector<T> of_a_warp(T (*value)(int lane)) {
  std::vector<T> y(32);
  runner::run_kernel(1, 32, 0, [&] { y[threadIdx.x] = value(threadIdx.x); });
  return y;
}

}  // namespace

TEST_CASE("kernels without a mistake are right in every order of threads") {
  for (const auto& mistake : planted::mistakes)
    for (order order : orders) {
      INFO(std::string(mistake.name));
      CHECK(planted::outcome(mistake, false, order) == "right");
    }
}

TEST_CASE("mistakes that show without a sanitizer are seen in the order that lets one warp run ahead") {
  const std::pair<const char*, const char*> shown[] = {
      {"write_after_read", "wrong: "},
      {"ragged_tail", "wrong: y[0] is -nan"},
      {"tile_rewritten", "wrong: "},
      {"read_before_written", "wrong: "},
      {"wait_too_short", "wrong: y[0] is -nan"},
      {"copied_over", "wrong: "},
      {"warp_not_met", "wrong: "},
      {"early_return",
       "barrier divergence in block (0, 0, 0): 14 threads returned (the first is thread 50); 50 threads wait "
       "at "
       "__syncthreads, kernels.hpp:"},
      {"divergent_shuffle",
       "warp divergence in block (0, 0, 0): 46 threads wait at __syncthreads, kernels.hpp:"}};
  for (auto [name, expected] : shown)
    for (order order : {order::forward, order::reverse}) {
      INFO(name);
      CHECK(planted::outcome(planted::find(name), true, order).find(expected) == 0);
    }
}

TEST_CASE("a barrier in one branch and another barrier in the other is divergence") {
  const auto two_barriers = [] {  // outside of CHECK, which would put both on one line
    if (threadIdx.x < 10)
      __syncthreads();
    else
      __syncthreads();
  };
  const std::string expected =
      "barrier divergence in block (0, 0, 0): 10 threads wait at __syncthreads, runner_test.cpp:";
  CHECK(failure_of(64, two_barriers).find(expected) == 0);
}

TEST_CASE("the blocks of a team run side by side and meet at its barrier") {
  unsigned counter = 0;
  for (order order : orders) {
    runner::schedule_now.order = order;
    std::vector<int> here(4), there(4);
    const auto exchange = [&] {
      if (threadIdx.x == 0) here[blockIdx.x] = int(blockIdx.x);
      cuda::team_arrive(&counter);
      cuda::team_wait(&counter, 2);
      if (threadIdx.x == 40) there[blockIdx.x] = here[blockIdx.x ^ 1];
    };
    runner::run_kernel(4, 64, 0, exchange, 2);
    CHECK(there == std::vector<int>{1, 0, 3, 2});
  }
}

TEST_CASE("a block that does not come to the barrier of its team is told") {
  unsigned counter = 0;
  const auto leave = [&] {
    if (blockIdx.x == 1) return;
    cuda::team_arrive(&counter);
    cuda::team_wait(&counter, 2);
  };
  CHECK_THROWS_WITH_AS(runner::run_kernel(2, 32, 0, leave, 2),
                       doctest::Contains("barrier divergence in block (1, 0, 0): 32 threads returned"),
                       runner::failure);
}

TEST_CASE("a lane that its own mask leaves out is refused") {
  runner::schedule_now.order = order::forward;  // lane 16 is the first to come
  CHECK(failure_of(32, [] { __syncwarp(0x0000ffffu); }).find("lane 16 calls a warp operation at ") == 0);
}

TEST_CASE("shuffles give the values that CUDA defines") {
  CHECK(of_a_warp<int>([](int lane) { return __shfl_sync(planted::whole_warp, lane, 5); })[31] == 5);
  CHECK(of_a_warp<int>([](int lane) { return __shfl_sync(planted::whole_warp, lane, 5, 8); })[31] == 24 + 5);
  const auto crossed = of_a_warp<int>([](int lane) { return __shfl_xor_sync(planted::whole_warp, lane, 3); });
  const auto down = of_a_warp<int>([](int lane) { return __shfl_down_sync(planted::whole_warp, lane, 4); });
  const auto up = of_a_warp<int>([](int lane) { return __shfl_up_sync(planted::whole_warp, lane, 4, 16); });
  for (int lane = 0; lane < 32; ++lane) {
    CHECK(crossed[lane] == (lane ^ 3));
    CHECK(down[lane] == (lane < 28 ? lane + 4 : lane));
    CHECK(up[lane] == (lane % 16 < 4 ? lane : lane - 4));
  }
}

TEST_CASE("halves of a warp may shuffle by themselves; a lane that takes no part gives not-a-number") {
  const auto half = of_a_warp<float>([](int lane) {
    return lane < 16 ? __shfl_sync(0x0000ffffu, float(lane), 3) : __shfl_sync(0xffff0000u, float(lane), 3);
  });
  CHECK(half[0] == 3);
  CHECK(std::isnan(half[31]));
}

TEST_CASE("votes count lanes") {
  CHECK(of_a_warp<unsigned>([](int lane) { return __ballot_sync(planted::whole_warp, lane % 2); })[7] ==
        0xaaaaaaaau);
  CHECK(of_a_warp<int>([](int lane) { return __any_sync(planted::whole_warp, lane == 9); })[0] == 1);
  CHECK(of_a_warp<int>([](int lane) { return __all_sync(planted::whole_warp, lane != 9); })[0] == 0);
}

TEST_CASE("atomic additions of several blocks all arrive") {
  float sum = 0;
  int count = 0;
  runner::run_kernel(3, 64, 0, [&] {
    atomicAdd(&sum, 0.5f);
    atomicAdd(&count, 2);
  });
  CHECK(sum == 96);
  CHECK(count == 384);
}

TEST_CASE("threads know where they are") {
  std::vector<int> seen(2 * 3 * 4 * 5);
  runner::run_kernel(dim3(2, 3), dim3(4, 5), 0, [&] {
    const int block = blockIdx.y * gridDim.x + blockIdx.x, thread = threadIdx.y * blockDim.x + threadIdx.x;
    seen[block * 20 + thread] += 1;
  });
  CHECK(std::ranges::count(seen, 1) == 120);
}

TEST_CASE("launches that no GPU takes are refused") {
  CHECK_THROWS_WITH_AS(runner::run_kernel(0, 32, 0, [] {}), doctest::Contains("0 x 1 x 1 blocks"),
                       runner::failure);
  CHECK_THROWS_WITH_AS(runner::run_kernel(1, 1025, 0, [] {}), doctest::Contains("1025 x 1 x 1 threads"),
                       runner::failure);
  CHECK_THROWS_WITH_AS(runner::run_kernel(dim3(1, 70000), 32, 0, [] {}),
                       doctest::Contains("1 x 70000 x 1 blocks"), runner::failure);
  CHECK_THROWS_WITH_AS(runner::run_kernel(1, 32, 200'000, [] {}), doctest::Contains("dynamic shared memory"),
                       runner::failure);
  CHECK(failure_of(32, [] {
          SHARED(much, float[13'000]);
          (void)much;
        }).find("a kernel declares 52000 bytes") == 0);
}

TEST_CASE("numbers of 16 bits are rounded as eev's own") {
  for (std::uint32_t word = 0; word < 0xffff0000u; word += 0x3fff1) {
    const float value = __uint_as_float(word);
    if (value == value) CHECK(__float2bfloat16_rn(value).bits == bfloat16(value).bits);
  }
  CHECK(std::isnan(__bfloat162float(__float2bfloat16_rn(NAN))));
}
