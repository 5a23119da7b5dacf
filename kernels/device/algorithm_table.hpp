// In:  a product of matrices.  Out: which of cuBLASLt's algorithms the committed table has for it, if any.
// Rests on: library_state.
#pragma once

#include <tuple>

#include "library_state.hpp"

namespace eev::cuda {
namespace {

struct table_key {
  int architecture;
  dim N, K;
  element in, out;
  bool a_transposed, b_transposed, bias;
  activation after;
  bool add, rounded;
  auto operator<=>(const table_key&) const = default;
};

/// What tells an algorithm from others, and the bytes of each; the first is its number.
struct algorithm_option {
  cublasLtMatmulAlgoConfigAttributes_t name;
  std::size_t bytes;
};
constexpr algorithm_option algorithm_options[] = {{CUBLASLT_ALGO_CONFIG_ID, 4},
                                                  {CUBLASLT_ALGO_CONFIG_TILE_ID, 4},
                                                  {CUBLASLT_ALGO_CONFIG_STAGES_ID, 4},
                                                  {CUBLASLT_ALGO_CONFIG_SPLITK_NUM, 4},
                                                  {CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME, 4},
                                                  {CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, 4},
                                                  {CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING, 4},
                                                  {CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID, 2},
                                                  {CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID, 2}};

struct matrix_algorithm {
  table_key product;
  std::array<std::uint32_t, std::size(algorithm_options)> options;
};

constexpr element float32 = element::float32, bfloat16 = element::bfloat16;
const std::vector<matrix_algorithm> table = {
#include "matrix_algorithms.inc"
};

table_key key_in_table(const library_state& libraries, const matrix_product& p) {
  return {libraries.architecture, p.N,     p.K,   p.in,     p.out, p.a.transposed, p.b.transposed,
          p.bias != nullptr,      p.after, p.add, p.rounded};
}

/// A row as matrix_algorithms.inc has it.
std::string text_of(const matrix_algorithm& row) {
  const auto& key = row.product;
  std::string text = message("{{", key.architecture, ", ", key.N, ", ", key.K);
  for (element type : {key.in, key.out}) text += type == float32 ? ", float32" : ", bfloat16";
  const auto yes_or_no = [](bool flag) { return flag ? ", true" : ", false"; };
  for (bool flag : {key.a_transposed, key.b_transposed, key.bias}) text += yes_or_no(flag);
  constexpr const char* names[] = {"none", "relu", "gelu"};
  text += message(", activation::", names[int(key.after)], yes_or_no(key.add), yes_or_no(key.rounded));
  for (std::size_t i = 0; i < row.options.size(); ++i)
    text += message(i == 0 ? "}, {" : ", ", row.options[i]);
  return text + "}},\n";
}

}  // namespace
}  // namespace eev::cuda
