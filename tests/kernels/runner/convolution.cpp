// kernels/device/convolution.hpp on the host: each element is read where its description says it lies, so
// that the address sanitizer sees a wrong one.
#include "device/convolution.hpp"

#include "stream.hpp"

namespace eev::cuda {

namespace {

template <class T>
void convolve_elements(const convolution& task) {
  const view<const T, 4> x{static_cast<const T*>(task.x), task.image},
      filters{static_cast<const T*>(task.filters), task.filter};
  const view<T, 4> y{static_cast<T*>(task.y), task.result};
  const auto [B, Y, X, N] = task.result;
  const dim H = task.image[1], W = task.image[2], C = task.filter[3], filters_of_group = N / task.groups();
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < Y; ++h)
      for (dim w = 0; w < X; ++w)
        for (dim n = 0; n < N; ++n) {
          float sum = 0;
          for (dim i = 0; i < task.filter[1]; ++i)
            for (dim j = 0; j < task.filter[2]; ++j) {
              const dim row = h * task.stride[0] + i - task.padding[0],
                        column = w * task.stride[1] + j - task.padding[1];
              if (row < 0 || row >= H || column < 0 || column >= W) continue;
              for (dim c = 0, first = n / filters_of_group * C; c < C; ++c)
                sum += float(x(b, row, column, first + c)) * float(filters(n, i, j, c));
            }
          if (task.add) sum += float(y(b, h, w, n));
          if (task.bias) sum += static_cast<const T*>(task.bias)[n];
          y(b, h, w, n) = T(task.relu && sum < 0 ? 0.0f : sum);
        }
}

}  // namespace

void convolve(device& device, const convolution& task) {
  runner::begin(device.stream(), [task] {
    if (task.type == element::float32) return convolve_elements<float>(task);
    convolve_elements<bfloat16>(task);
  });
}

}  // namespace eev::cuda
