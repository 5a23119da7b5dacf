// kernels/device/matrix_product.hpp by cuBLASLt.
//
// Which algorithm: the committed table's, else the first answer of cuBLASLt's heuristic. Neither depends on
// the number of rows M, and none splits the sum over K, so that a row of y gets the same bits in any batch;
// nothing is timed. Workspace comes from the device's scratch memory.
#include "matrix_product.hpp"

#include <tuple>

#include "library_state.hpp"

namespace eev::cuda {

namespace {

constexpr std::size_t most_workspace = std::size_t{32} << 20;  // as NVIDIA advises for compute capability 9.0
constexpr dim usual_rows = 4096;                               // M of which the heuristic is asked

// ---- the committed table ----

struct table_key {
  int architecture;
  dim N, K;
  element in, out;
  bool a_transposed, b_transposed, bias, relu, add;
  auto operator<=>(const table_key&) const = default;
};

struct matrix_algorithm {
  table_key product;
  int id;
  std::uint32_t tile, stages, custom, swizzle;
  std::uint16_t inner_shape, cluster;
};

constexpr element float32 = element::float32, bfloat16 = element::bfloat16;
const std::vector<matrix_algorithm> table = {
#include "matrix_algorithms.inc"
};

table_key key_in_table(const library_state& libraries, const matrix_product& p) {
  return {libraries.architecture, p.N,    p.K,  p.in, p.out, p.a.transposed, p.b.transposed,
          p.bias != nullptr,      p.relu, p.add};
}

// ---- descriptions ----

std::string text_of(const matrix_product& p) {
  const auto name = [](element type) { return type == element::float32 ? "float" : "bfloat16"; };
  return message("product of ", std::array{p.M, p.K}, " and ", std::array{p.K, p.N}, ", ", name(p.in), " to ",
                 name(p.out));
}

cudaDataType_t type_of(element type) { return type == element::float32 ? CUDA_R_32F : CUDA_R_16BF; }

/// The bytes, 16 at most, at whose multiples these lie.
std::uint32_t alignment_of(const void* data) {
  const auto address = reinterpret_cast<std::uintptr_t>(data) | 16;
  return std::uint32_t(address & (~address + 1));
}

template <class Value>
void set(product_plan& plan, cublasLtMatmulDescAttributes_t attribute, Value value) {
  check(cublasLtMatmulDescSetAttribute(&plan.operation, attribute, &value, sizeof value),
        "cublasLtMatmulDescSetAttribute");
}

/// What lies in memory as [rows, columns], `step` from one row to the next.
void set_layout(cublasLtMatrixLayoutOpaque_t& layout, element type, dim rows, dim columns, dim step,
                dim batch, dim batch_step) {
  check(cublasLtMatrixLayoutInit(&layout, type_of(type), columns, rows, step), "cublasLtMatrixLayoutInit");
  const std::int32_t count = std::int32_t(batch);
  const std::int64_t apart = batch_step;
  check(cublasLtMatrixLayoutSetAttribute(&layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof count),
        "cublasLtMatrixLayoutSetAttribute");
  check(cublasLtMatrixLayoutSetAttribute(&layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &apart,
                                         sizeof apart),
        "cublasLtMatrixLayoutSetAttribute");
}

/// A plan without an algorithm.
product_plan describe(const matrix_product& p) {
  product_plan plan{};
  check(cublasLtMatmulDescInit(&plan.operation, CUBLAS_COMPUTE_32F, CUDA_R_32F), "cublasLtMatmulDescInit");
  const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
  set(plan, CUBLASLT_MATMUL_DESC_TRANSA, operation(p.b.transposed));
  set(plan, CUBLASLT_MATMUL_DESC_TRANSB, operation(p.a.transposed));
  set(plan, CUBLASLT_MATMUL_DESC_EPILOGUE,
      p.bias ? (p.relu ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_BIAS)
             : (p.relu ? CUBLASLT_EPILOGUE_RELU : CUBLASLT_EPILOGUE_DEFAULT));
  if (p.bias) set(plan, CUBLASLT_MATMUL_DESC_BIAS_POINTER, p.bias);
  const auto lay = [&](cublasLtMatrixLayoutOpaque_t& layout, const matrix_product::operand& x, dim rows,
                       dim columns) {
    if (x.transposed) std::swap(rows, columns);
    set_layout(layout, p.in, rows, columns, x.step, p.batch, x.batch_step);
  };
  lay(plan.first, p.b, p.K, p.N);
  lay(plan.second, p.a, p.M, p.K);
  set_layout(plan.result, p.out, p.M, p.N, p.y_step, p.batch, p.y_batch_step);
  return plan;
}

// ---- algorithms ----

/// The algorithms that the heuristic offers, the one it thinks fastest first.
std::vector<cublasLtMatmulHeuristicResult_t> candidates(library_state& libraries, const matrix_product& p,
                                                        int most) {
  cublasLtMatmulPreferenceOpaque_t preference;
  check(cublasLtMatmulPreferenceInit(&preference), "cublasLtMatmulPreferenceInit");
  const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t attribute, auto value) {
    check(cublasLtMatmulPreferenceSetAttribute(&preference, attribute, &value, sizeof value),
          "cublasLtMatmulPreferenceSetAttribute");
  };
  prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, std::uint64_t(most_workspace));
  prefer(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, std::uint32_t(CUBLASLT_REDUCTION_SCHEME_NONE));
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment_of(p.b.data));
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment_of(p.a.data));
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignment_of(p.y));
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignment_of(p.y));

  product_plan plan = describe(p);
  std::vector<cublasLtMatmulHeuristicResult_t> offered(most);
  int count = 0;
  check(cublasLtMatmulAlgoGetHeuristic(libraries.matrices.get(), &plan.operation, &plan.first, &plan.second,
                                       &plan.result, &plan.result, &preference, most, offered.data(), &count),
        message("cublasLtMatmulAlgoGetHeuristic: ", text_of(p)));
  offered.resize(count);
  std::erase_if(offered, [](const auto& one) { return one.state != CUBLAS_STATUS_SUCCESS; });
  return offered;
}

