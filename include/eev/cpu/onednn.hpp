// In:  the description of a matrix product or a convolution.  Out: oneDNN's kernel for it.  Rests on: oneDNN.
//
// Every kernel is made for one thread and eev shares out rows or images over the threads itself. So each
// value is summed in the same order whatever the batch and however many threads there are.
#pragma once

#include <cstdint>

#include <omp.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <eev/core/bfloat16.hpp>
#include <eev/core/epilogue.hpp>
#include <eev/core/view.hpp>

namespace eev::cpu {

template <class T>
constexpr dnnl::memory::data_type data_type_of();
template <>
constexpr dnnl::memory::data_type data_type_of<float>() {
  return dnnl::memory::data_type::f32;
}
template <>
constexpr dnnl::memory::data_type data_type_of<bfloat16>() {
  return dnnl::memory::data_type::bf16;
}

/// While it lives, oneDNN makes kernels for one thread.
class one_thread {
 public:
  one_thread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~one_thread() { omp_set_num_threads(before_); }
  one_thread(const one_thread&) = delete;
  one_thread& operator=(const one_thread&) = delete;

 private:
  int before_;
};

/// Scratch memory is handed over by the caller: a kernel is shared by threads.
inline dnnl::primitive_attr attributes(epilogue after) {
  dnnl::post_ops operations;
  switch (after) {
    case epilogue::relu:
      operations.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
      break;
    case epilogue::gelu:
      operations.append_eltwise(1, dnnl::algorithm::eltwise_gelu_erf, 0, 0);
      break;
    case epilogue::add:
      operations.append_sum();
      break;
    case epilogue::none:
      break;
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

/// Memory that oneDNN reads or writes; it does not own it.
inline dnnl::memory wrap(const dnnl::memory::desc& description, const dnnl::engine& engine,
                         const void* data) {
  return {description, engine, const_cast<void*>(data)};
}

}  // namespace eev::cpu
