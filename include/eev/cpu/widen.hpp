// In:  an operation on bfloat16 tensors.  Out: the same on float tensors, its result rounded.  Rests on:
// cpu/device.
//
// oneDNN multiplies bfloat16 where the processor does (AVX512_BF16, AMX). Elsewhere eev widens what is stored
// as bfloat16, multiplies in float and rounds the result, which is the same arithmetic: products of bfloat16
// are exact in float, and are summed there. (oneDNN does that too, from AVX-512 on, at a fifth of the speed.)
#pragma once

#include <eev/core/epilogue.hpp>
#include <eev/cpu/device.hpp>
#include <eev/cpu/math.hpp>

namespace eev::cpu {

/// Whether oneDNN multiplies bfloat16 by these instruction sets. They are bits, not an order: AVX2-VNNI has a
/// greater number, without those that are asked for.
constexpr bool multiplies_bfloat16(int instruction_sets) {
  return (instruction_sets & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
}

/// True if the processor multiplies bfloat16.
inline bool has_bfloat16_kernels() {
  static const bool has = multiplies_bfloat16(dnnl_get_effective_cpu_isa());
  return has;
}

/// The numbers as T stores them.
template <class T>
std::vector<float> as_stored(const std::vector<float>& values) {
  std::vector<float> stored(values.size());
  std::transform(values.begin(), values.end(), stored.begin(), [](float value) { return float(T(value)); });
  return stored;
}

/// y = x, converted.
template <class To, class From, int Rank>
void convert(device& device, view<To, Rank> y, view<From, Rank> x) {
#pragma omp parallel for simd num_threads(device.threads()) schedule(static)
  for (dim i = 0; i < x.size(); ++i) store(y.data[i], float(x.data[i]));
}

/// Runs `operation` on a float y and a float x: y is what the tensor holds if the operation adds to it, and
/// goes back rounded.
template <class Out, int RankY, class In, int RankX, class Operation>
void in_float(device& device, view<Out, RankY> y, view<In, RankX> x, epilogue after, Operation operation) {
  auto scope = device.scope();
  view<float, RankY> wide_y{device.take<float>(y.size()).data, y.shape};
  view<float, RankX> wide_x{device.take<float>(x.size()).data, x.shape};
  convert(device, wide_x, x);
  if (after == epilogue::add) convert(device, wide_y, y);
  operation(wide_y, view<const float, RankX>(wide_x));
  convert(device, y, wide_y);
}

}  // namespace eev::cpu
