// In:  a number of threads.  Out: oneDNN's engine, scratch memory, parameters in the layout the kernels like.
// Rests on: core, cpu/onednn.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <eev/core/arena.hpp>
#include <eev/cpu/onednn.hpp>

namespace eev::cpu {

/// Weights [N, K] of a linear layer in oneDNN's blocked layout, as float or bfloat16.
template <class T>
struct packed_matrix {
  dim N = 0, K = 0;
  dnnl::memory memory;
};

/// Weights [N, C, height, width] of a convolution; cpu/conv2d.hpp has it.
template <class T>
struct packed_filters;

/// Kernels already made. One kernel serves all layers of the same shape.
using kernel_key = std::tuple<const char*, std::vector<dim>>;
struct kernel {
  dnnl::primitive primitive;
  std::vector<dnnl::memory::desc> descriptions;  // source, weights, bias, destination
  dnnl::memory::desc scratch;
};

class device {
 public:
  using scalar = float;
  template <class T>
  using matrix = packed_matrix<T>;
  template <class T>
  using filters = packed_filters<T>;

  /// `threads` 0: one for each core the system lets us use.
  explicit device(int threads = 0) : threads_(threads > 0 ? threads : omp_get_max_threads()) {
    for (int i = 0; i < threads_; ++i) streams_.emplace_back(engine_);
    scratch_.resize(threads_);
  }
  device(const device&) = delete;
  device& operator=(const device&) = delete;

  int threads() const { return threads_; }
  const dnnl::engine& engine() const { return engine_; }

  /// Scratch memory, as core/arena.hpp explains.
  template <class U, class... Extents>
  auto take(Extents... extents) {
    return activations_.take<U>(extents...);
  }
  arena::scope scope() { return activations_.open(); }

  /// Parameters live as long as the device.
  view<const float, 1> keep(std::vector<float> values) {
    parameters_.push_back(std::move(values));
    return {parameters_.back().data(), {dim(parameters_.back().size())}};
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
  const kernel& find_kernel(const kernel_key& key, Make make) {
    auto found = kernels_.find(key);
    if (found == kernels_.end()) {
      one_thread guard;
      found = kernels_.emplace(key, make()).first;
      auto size = found->second.scratch.get_size();
      for (auto& scratch : scratch_)
        if (scratch.size() < size) scratch.resize(size);
    }
    return found->second;
  }

  /// Runs a kernel on the calling OpenMP thread. `data` in the order of kernel::descriptions.
  void run(const kernel& kernel, const void* source, const void* weights, const void* bias,
           void* destination) {
    int thread = omp_get_thread_num();
    const auto& shapes = kernel.descriptions;
    std::unordered_map<int, dnnl::memory> arguments{
        {DNNL_ARG_SRC, wrap(shapes[0], engine_, source)},
        {DNNL_ARG_WEIGHTS, wrap(shapes[1], engine_, weights)},
        {DNNL_ARG_DST, wrap(shapes[3], engine_, destination)},
        {DNNL_ARG_SCRATCHPAD, wrap(kernel.scratch, engine_, scratch_[thread].data())}};
    if (bias) arguments.emplace(DNNL_ARG_BIAS, wrap(shapes[2], engine_, bias));
    kernel.primitive.execute(streams_[thread], arguments);
  }

 private:
  int threads_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  std::vector<dnnl::stream> streams_;            // one a thread
  std::vector<std::vector<std::byte>> scratch_;  // one a thread
  std::map<kernel_key, kernel> kernels_;
  arena activations_;
  std::deque<std::vector<float>> parameters_;
};

}  // namespace eev::cpu
