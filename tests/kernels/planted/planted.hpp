// In:  the name of a mistake, an order of threads.  Out: what came of it, in words.  Rests on: kernels.hpp.
#pragma once

#include <memory>
#include <string_view>

#include "kernels.hpp"

namespace eev::planted {

using kernel = void(float* y, const float* x, int n);
using formula = float(const float* x, int n, int i);

struct mistake {
  std::string_view name;
  kernel *healthy, *planted;
  unsigned blocks;
  int x_size, y_size;
  formula* expected;
};

inline float sum_of(const float* x, int n) { return std::accumulate(x, x + n, 0.0f); }

inline constexpr mistake mistakes[] = {
    {"write_after_read", write_after_read<false>, write_after_read<true>, 1, 64, 64,
     [](const float* x, int, int) { return sum_of(x, 64) + std::inner_product(x, x + 64, x, 0.0f); }},
    {"past_the_end", past_the_end<false>, past_the_end<true>, 2, 100, 100,
     [](const float* x, int, int i) { return 2 * x[i]; }},
    {"early_return", early_return<false>, early_return<true>, 1, 50, 50,
     [](const float* x, int n, int i) { return x[n - 1 - i]; }},
    {"ragged_tail", ragged_tail<false>, ragged_tail<true>, 1, 50, 64,
     [](const float* x, int n, int) { return sum_of(x, n); }},
    {"past_shared", past_shared<false>, past_shared<true>, 1, 64, 64,
     [](const float* x, int, int i) { return x[i] + x[std::min(i + 1, 63)]; }},
    {"far_past_shared", far_past_shared<false>, far_past_shared<true>, 1, 64, 64,
     [](const float* x, int, int i) { return x[i]; }},
    {"tile_rewritten", tile_rewritten<false>, tile_rewritten<true>, 1, 150, 64,
     [](const float* x, int n, int) { return sum_of(x, n); }},
    {"read_before_written", read_before_written<false>, read_before_written<true>, 1, 64, 64,
     [](const float* x, int, int i) { return x[63 - i]; }},
    {"divergent_shuffle", divergent_shuffle<false>, divergent_shuffle<true>, 1, 50, 64,
     [](const float* x, int n, int) { return sum_of(x, n); }},
    {"wait_too_short", wait_too_short<false>, wait_too_short<true>, 1, 512, 256,
     [](const float* x, int, int i) { return x[i] + x[i + 256]; }},
    {"copied_over", copied_over<false>, copied_over<true>, 1, 512, 256,
     [](const float* x, int, int i) { return x[255 - i] + x[511 - i]; }},
    {"warp_not_met", warp_not_met<false>, warp_not_met<true>, 1, 64, 64,
     [](const float* x, int, int i) { return x[i ^ 1]; }},
    {"blocks_overlap", blocks_overlap<false>, blocks_overlap<true>, 2, 64, 64,
     [](const float* x, int, int i) { return x[i]; }},
};

inline const mistake& find(std::string_view name) {
  const auto found = std::ranges::find(mistakes, name, &mistake::name);
  require(found != std::end(mistakes), "no mistake '", name, "'");
  return *found;
}

/// "right", "wrong: ..." or what the runner had to say. Inputs and outputs have no byte more than they need;
/// all numbers are whole and small, so sums are exact in any order.
inline std::string outcome(const mistake& mistake, bool planted, runner::order order) {
  // Aligned to 16 bytes for the asynchronous copies, but not padded to them.
  const auto exactly = [](int size) {
    void* memory = nullptr;
    if (posix_memalign(&memory, 16, size * sizeof(float)) != 0) throw std::bad_alloc();
    std::fill_n(static_cast<float*>(memory), size, NAN);
    return std::unique_ptr<float, void (*)(void*)>(static_cast<float*>(memory), std::free);
  };
  const auto x = exactly(mistake.x_size), y = exactly(mistake.y_size);
  for (int i = 0; i < mistake.x_size; ++i) x.get()[i] = float(i * 7 % 13 + 1);
  runner::schedule_now.order = order;
  try {
    kernel* run = planted ? mistake.planted : mistake.healthy;
    runner::run_kernel(mistake.blocks, threads, 0, [&] { run(y.get(), x.get(), mistake.x_size); });
  } catch (const runner::failure& failure) {
    return failure.what();
  }
  for (int i = 0; i < mistake.y_size; ++i) {
    const float expected = mistake.expected(x.get(), mistake.x_size, i);
    if (!(y.get()[i] == expected))
      return message("wrong: y[", i, "] is ", y.get()[i], ", expected ", expected);
  }
  return "right";
}

}  // namespace eev::planted
