// In:  rows [R, K] and weights [N, K] in bfloat16.  Out: rows [R, N].  Rests on: cpu/packed_factor, oneDNN.
//
// cpu/linear.hpp where oneDNN has kernels that multiply bfloat16 as it is.
#pragma once

#include <algorithm>
#include <utility>

#include <eev/cpu/packed_factor.hpp>

namespace eev::cpu::detail {

/// The most rows of one task: small enough to share 196 rows over a few threads, large enough for the
/// kernel's best tiles. No more rows than that are shared out by columns, so many to a task: reading the
/// weights takes most of the time then, and each is read once.
inline constexpr dim onednn_task_rows = 98, onednn_task_columns = 256;

/// As many columns in whole blocks of oneDNN's, mostly of 64: weights are cut between these.
inline dim task_columns(const onednn::layout& weights) {
  const auto& blocking = weights.format_desc.blocking;
  dim block = 1;
  for (int i = 0; i < blocking.inner_nblks; ++i)
    if (blocking.inner_idxs[i] == 1) block *= blocking.inner_blks[i];
  return std::max(onednn_task_columns / block, dim(1)) * block;
}

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

/// Weights for outputs from `begin` to `end`.
inline onednn::tensor columns_of(const packed_matrix<bfloat16>& weight, dim begin, dim end) {
  const dim shape[] = {weight.K, end - begin}, offsets[] = {0, begin};
  onednn::tensor part;
  onednn::check(dnnl_memory_desc_init_submemory(&part.layout, &weight.blocked->layout, shape, offsets),
                "describe some columns");
  part.data = static_cast<bfloat16*>(weight.blocked->data) + std::exchange(part.layout.offset0, 0);
  return part;
}

/// For outputs from `begin` to `end`; all of the same width share it.
template <class Out>
const onednn::kernel& matmul_kernel(device& device, dim rows, const packed_matrix<bfloat16>& weight,
                                    dim begin, dim end, bool bias, epilogue after) {
  const kernel_key key{"matmul", {rows, end - begin, weight.N, weight.K, sizeof(Out), bias, dim(after)}};
  return device.find_kernel(key, [&] {
    return make_matmul(device.engine(), rows, end - begin, weight.K, onednn::data_type_of<Out>,
                       columns_of(weight, begin, end).layout, bias, after);
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

/// What onednn_linear() computes, for more rows than a task has.
template <class Out>
void linear_by_rows(device& device, view<Out, 2> y, const_view<bfloat16, 2> x,
                    const packed_matrix<bfloat16>& weight, const float* bias, epilogue after) {
  const auto [R, K] = x.shape;
  const dim N = weight.N, tasks = R / onednn_task_rows, rest = R % onednn_task_rows;
  const auto kernel_for = [&](dim rows) {
    return &matmul_kernel<Out>(device, rows, weight, 0, N, bias, after);
  };
  const onednn::kernel *whole = kernel_for(onednn_task_rows), *last = rest > 0 ? kernel_for(rest) : nullptr;
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic)
  for (dim task = 0; task < tasks + (rest > 0); ++task) {
    const dim row = task * onednn_task_rows;
    device.run(task < tasks ? *whole : *last, x.data + row * K, weight.blocked->data, bias, y.data + row * N);
  }
}

/// The same for fewer rows. oneDNN's fast kernels write whole matrices alone, so a task's columns are put
/// together elsewhere.
template <class Out>
void linear_by_columns(device& device, view<Out, 2> y, const_view<bfloat16, 2> x,
                       const packed_matrix<bfloat16>& weight, const float* bias, epilogue after) {
  const dim R = x.shape[0], N = weight.N;
  const dim most = task_columns(weight.blocked->layout), tasks = divide_up(N, most);
  const auto kernel_for = [&](dim task) {
    return &matmul_kernel<Out>(device, R, weight, task * most, std::min((task + 1) * most, N), bias, after);
  };
  const onednn::kernel *whole = kernel_for(0), *last = kernel_for(tasks - 1);
  const auto weights_at = [&](dim column) {
    return static_cast<const bfloat16*>(columns_of(weight, column, N).data);
  };
  const bfloat16* const first = weights_at(0);
  const dim apart = tasks > 1 ? weights_at(most) - first : 0;
  auto scope = device.scope();
  auto parts = device.take<Out>(device.threads(), R, most);
  const auto copy = [R](Out* to, dim to_step, const Out* from, dim from_step, dim columns) {
    for (dim r = 0; r < R; ++r) std::copy_n(from + r * from_step, columns, to + r * to_step);
  };
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic)
  for (dim task = 0; task < tasks; ++task) {
    const dim begin = task * most, columns = std::min(most, N - begin);
    Out* part = parts[omp_get_thread_num()].data;
    if (after == epilogue::add) copy(part, columns, y.data + begin, N, columns);
    device.run(task < tasks - 1 ? *whole : *last, x.data, first + task * apart, bias ? bias + begin : nullptr,
               part);
    copy(y.data + begin, N, part, columns, columns);
  }
}

template <class Out>
void onednn_linear(device& device, view<Out, 2> y, const_view<bfloat16, 2> x,
                   const packed_matrix<bfloat16>& weight, const_view<float, 1> bias, epilogue after) {
  if (y.size() == 0) return;
  x.shape[0] > onednn_task_rows ? linear_by_rows(device, y, x, weight, bias.data, after)
                                : linear_by_columns(device, y, x, weight, bias.data, after);
  device.finish_runs();
}

}  // namespace eev::cpu::detail
