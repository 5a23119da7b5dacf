// In:  a number of threads.  Out: oneDNN's engine, scratch memory, parameters in the layout the kernels like.
// Rests on: core, cpu/onednn.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <exception>
#include <utility>
#include <vector>

#include <eev/core/arena.hpp>
#include <eev/cpu/onednn.hpp>

namespace eev::cpu {

/// Weights [N, K] of a linear layer, packed for its kernel: in the panels of cpu/packed_factor.hpp, or, as
/// bfloat16 where oneDNN has kernels for it, in oneDNN's blocked layout.
template <class T>
struct packed_matrix {
  dim N = 0, K = 0;
  const float* panels = nullptr;
  const onednn::tensor* blocked = nullptr;
};

/// Weights [N, C, height, width] of a convolution; cpu/conv2d.hpp has it.
template <class T>
struct packed_filters;

/// What a kernel is made for: kernels already made serve all layers of the same shape.
struct kernel_key {
  const char* operation;
  std::array<dim, 16> shape;

  bool operator==(const kernel_key&) const = default;
};

class device {
 public:
  using scalar = float;
  static constexpr dim rows_in_cache = 56 * 56;  // of a feature map that is worked on at a time
#ifdef __AVX512BF16__
  static constexpr bool compiled_for_bfloat16 = true;
#else
  static constexpr bool compiled_for_bfloat16 = false;
#endif
  template <class T>
  using matrix = packed_matrix<T>;
  template <class T>
  using filters = packed_filters<T>;

  /// `threads` 0: one for each core the system lets us use.
  explicit device(int threads = 0) : threads_(threads > 0 ? threads : omp_get_max_threads()) {
    for (int i = 0; i < threads_; ++i) streams_.push_back(onednn::make_stream(engine_));
    scratch_.resize(threads_);
  }
  device(const device&) = delete;
  device& operator=(const device&) = delete;

  int threads() const { return threads_; }
  const onednn::engine& engine() const { return engine_; }

  /// May what training has of linear() and gru() round factors of float to bfloat16? Sums are of float. Not
  /// at first. In programs that are not compiled for AVX512_BF16 it is slower than not to round.
  bool rounds_factors() const { return rounds_factors_; }
  void round_factors(bool may) { rounds_factors_ = may; }

  /// Scratch memory, as core/arena.hpp explains.
  template <class U, class... Extents>
  auto take(Extents... extents) {
    return activations_.take<U>(extents...);
  }
  arena::scope scope() { return activations_.open(); }

  /// Parameters live as long as the device. Room for so many:
  view<float, 1> keep(dim count) { return parameters_.take<float>(count); }
  view<const float, 1> keep(const std::vector<float>& values) {
    const auto kept = keep(dim(values.size()));
    std::copy(values.begin(), values.end(), kept.begin());
    return kept;
  }
  /// Room for parameters in a layout of oneDNN's.
  const onednn::tensor& keep(const onednn::layout& layout) {
    return blocked_.emplace_back(layout,
                                 parameters_.take<std::byte>(dnnl_memory_desc_get_size(&layout)).data);
  }
  template <class T>
  packed_matrix<T> pack(const std::vector<float>& values, dim N, dim K);
  template <class T>
  packed_filters<T> pack(const std::vector<float>& values, dim N, dim C, dim height, dim width);

  /// Copies tensors of the same shape from the host's memory to the device's and back. Here both are the
  /// same.
  template <class To, class From, int Rank>
  void upload(view<To, Rank> to, view<From, Rank> from) {
    std::copy(from.begin(), from.end(), to.begin());
  }
  template <class To, class From, int Rank>
  void download(view<To, Rank> to, view<From, Rank> from) {
    std::copy(from.begin(), from.end(), to.begin());
  }

  /// The kernel under `key`, made by `make` the first time.
  template <class Make>
  const onednn::kernel& find_kernel(const kernel_key& key, Make make) {
    for (const auto& [known, kernel] : kernels_)  // some dozens
      if (known == key) return kernel;
    one_thread guard;
    const onednn::kernel& made = kernels_.emplace_back(key, make()).second;
    const auto size = dnnl_memory_desc_get_size(&made.scratch);
    for (auto& scratch : scratch_)
      if (scratch.size() < size) scratch.resize(size);
    return made;
  }

  /// Runs a kernel on the calling OpenMP thread. What it throws must not leave a loop over threads: it waits
  /// for finish_runs(), which comes after the loop.
  void run(const onednn::kernel& kernel, const void* source, const void* weights, const void* bias,
           void* destination) {
    try {
      run_now(kernel, source, weights, bias, destination);
    } catch (const error&) {
#pragma omp critical(eev_run)
      failure_ = std::current_exception();
    }
  }
  void finish_runs() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void run_now(const onednn::kernel& kernel, const void* source, const void* weights, const void* bias,
               void* destination) {
    one_thread guard;  // in a team of one, oneDNN would take all cores for itself
    const int thread = omp_get_thread_num();
    const auto in = onednn::wrap(engine_, kernel.source, source),
               factors = onednn::wrap(engine_, kernel.weights, weights),
               offsets = onednn::wrap(engine_, bias ? kernel.bias : onednn::layout{}, bias),
               out = onednn::wrap(engine_, kernel.destination, destination),
               scratch = onednn::wrap(engine_, kernel.scratch, scratch_[thread].data());
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, in.get()},
                                         {DNNL_ARG_WEIGHTS, factors.get()},
                                         {DNNL_ARG_DST, out.get()},
                                         {DNNL_ARG_SCRATCHPAD, scratch.get()},
                                         {DNNL_ARG_BIAS, offsets.get()}};
    onednn::check(
        dnnl_primitive_execute(kernel.primitive.get(), streams_[thread].get(), bias ? 5 : 4, arguments),
        "run a kernel");
  }

  int threads_;
  bool rounds_factors_ = false;
  onednn::engine engine_ = onednn::make_engine();
  std::vector<onednn::stream> streams_;                        // one a thread
  std::vector<std::vector<std::byte>> scratch_;                // one a thread
  std::deque<std::pair<kernel_key, onednn::kernel>> kernels_;  // whose places stay
  std::deque<onednn::tensor> blocked_;                         // in parameters_
  arena activations_, parameters_;
  std::exception_ptr failure_;  // of a run
};

}  // namespace eev::cpu
