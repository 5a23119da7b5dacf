// The fast form of reference/linear.hpp: tiles of the result summed in registers over weights packed once.
#pragma once

#include <algorithm>
#include <type_traits>

#include <eev/cpu/matrix_product.hpp>
#include <eev/cpu/onednn_linear.hpp>
#include <eev/cpu/widen.hpp>

namespace eev::cpu {

template <class T>
packed_matrix<T> device::pack(const std::vector<float>& values, dim N, dim K) {
  if constexpr (std::is_same_v<T, bfloat16>)
    if (has_bfloat16_kernels()) return detail::pack_blocked(*this, values, N, K);
  // The file's [N, K] is, read column by column, the [K, N] that rows are multiplied with.
  const auto stored = as_stored<T>(values);
  const auto room = parameters_.take<float>(K, detail::packed_factor::padded(N));
  detail::pack_factor(*this, room.data, {stored.data(), 1, K}, K, N);
  return {N, K, room.data};
}

namespace detail {

/// What is left to do with sums [N] of a row, to which a bias has yet to be added.
inline void finish_row(float* __restrict y, const float* __restrict bias, dim N, epilogue after) {
  if (after == epilogue::add && bias) {
#pragma omp simd
    for (dim n = 0; n < N; ++n) y[n] += bias[n];
  } else if (after == epilogue::relu) {
#pragma omp simd
    for (dim n = 0; n < N; ++n) y[n] = y[n] < 0 ? 0 : y[n];  // a not-a-number stays
  } else if (after == epilogue::gelu) {
#pragma omp simd
    for (dim n = 0; n < N; ++n) y[n] = gelu(y[n]);
  }
}

template <class To, class From>
void convert_row(To* __restrict y, const From* __restrict x, dim count) {
#pragma omp simd
  for (dim i = 0; i < count; ++i) store(y[i], float(x[i]));
}

}  // namespace detail

/// Spec: reference/linear.hpp. Products of float or bfloat16 are summed in float; Out may be wider than In.
template <class Out, class In>
void linear(device& device, view<Out, 2> y, const_view<In, 2> x, const packed_matrix<In>& weight,
            const_view<float, 1> bias, epilogue after = epilogue::none) {
  const auto [R, K] = x.shape;
  const dim N = weight.N;
  require(y.shape == std::array{R, N} && weight.K == K && (!bias.data || bias.shape[0] == N), "linear: y ",
          y.shape, ", x ", x.shape, ", weight ", std::array{N, weight.K}, ", bias ", bias.shape,
          "; expected y [R, N], x [R, K], weight [N, K], bias [N]");
  if constexpr (std::is_same_v<In, bfloat16>)
    if (has_bfloat16_kernels()) return detail::onednn_linear(device, y, x, weight, bias, after);

  constexpr bool wide_in = std::is_same_v<In, float>, wide_out = std::is_same_v<Out, float>;
  const bool add = after == epilogue::add;
  if (y.size() == 0) return;
  const auto share = detail::share_out(R, N, device.threads());
  auto scope = device.scope();
  auto strips = device.take<float>(device.threads(), detail::strips_size);
  auto inputs = device.take<float>(device.threads(), wide_in ? 0 : share.rows * K);
  auto outputs = device.take<float>(device.threads(), wide_out ? 0 : share.rows * share.columns);
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic) collapse(2)
  for (dim row = 0; row < R; row += share.rows)
    for (dim column = 0; column < N; column += share.columns) {
      const int thread = omp_get_thread_num();
      const dim rows = std::min(share.rows, R - row), columns = std::min(share.columns, N - column);
      const In* from = x.data + row * K;
      Out* to = y.data + row * N + column;
      const float* wide_from;
      if constexpr (wide_in)
        wide_from = from;
      else
        detail::convert_row(inputs[thread].data, from, rows * K), wide_from = inputs[thread].data;
      float* wide_to;
      if constexpr (wide_out)
        wide_to = to;
      else
        wide_to = outputs[thread].data;
      const dim step = wide_out ? N : columns;
      if constexpr (!wide_out)
        if (add)
          for (dim i = 0; i < rows; ++i) detail::convert_row(wide_to + i * step, to + i * N, columns);
      const float* offsets = bias.data ? bias.data + column : nullptr;
      detail::multiply_rows(wide_to, step, add ? wide_to : offsets, add ? step : 0, {wide_from, K, 1}, rows,
                            detail::packed_factor{K, N, weight.panels}.columns(column, column + columns),
                            strips[thread].data);
      for (dim i = 0; i < rows; ++i) {
        detail::finish_row(wide_to + i * step, offsets, columns, after);
        if constexpr (!wide_out) detail::convert_row(to + i * N, wide_to + i * step, columns);
      }
    }
}

}  // namespace eev::cpu
