// In:  a number of threads.  Out: oneDNN's engine, scratch memory, parameters in the layout the kernels like.
// Rests on: core, cpu/onednn.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include <eev/core/arena.hpp>
#include <eev/cpu/onednn.hpp>

namespace eev::cpu {

/// Weights [N, K] of a linear layer, packed for its kernel: in the panels of cpu/matrix_product.hpp, or, as
/// bfloat16 where oneDNN has kernels for it, in oneDNN's blocked layout.
template <class T>
struct packed_matrix {
  dim N = 0, K = 0;
  const float* panels = nullptr;
  dnnl::memory blocked = {};
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
struct kernel {
  dnnl::primitive primitive;
  std::vector<dnnl::memory::desc> descriptions;  // source, weights, bias, destination
  dnnl::memory::desc scratch;
};

class device {
 public:
  using scalar = float;
  static constexpr dim rows_in_cache = 56 * 56;  // of a feature map that is worked on at a time
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
  view<const float, 1> keep(const std::vector<float>& values) {
    const auto kept = parameters_.take<float>(values.size());
    std::copy(values.begin(), values.end(), kept.begin());
    return kept;
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
    for (const auto& [known, kernel] : kernels_)  // some dozens
      if (known == key) return kernel;
    one_thread guard;
    const kernel& made = kernels_.emplace_back(key, make()).second;
    const auto size = made.scratch.get_size();
    for (auto& scratch : scratch_)
      if (scratch.size() < size) scratch.resize(size);
    return made;
  }

  /// Runs a kernel on the calling OpenMP thread. `data` in the order of kernel::descriptions.
  void run(const kernel& kernel, const void* source, const void* weights, const void* bias,
           void* destination) {
    one_thread guard;  // in a team of one, oneDNN would take all cores for itself
    const int thread = omp_get_thread_num();
    const auto& shapes = kernel.descriptions;
    const dnnl::memory in = wrap(shapes[0], engine_, source), factors = wrap(shapes[1], engine_, weights),
                       offsets = wrap(bias ? shapes[2] : dnnl::memory::desc(), engine_, bias),
                       out = wrap(shapes[3], engine_, destination),
                       scratch = wrap(kernel.scratch, engine_, scratch_[thread].data());
    // The C interface takes an array; the C++ one would build a hash table each time.
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, in.get()},
                                         {DNNL_ARG_WEIGHTS, factors.get()},
                                         {DNNL_ARG_DST, out.get()},
                                         {DNNL_ARG_SCRATCHPAD, scratch.get()},
                                         {DNNL_ARG_BIAS, offsets.get()}};
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(kernel.primitive.get(), streams_[thread].get(), bias ? 5 : 4, arguments),
        "oneDNN could not run a kernel");
  }

 private:
  int threads_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  std::vector<dnnl::stream> streams_;                  // one a thread
  std::vector<std::vector<std::byte>> scratch_;        // one a thread
  std::deque<std::pair<kernel_key, kernel>> kernels_;  // whose places stay
  arena activations_, parameters_;
};

}  // namespace eev::cpu
