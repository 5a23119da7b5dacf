// kernels/device/matrix_product.hpp on the host: each element is read where its description says it lies, so
// that the address sanitizer sees a wrong one, and summed in the order of k.
#include "device/matrix_product.hpp"

#include "failure.hpp"
#include "stream.hpp"

namespace eev::cuda {

struct library_state {};

library_state* create_libraries() { return new library_state; }
void destroy_libraries(library_state* libraries) { delete libraries; }

namespace {

template <class T>
float element_at(const matrix_product::operand& x, dim batch, dim row, dim column) {
  if (x.transposed) std::swap(row, column);
  return static_cast<const T*>(x.data)[batch * x.batch_step + row * x.step + column];
}

/// What cuBLASLt would refuse, or read as something else.
void check_layout(const char* name, const matrix_product::operand& x, dim rows, dim columns, dim batch) {
  if (x.transposed) std::swap(rows, columns);
  runner::require_that(x.data && x.step >= columns, "matrix product: ", name, " has rows of ", columns,
                       " elements, ", x.step, " apart");
  runner::require_that(batch == 1 || x.batch_step == 0 || x.batch_step >= x.step * (rows - 1) + columns,
                       "matrix product: matrices ", name, " lie ", x.batch_step,
                       " elements apart and overlap");
}

template <class Out, class In>
void multiply_elements(const matrix_product& p) {
  for (dim batch = 0; batch < p.batch; ++batch)
    for (dim m = 0; m < p.M; ++m)
      for (dim n = 0; n < p.N; ++n) {
        float sum = 0;
        for (dim k = 0; k < p.K; ++k)
          sum += element_at<In>(p.a, batch, m, k) * element_at<In>(p.b, batch, k, n);
        Out& y = static_cast<Out*>(p.y)[batch * p.y_batch_step + m * p.y_step + n];
        if (p.add) sum += float(y);
        if (p.bias) sum += static_cast<const Out*>(p.bias)[n];
        y = Out(p.relu && !(sum > 0) ? 0.0f : sum);
      }
}

}  // namespace

void multiply(device&, const matrix_product& p) {
  check_layout("a", p.a, p.M, p.K, p.batch);
  check_layout("b", p.b, p.K, p.N, p.batch);
  check_layout("y", {p.y, p.y_step, false, p.y_batch_step}, p.M, p.N, p.batch);
  runner::require_that(p.batch == 1 || p.y_batch_step > 0, "matrix product: all of a batch go to the same y");
  runner::begin([p] {
    if (p.in == element::float32) return multiply_elements<float, float>(p);
    if (p.out == element::float32) return multiply_elements<float, bfloat16>(p);
    multiply_elements<bfloat16, bfloat16>(p);
  });
}

std::string tune_products(device&) { return {}; }

}  // namespace eev::cuda
