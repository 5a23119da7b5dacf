#include <doctest/doctest.h>

#include <eev/cuda/adam.hpp>
#include <eev/reference/adam.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Parameters and moments after two steps of N parameters.
struct trajectory {
  dim N;
  adam_settings settings;
  std::vector<float> x = random_values(N, 1), gradients[2] = {random_values(N, 2), random_values(N, 3)};

  std::vector<double> expected() const {
    reference::device<double> device;
    auto parameters = as_double(x);
    std::vector<double> mean(N), square(N);
    for (dim step : {1, 2})
      adam(device, shaped(parameters, N), shaped(mean, N), shaped(square, N),
           shaped(as_double(gradients[step - 1]), N), settings, step);
    return joined(parameters, mean, square);
  }

  std::vector<float> on_gpu() const {
    cuda::device device;
    const std::vector<float> zeros(N);
    const device_tensor<float> parameters(device, x), mean(device, zeros), square(device, zeros);
    for (dim step : {1, 2}) {
      const device_tensor<float> gradient(device, gradients[step - 1]);
      adam(device, parameters.tensor(), mean.tensor(), square.tensor(), gradient.tensor(), settings, step);
    }
    return joined(parameters.values(), mean.values(), square.values());
  }

 private:
  template <class T>
  static std::vector<T> joined(std::vector<T> a, const std::vector<T>& b, const std::vector<T>& c) {
    a.insert(a.end(), b.begin(), b.end());
    a.insert(a.end(), c.begin(), c.end());
    return a;
  }
};

}  // namespace

TEST_CASE("Adam and AdamW on the GPU go where the reference goes") {
  for (dim N : {1, 300})
    for (bool decoupled : {false, true}) {
      const trajectory steps{N, {.rate = 0.01, .decay = 0.1, .decoupled = decoupled}};
      const auto expected = steps.expected();
      in_every_order([&] { CHECK(largest_difference(steps.on_gpu(), expected) < 1e-6); });
    }
}

TEST_CASE("a gradient that is not a number spoils its own parameter alone") {
  trajectory steps{300, {}};
  steps.gradients[0][7] = NAN;
  const auto x = steps.on_gpu();
  for (dim i = 0; i < 300; ++i) CHECK(std::isnan(x[i]) == (i == 7));
}

TEST_CASE("Adam of no parameters does nothing, of misfits it is refused") {
  CHECK(trajectory{0, {}}.on_gpu().empty());
  cuda::device device;
  const device_tensor<float> x(device, dim(4)), other(device, dim(3));
  CHECK_THROWS_WITH_AS(adam(device, x.tensor(), x.tensor(), other.tensor(), x.tensor(), {}, 1),
                       "adam: x [4], mean [4], square [3], gradient [4], step 1; expected the same shape "
                       "four times, steps from 1",
                       error);
  CHECK_THROWS_AS(adam(device, x.tensor(), x.tensor(), x.tensor(), x.tensor(), {}, 0), error);
}
