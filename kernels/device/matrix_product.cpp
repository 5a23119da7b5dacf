// kernels/device/matrix_product.hpp by cuBLASLt.
//
// Which algorithm: the committed table's, else the first answer of cuBLASLt's heuristic. Neither depends on
// the number of rows M, and none splits the sum over K, so that a row of y gets the same bits in any batch;
// nothing is timed. Only where a is transposed, which is where K is the batch, the sum may be split: its
// parts are added in a fixed order. Workspace comes from the device's scratch memory.
#include "matrix_product.hpp"

#include "algorithm_table.hpp"

namespace eev::cuda {

namespace {

constexpr std::size_t most_workspace = std::size_t{32} << 20;  // as NVIDIA advises for compute capability 9.0
constexpr dim usual_rows = 4096;                               // M of which the heuristic is asked

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

cublasComputeType_t arithmetic_of(const matrix_product& p) {
  return p.rounded ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
}

/// A plan without an algorithm.
product_plan describe(const matrix_product& p) {
  product_plan plan{};
  check(cublasLtMatmulDescInit(&plan.operation, arithmetic_of(p), CUDA_R_32F), "cublasLtMatmulDescInit");
  const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
  set(plan, CUBLASLT_MATMUL_DESC_TRANSA, operation(p.b.transposed));
  set(plan, CUBLASLT_MATMUL_DESC_TRANSB, operation(p.a.transposed));
  constexpr cublasLtEpilogue_t without_bias[] = {CUBLASLT_EPILOGUE_DEFAULT, CUBLASLT_EPILOGUE_RELU,
                                                 CUBLASLT_EPILOGUE_GELU},
                               with_bias[] = {CUBLASLT_EPILOGUE_BIAS, CUBLASLT_EPILOGUE_RELU_BIAS,
                                              CUBLASLT_EPILOGUE_GELU_BIAS};
  set(plan, CUBLASLT_MATMUL_DESC_EPILOGUE, (p.bias ? with_bias : without_bias)[int(p.after)]);
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
  prefer(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
         std::uint32_t(p.a.transposed ? CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE
                                      : CUBLASLT_REDUCTION_SCHEME_NONE));
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
  bool known = cublasLtMatmulAlgoInit(libraries.matrices.get(), arithmetic_of(p), CUDA_R_32F, type_of(p.in),
                                      type_of(p.in), type_of(p.out), type_of(p.out), int(row->options[0]),
                                      &algorithm) == CUBLAS_STATUS_SUCCESS;  // else of another cuBLAS
  for (std::size_t i = 1; known && i < std::size(algorithm_options); ++i)
    known = cublasLtMatmulAlgoConfigSetAttribute(&algorithm, algorithm_options[i].name, &row->options[i],
                                                 algorithm_options[i].bytes) == CUBLAS_STATUS_SUCCESS;
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
  dim flags = dim(p.after), alignments = 0;
  for (bool flag : {p.a.transposed, p.b.transposed, p.add, p.rounded}) flags = 2 * flags + flag;
  for (const void* data : {p.a.data, p.b.data, static_cast<const void*>(p.y), p.bias})
    alignments = 32 * alignments + (data ? alignment_of(data) : 0);
  const product_key key{p.M,       p.N,
                        p.K,       p.batch,
                        p.a.step,  p.a.batch_step,
                        p.b.step,  p.b.batch_step,
                        p.y_step,  p.y_batch_step,
                        dim(p.in), dim(p.out),
                        flags,     alignments};
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

// ---- tuning ----

constexpr int most_candidates = 32, timed_runs = 10;

/// Milliseconds of one run.
float time_of(device& device, const matrix_product& p, product_plan& plan) {
  const auto event = [] {
    cudaEvent_t made = nullptr;
    check(cudaEventCreate(&made), "cudaEventCreate");
    return std::unique_ptr<CUevent_st, cudaError_t (*)(cudaEvent_t)>(made, cudaEventDestroy);
  };
  const auto begin = event(), end = event();
  run(device, p, plan);
  check(cudaEventRecord(begin.get(), device.stream()), "cudaEventRecord");
  for (int i = 0; i < timed_runs; ++i) run(device, p, plan);
  check(cudaEventRecord(end.get(), device.stream()), "cudaEventRecord");
  check(cudaEventSynchronize(end.get()), "cudaEventSynchronize");
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()), "cudaEventElapsedTime");
  return milliseconds / timed_runs;
}

/// The same product over scratch memory, since the tensors that it was made of may be gone.
matrix_product over_scratch(device& device, matrix_product p) {
  const auto take = [&](element type, dim rows, dim columns, dim step, dim batch_step) {
    const dim size = (rows - 1) * step + columns + (p.batch - 1) * batch_step;
    return device.take<std::byte>(size * (type == element::float32 ? 4 : 2)).data;
  };
  const auto factor = [&](matrix_product::operand& x, dim rows, dim columns) {
    if (x.transposed) std::swap(rows, columns);
    x.data = take(p.in, rows, columns, x.step, x.batch_step);
  };
  factor(p.a, p.M, p.K);
  factor(p.b, p.K, p.N);
  p.y = take(p.out, p.M, p.N, p.y_step, p.y_batch_step);
  if (p.bias) p.bias = take(p.out, 1, p.N, p.N, 0);
  return p;
}

matrix_algorithm row_of(const table_key& key, const cublasLtMatmulAlgo_t& algorithm) {
  matrix_algorithm row{key, {}};
  for (std::size_t i = 0; i < std::size(algorithm_options); ++i)
    check(cublasLtMatmulAlgoConfigGetAttribute(&algorithm, algorithm_options[i].name, &row.options[i],
                                               algorithm_options[i].bytes, nullptr),
          "cublasLtMatmulAlgoConfigGetAttribute");
  return row;
}

}  // namespace

std::string tune_products(device& device) {
  check(cudaSetDevice(device.number()), "cudaSetDevice");
  library_state& libraries = device.libraries();
  std::map<table_key, matrix_algorithm> rows;  // of products that differ in M only, the last is the largest
  for (const auto& row : table) rows.insert({row.product, row});
  for (const auto& [_, made] : libraries.products) {
    auto scope = device.scope();
    const matrix_product p = over_scratch(device, made.first);
    product_plan plan = describe(p);
    float least = std::numeric_limits<float>::infinity();
    for (const auto& candidate : candidates(libraries, p, most_candidates)) {
      if (!takes(libraries, plan, candidate.algo)) continue;
      const float time = time_of(device, p, plan);
      if (time >= least) continue;
      least = time;
      rows[key_in_table(libraries, p)] = row_of(key_in_table(libraries, p), candidate.algo);
    }
  }
  std::string text =
      "// Which of cuBLASLt's algorithms multiplies matrices: rows of matrix_algorithm "
      "(algorithm_table.hpp).\n"
      "// Written by `tools/gpu-check --tune`. A product without a row takes the heuristic's first answer.\n";
  for (const auto& [_, row] : rows) text += text_of(row);
  return text;
}

void multiply(device& device, matrix_product p) {
  p.rounded = rounds(device, p);
  check(cudaSetDevice(device.number()), "cudaSetDevice");
  run(device, p, find_plan(device.libraries(), p));
}

}  // namespace eev::cuda
