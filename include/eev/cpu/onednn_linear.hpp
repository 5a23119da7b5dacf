// In:  rows [R, K] and weights [N, K] in bfloat16.  Out: rows [R, N].  Rests on: cpu/device, oneDNN.
//
// cpu/linear.hpp where oneDNN has kernels that multiply bfloat16 as it is.
#pragma once

#include <algorithm>

#include <eev/cpu/device.hpp>

namespace eev::cpu::detail {

/// The most rows of one task: small enough to share 196 rows over a few threads, large enough for the
/// kernel's best tiles. Fewer rows than that make two tasks, each of which still reuses a weight a few times.
inline constexpr dim onednn_task_rows = 98;

inline dnnl::matmul::primitive_desc matmul_description(const dnnl::engine& engine, dim rows, dim N, dim K,
                                                       dnnl::memory::data_type in,
                                                       dnnl::memory::data_type out,
                                                       const dnnl::memory::desc& weights, bool bias,
                                                       epilogue after) {
  using dnnl::memory;
  memory::desc x({rows, K}, in, memory::format_tag::ab), y({rows, N}, out, memory::format_tag::ab);
  memory::desc b({1, N}, memory::data_type::f32, memory::format_tag::ab);
  auto description = bias ? dnnl::matmul::desc(x, weights, b, y) : dnnl::matmul::desc(x, weights, y);
  return {description, attributes(after), engine};
}

template <class Out>
const kernel& matmul_kernel(device& device, dim rows, const packed_matrix<bfloat16>& weight, bool bias,
                            epilogue after) {
  kernel_key key{"matmul", {rows, weight.N, weight.K, sizeof(Out), bias, dim(after)}};
  return device.find_kernel(key, [&] {
    auto description = matmul_description(device.engine(), rows, weight.N, weight.K, data_type_of<bfloat16>(),
                                          data_type_of<Out>(), weight.blocked.get_desc(), bias, after);
    return kernel{
        dnnl::matmul(description),
        {description.src_desc(), description.weights_desc(), description.bias_desc(), description.dst_desc()},
        description.scratchpad_desc()};
  });
}

inline packed_matrix<bfloat16> pack_blocked(device& device, const std::vector<float>& values, dim N, dim K) {
  using dnnl::memory;
  one_thread guard;
  auto description = matmul_description(
      device.engine(), onednn_task_rows, N, K, data_type_of<bfloat16>(), data_type_of<bfloat16>(),
      memory::desc({K, N}, data_type_of<bfloat16>(), memory::format_tag::any), true, epilogue::none);
  packed_matrix<bfloat16> packed{N, K, nullptr, memory(description.weights_desc(), device.engine())};
  // The file's [N, K] is, read column by column, the [K, N] that oneDNN multiplies with.
  auto plain = wrap(memory::desc({K, N}, memory::data_type::f32, memory::format_tag::ba), device.engine(),
                    values.data());
  dnnl::stream stream(device.engine());
  dnnl::reorder(plain, packed.blocked).execute(stream, plain, packed.blocked);
  return packed;
}

template <class Out>
void onednn_linear(device& device, view<Out, 2> y, const_view<bfloat16, 2> x,
                   const packed_matrix<bfloat16>& weight, const_view<float, 1> bias, epilogue after) {
  const auto [R, K] = x.shape;
  const dim N = weight.N;
  const dim rows = R > onednn_task_rows ? onednn_task_rows : std::max<dim>(16, (R + 1) / 2);
  const dim tasks = R / rows, rest = R % rows;
  const auto kernel_for = [&](dim count) {
    return count > 0 ? &matmul_kernel<Out>(device, count, weight, bias.data != nullptr, after) : nullptr;
  };
  const kernel *whole = kernel_for(tasks > 0 ? rows : 0), *last = kernel_for(rest);
  const void* packed = weight.blocked.get_data_handle();
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic)
  for (dim task = 0; task < tasks + (rest > 0); ++task) {
    const dim row = task * rows;
    device.run(task < tasks ? *whole : *last, x.data + row * K, packed, bias.data, y.data + row * N);
  }
}

}  // namespace eev::cpu::detail
