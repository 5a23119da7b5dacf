// kernels/device/matrix_product.hpp on the host: each element is read where its description says it lies, so
// that the address sanitizer sees a wrong one, and summed in the order of k.
#include "device/matrix_product.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "failure.hpp"
#include "stream.hpp"

namespace eev::cuda {

struct library_state {};

library_state* create_libraries() { return new library_state; }
void destroy_libraries(library_state* libraries) { delete libraries; }

namespace {

/// What cuBLASLt would refuse, or read as something else.
void check_layout(const char* name, const matrix_product::operand& x, dim rows, dim columns, dim batch) {
  if (x.transposed) std::swap(rows, columns);
  runner::require_that(x.data && x.step >= columns, "matrix product: ", name, " has rows of ", columns,
                       " elements, ", x.step, " apart");
  runner::require_that(batch == 1 || x.batch_step == 0 || x.batch_step >= x.step * (rows - 1) + columns,
                       "matrix product: matrices ", name, " lie ", x.batch_step,
                       " elements apart and overlap");
}

/// The nearest number of TF32, which has 10 bits after the first.
float in_tf32(float value) {
  auto bits = std::bit_cast<std::uint32_t>(value);
  return std::isfinite(value) ? std::bit_cast<float>((bits + 0x1000u) & ~0x1fffu) : value;
}

/// A factor [rows, columns], each element read once.
template <class T>
std::vector<float> read_factor(const matrix_product::operand& x, dim batch, dim rows, dim columns,
                               bool rounded) {
  std::vector<float> values;
  values.reserve(rows * columns);
  const auto* first = static_cast<const T*>(x.data) + batch * x.batch_step;
  for (dim row = 0; row < rows; ++row)
    for (dim column = 0; column < columns; ++column) {
      const float value(first[x.transposed ? column * x.step + row : row * x.step + column]);
      values.push_back(rounded ? in_tf32(value) : value);
    }
  return values;
}

/// sums [n] += factor row [n]. The sanitizers need not see it: no kernel's memory is touched.
[[gnu::optimize("O3"), gnu::no_sanitize("address", "thread")]] void add_scaled(float* sums, float factor,
                                                                               const float* row, dim n) {
  for (dim i = 0; i < n; ++i) sums[i] += factor * row[i];
}

float activated(float x, activation after) {
  if (after == activation::relu) return x > 0 ? x : 0;
  if (after == activation::none) return x;
  return 0.5f * x * (1 + std::tanh(0.79788456f * (x + 0.044715f * x * x * x)));
}

template <class Out, class In>
void multiply_elements(const matrix_product& p) {
  for (dim batch = 0; batch < p.batch; ++batch) {
    const auto a = read_factor<In>(p.a, batch, p.M, p.K, p.rounded);
    const auto b = read_factor<In>(p.b, batch, p.K, p.N, p.rounded);
    std::vector<float> sums(p.N);
    for (dim m = 0; m < p.M; ++m) {
      std::ranges::fill(sums, 0.0f);
      for (dim k = 0; k < p.K; ++k) add_scaled(sums.data(), a[m * p.K + k], b.data() + k * p.N, p.N);
      for (dim n = 0; n < p.N; ++n) {
        Out& y = static_cast<Out*>(p.y)[batch * p.y_batch_step + m * p.y_step + n];
        float sum = sums[n];
        if (p.add) sum += float(y);
        if (p.bias) sum += static_cast<const Out*>(p.bias)[n];
        y = Out(activated(sum, p.after));
      }
    }
  }
}

}  // namespace

void multiply(device& device, matrix_product p) {
  p.rounded = rounds(device, p);
  check_layout("a", p.a, p.M, p.K, p.batch);
  check_layout("b", p.b, p.K, p.N, p.batch);
  check_layout("y", {p.y, p.y_step, false, p.y_batch_step}, p.M, p.N, p.batch);
  runner::require_that(p.batch == 1 || p.y_batch_step > 0, "matrix product: all of a batch go to the same y");
  runner::begin(device.stream(), [p] {
    if (p.in == element::float32) return multiply_elements<float, float>(p);
    if (p.out == element::float32) return multiply_elements<float, bfloat16>(p);
    multiply_elements<bfloat16, bfloat16>(p);
  });
}

std::string tune_products(device&) { return {}; }

}  // namespace eev::cuda
