// In:  matrices that change at every training step.  Out: them packed in scratch memory; the product of a
// transposed matrix with another; sums of columns.  Rests on: cpu/linear.
#pragma once

#include <algorithm>

#include <eev/cpu/linear.hpp>

namespace eev::cpu::detail {

/// The matrix [K, N] that x [R, K] is multiplied with, in oneDNN's blocked layout. It lives in the device's
/// scratch memory, and so until the innermost open scope closes. `format` says how `values` stand: ab for
/// [K, N], ba for [N, K].
inline packed_matrix<float> pack_scratch(device& device, const float* values, dim N, dim K,
                                         dnnl::memory::format_tag format) {
  using dnnl::memory;
  const kernel& reorder = device.find_kernel({"pack", {N, K, dim(format)}}, [&] {
    const memory::desc plain({K, N}, memory::data_type::f32, format);
    const memory::desc packed =
        matmul_description(device.engine(), linear_task_rows, N, K, memory::data_type::f32,
                           memory::data_type::f32, {{K, N}, memory::data_type::f32, memory::format_tag::any},
                           true, epilogue::none)
            .weights_desc();
    const dnnl::reorder::primitive_desc description(device.engine(), plain, device.engine(), packed,
                                                    attributes(epilogue::none));
    return kernel{dnnl::reorder(description), {plain, {}, {}, packed}, description.scratchpad_desc()};
  });
  const memory::desc& packed = reorder.descriptions[3];
  const auto room = device.take<std::byte>(dim(packed.get_size()));
  device.run(reorder, values, nullptr, nullptr, room.data);
  return {N, K, memory(packed, device.engine(), room.data)};
}

/// Columns and rows of the tiles of transposed_product(): large enough that copying the factors into the
/// kernel's layout is a small part of the work, small enough to share out.
inline constexpr dim tile_rows = 256, tile_columns = 512;

inline const kernel& transposed_kernel(device& device, dim M, dim N, dim R, dim a_step, dim b_step,
                                       dim y_step) {
  return device.find_kernel({"transposed product", {M, N, R, a_step, b_step, y_step}}, [&] {
    using dnnl::memory;
    constexpr auto type = memory::data_type::f32;
    const memory::desc a({M, R}, type, memory::dims{1, a_step});
    const memory::desc b({R, N}, type, memory::dims{b_step, 1});
    const memory::desc y({M, N}, type, memory::dims{y_step, 1});
    const dnnl::matmul::primitive_desc description({a, b, y}, attributes(epilogue::none), device.engine());
    return kernel{dnnl::matmul(description), {a, b, {}, y}, description.scratchpad_desc()};
  });
}

/// y[m, n] = sum over r of a[r, m] b[r, n], for y [M, N], a [R, M], b [R, N]
inline void transposed_product(device& device, view<float, 2> y, const_view<float, 2> a,
                               const_view<float, 2> b) {
  const auto [M, N] = y.shape;
  const dim R = a.shape[0];
  if (R == 0) std::fill(y.begin(), y.end(), 0.0f);
  if (R == 0 || M == 0 || N == 0) return;
  const dim down = (M + tile_rows - 1) / tile_rows, across = (N + tile_columns - 1) / tile_columns;
  const auto kernel_of = [&, M = M, N = N](dim tile) -> const kernel& {
    return transposed_kernel(device, std::min(tile_rows, M - tile / across * tile_rows),
                             std::min(tile_columns, N - tile % across * tile_columns), R, M, N, N);
  };
  for (dim tile : {dim(0), across - 1, (down - 1) * across, down * across - 1}) kernel_of(tile);
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic)
  for (dim tile = 0; tile < down * across; ++tile) {
    one_thread guard;  // the kernel of transposed matrices asks OpenMP how many threads there are
    const dim row = tile / across * tile_rows, column = tile % across * tile_columns;
    device.run(kernel_of(tile), a.data + row, b.data + column, nullptr, y.data + row * N + column);
  }
}

/// y[n] = sum over r of a[r, n], in blocks of rows, whose sums stay small.
inline void sum_columns(device& device, view<float, 1> y, const_view<float, 2> a) {
  const auto [R, N] = a.shape;
  constexpr dim columns = 64, block = 128;
#pragma omp parallel for num_threads(device.threads()) schedule(static)
  for (dim begin = 0; begin < N; begin += columns) {
    const dim count = std::min(columns, N - begin);
    float total[columns] = {};
    for (dim r = 0; r < R; r += block) {
      float sum[columns] = {};
      for (dim row = r; row < std::min(r + block, R); ++row) {
        const float* from = a.data + row * N + begin;
#pragma omp simd
        for (dim n = 0; n < count; ++n) sum[n] += from[n];
      }
      for (dim n = 0; n < count; ++n) total[n] += sum[n];
    }
    std::copy_n(total, count, y.data + begin);
  }
}

}  // namespace eev::cpu::detail
