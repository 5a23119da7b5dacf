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

inline onednn::kernel make_matmul(const onednn::engine& engine, dim rows, dim N, dim K, dnnl_data_type_t out,
                                  const onednn::layout& weights, bool bias, epilogue after) {
  const auto x = onednn::make_layout({rows, K}, dnnl_bf16, dnnl_ab),
             y = onednn::make_layout({rows, N}, out, dnnl_ab),
             b = onednn::make_layout({1, N}, dnnl_f32, dnnl_ab);
  dnnl_matmul_desc_t operation;
  onednn::check(dnnl_matmul_desc_init(&operation, &x, &weights, bias ? &b : nullptr, &y),
                "describe a matrix product");
  return onednn::make_kernel(engine, &operation, after);
}

template <class Out>
const onednn::kernel& matmul_kernel(device& device, dim rows, const packed_matrix<bfloat16>& weight,
                                    bool bias, epilogue after) {
  const kernel_key key{"matmul", {rows, weight.N, weight.K, sizeof(Out), bias, dim(after)}};
  return device.find_kernel(key, [&] {
    return make_matmul(device.engine(), rows, weight.N, weight.K, onednn::data_type_of<Out>,
                       weight.blocked->layout, bias, after);
  });
}

inline packed_matrix<bfloat16> pack_blocked(device& device, const std::vector<float>& values, dim N, dim K) {
  one_thread guard;
  const auto any = onednn::make_layout({K, N}, dnnl_bf16, dnnl_format_tag_any);
  const auto& blocked = device.keep(
      make_matmul(device.engine(), onednn_task_rows, N, K, dnnl_bf16, any, true, epilogue::none).weights);
  // The file's [N, K] is, read column by column, the [K, N] that oneDNN multiplies with.
  onednn::reorder(device.engine(), blocked, onednn::make_layout({K, N}, dnnl_f32, dnnl_ba), values.data());
  return {N, K, nullptr, &blocked};
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
  const onednn::kernel *whole = kernel_for(tasks > 0 ? rows : 0), *last = kernel_for(rest);
  const void* packed = weight.blocked->data;
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic)
  for (dim task = 0; task < tasks + (rest > 0); ++task) {
    const dim row = task * rows;
    device.run(task < tasks ? *whole : *last, x.data + row * K, packed, bias.data, y.data + row * N);
  }
  device.finish_runs();
}

}  // namespace eev::cpu::detail
