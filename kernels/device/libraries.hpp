// In:  nothing.  Out: what the vendor's libraries keep for one device: handles, and which algorithm each
// shape of a product takes.  Rests on: core.
//
// The second seam below cuda::device, beside runtime.hpp: matrix_product.hpp and convolution.hpp describe
// what a library is to compute. device/*.cpp hand that to cuBLASLt and cuDNN; in tests without a GPU
// tests/kernels/runner/ computes it on the host, element by element as it is described.
#pragma once

#include <eev/core/bfloat16.hpp>

namespace eev::cuda {

enum class element { float32, bfloat16 };

template <class T>
constexpr element element_of = element::float32;
template <>
inline constexpr element element_of<bfloat16> = element::bfloat16;

struct library_state;

/// For the device that this thread has selected.
library_state* create_libraries();
void destroy_libraries(library_state* libraries);

}  // namespace eev::cuda