/// True if the algorithm can compute the plan, which then has it.
bool takes(library_state& libraries, product_plan& plan, const cublasLtMatmulAlgo_t& algorithm) {
  plan.choice.algo = algorithm;
  return cublasLtMatmulAlgoCheck(libraries.matrices.get(), &plan.operation, &plan.first, &plan.second,
                                 &plan.result, &plan.result, &algorithm,
                                 &plan.choice) == CUBLAS_STATUS_SUCCESS &&
         plan.choice.workspaceSize <= most_workspace;
}

bool takes_from_table(library_state& libraries, const matrix_product& p, product_plan& plan) {
  for (const void* data : {p.a.data, p.b.data, static_cast<const void*>(p.y), p.bias})
    if (alignment_of(data) < 16) return false;
  const auto row = std::ranges::find(table, key_in_table(libraries, p), &matrix_algorithm::product);
  if (row == table.end()) return false;
  cublasLtMatmulAlgo_t algorithm;
  if (cublasLtMatmulAlgoInit(libraries.matrices.get(), CUBLAS_COMPUTE_32F, CUDA_R_32F, type_of(p.in),
                             type_of(p.in), type_of(p.out), type_of(p.out), row->id,
                             &algorithm) != CUBLAS_STATUS_SUCCESS)
    return false;  // of another version of cuBLAS
  bool known = true;
  const auto configure = [&](cublasLtMatmulAlgoConfigAttributes_t attribute, auto value) {
    known = known && cublasLtMatmulAlgoConfigSetAttribute(&algorithm, attribute, &value, sizeof value) ==
                         CUBLAS_STATUS_SUCCESS;
  };
  configure(CUBLASLT_ALGO_CONFIG_TILE_ID, row->tile);
  configure(CUBLASLT_ALGO_CONFIG_STAGES_ID, row->stages);
  configure(CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, row->custom);
  configure(CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING, row->swizzle);
  configure(CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID, row->inner_shape);
  configure(CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID, row->cluster);
  return known && takes(libraries, plan, algorithm);
}

product_plan make_plan(library_state& libraries, const matrix_product& p) {
  product_plan plan = describe(p);
  if (takes_from_table(libraries, p, plan)) return plan;
  matrix_product usual = p;
  if (!p.a.transposed && p.batch == 1) usual.M = usual_rows;
  for (const auto& asked : {usual, p})
    for (const auto& offered : candidates(libraries, asked, 1))
      if (takes(libraries, plan, offered.algo)) return plan;
  check(CUBLAS_STATUS_NOT_SUPPORTED, text_of(p));
  return plan;
}

product_plan& find_plan(library_state& libraries, const matrix_product& p) {
  const std::array<dim, 20> key{p.M,
                                p.N,
                                p.K,
                                p.batch,
                                dim(p.in),
                                dim(p.out),
                                p.a.step,
                                p.a.batch_step,
                                p.a.transposed,
                                p.b.step,
                                p.b.batch_step,
                                p.b.transposed,
                                p.y_step,
                                p.y_batch_step,
                                p.relu,
                                p.add,
                                alignment_of(p.a.data),
                                alignment_of(p.b.data),
                                alignment_of(p.y),
                                p.bias ? alignment_of(p.bias) : 0};
  const auto known = libraries.products.find(key);
  if (known != libraries.products.end()) return known->second.second;
  return libraries.products.emplace(key, std::pair{p, make_plan(libraries, p)}).first->second.second;
}

void run(device& device, const matrix_product& p, product_plan& plan) {
  auto scope = device.scope();
  const auto workspace = device.take<std::byte>(dim(plan.choice.workspaceSize));
  if (p.bias) set(plan, CUBLASLT_MATMUL_DESC_BIAS_POINTER, p.bias);
  const float one = 1, kept = p.add ? 1 : 0;
  check(cublasLtMatmul(device.libraries().matrices.get(), &plan.operation, &one, p.b.data, &plan.first,
                       p.a.data, &plan.second, &kept, p.y, &plan.result, p.y, &plan.result, &plan.choice.algo,
                       workspace.data, plan.choice.workspaceSize, device.stream()),
        message("cublasLtMatmul: ", text_of(p)));
}

}  // namespace

void multiply(device& device, const matrix_product& p) {
  check(cudaSetDevice(device.number()), "cudaSetDevice");
  run(device, p, find_plan(device.libraries(), p));
}

}  // namespace eev::cuda
