// The fast form of reference/linear.hpp: oneDNN's matrix product over weights packed once.
#pragma once

#include <algorithm>

#include <eev/cpu/device.hpp>

namespace eev::cpu {

/// The most rows of one task: small enough to share 196 rows over a few threads, large enough for the
/// kernel's best tiles. Fewer rows than that make two tasks, each of which still reuses a weight a few times.
inline constexpr dim linear_task_rows = 98;
inline dim task_rows(dim R) {
  return R > linear_task_rows ? linear_task_rows : std::max<dim>(16, (R + 1) / 2);
}

namespace detail {

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

template <class Out, class In>
const kernel& matmul_kernel(device& device, dim rows, const packed_matrix<In>& weight, bool bias,
                            epilogue after) {
  kernel_key key{"matmul", {rows, weight.N, weight.K, sizeof(In), sizeof(Out), bias, dim(after)}};
  return device.find_kernel(key, [&] {
    auto description = matmul_description(device.engine(), rows, weight.N, weight.K, data_type_of<In>(),
                                          data_type_of<Out>(), weight.memory.get_desc(), bias, after);
    return kernel{
        dnnl::matmul(description),
        {description.src_desc(), description.weights_desc(), description.bias_desc(), description.dst_desc()},
        description.scratchpad_desc()};
  });
}

}  // namespace detail

template <class T>
packed_matrix<T> device::pack(const std::vector<float>& values, dim N, dim K) {
  using dnnl::memory;
  one_thread guard;
  auto description = detail::matmul_description(
      engine_, linear_task_rows, N, K, data_type_of<T>(), data_type_of<T>(),
      memory::desc({K, N}, data_type_of<T>(), memory::format_tag::any), true, epilogue::none);
  packed_matrix<T> packed{N, K, memory(description.weights_desc(), engine_)};
  // The file's [N, K] is, read column by column, the [K, N] that oneDNN multiplies with.
  auto plain =
      wrap(memory::desc({K, N}, memory::data_type::f32, memory::format_tag::ba), engine_, values.data());
  dnnl::reorder(plain, packed.memory).execute(streams_[0], plain, packed.memory);
  return packed;
}

/// Spec: reference/linear.hpp. Products of float or bfloat16 are summed in float; Out may be wider than In.
template <class Out, class In>
void linear(device& device, view<Out, 2> y, const_view<In, 2> x, const packed_matrix<In>& weight,
            const_view<float, 1> bias, epilogue after = epilogue::none) {
  const auto [R, K] = x.shape;
  const dim N = weight.N;
  require(y.shape == std::array{R, N} && weight.K == K && (!bias.data || bias.shape[0] == N), "linear: y ",
          y.shape, ", x ", x.shape, ", weight ", std::array{N, weight.K}, ", bias ", bias.shape,
          "; expected y [R, N], x [R, K], weight [N, K], bias [N]");
  const dim rows = task_rows(R), tasks = R / rows, rest = R % rows;
  const auto kernel_for = [&](dim count) {
    return count > 0 ? &detail::matmul_kernel<Out>(device, count, weight, bias.data != nullptr, after)
                     : nullptr;
  };
  const kernel *whole = kernel_for(tasks > 0 ? rows : 0), *last = kernel_for(rest);
  const void* packed = weight.memory.get_data_handle();
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic)
  for (dim task = 0; task < tasks + (rest > 0); ++task) {
    const dim row = task * rows;
    device.run(task < tasks ? *whole : *last, x.data + row * K, packed, bias.data, y.data + row * N);
  }
}

}  // namespace eev::cpu
