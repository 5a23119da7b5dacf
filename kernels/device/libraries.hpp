// In:  nothing.  Out: what the vendor's libraries keep for one device: handles, and which algorithm each
// shape of a product takes.  Rests on: nothing.
//
// The second seam below cuda::device, beside runtime.hpp: matrix_product.hpp and convolution.hpp describe
// what a library is to compute. device/*.cpp hand that to cuBLASLt and cuDNN; in tests without a GPU
// tests/kernels/runner/ computes it on the host, element by element as it is described.
#pragma once

namespace eev::cuda {

struct library_state;

/// For the device that this thread has selected.
library_state* create_libraries();
void destroy_libraries(library_state* libraries);

}  // namespace eev::cuda
