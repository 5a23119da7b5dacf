#include <doctest/doctest.h>

#include <eev/cuda/class_loss.hpp>
#include <eev/reference/class_loss.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("the class loss on the GPU agrees with the reference, with classes and without, in place") {
  for (const auto& [R, N, classes] :
       {std::tuple<dim, dim, bool>{1, 1, false}, {7, 7, false}, {9, 67, true}, {0, 3, true}}) {
    const auto logits = random_values(R * N, 1);
    std::vector<float> wanted;
    for (dim r = 0; r < R; ++r) wanted.push_back(float((5 * r + 2) % N));
    std::vector<double> loss{0.5}, gradient(R * N);
    reference::device<double> exact;
    const auto exact_wanted = as_double(wanted);
    class_loss(exact, shaped(loss, 1), shaped(gradient, R, N), shaped(as_double(logits), R, N),
               classes ? shaped(exact_wanted, R) : const_view<double, 1>{}, 0.7);
    in_every_order([&, R = R, N = N, classes = classes] {
      cuda::device device;
      const device_tensor<float> ours(device, std::vector<float>{0.5f}), rows(device, logits),
          which(device, wanted);
      class_loss(device, ours.tensor(), rows.as(R, N), rows.as(R, N),
                 classes ? view<const float, 1>(which.tensor()) : view<const float, 1>{}, 0.7);
      CHECK(ours.values()[0] == doctest::Approx(loss[0]).epsilon(1e-6));
      CHECK(largest_difference(rows.values(), gradient) < 1e-6);
    });
  }
}

TEST_CASE("a not-a-number spoils the class loss and the gradients of its row alone on the GPU") {
  cuda::device device;
  const device_tensor<float> loss(device, std::vector<float>{0}), logits(device, {1, 2, 3, 1, NAN, 3});
  class_loss(device, loss.tensor(), logits.as(2, 3), logits.as(2, 3), {}, 1);
  CHECK(std::isnan(loss.values()[0]));
  for (dim i = 0; i < 6; ++i) CHECK(std::isnan(logits.values()[i]) == (i >= 3));
}

TEST_CASE("class_loss on the GPU refuses shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> one(device, dim(1)), six(device, dim(6));
  CHECK_THROWS_WITH_AS(class_loss(device, one.tensor(), six.as(3, 2), six.as(3, 2), {}, 1),
                       "class_loss: loss [1], dlogits [3, 2], logits [3, 2], classes [0]; expected loss [1], "
                       "dlogits and logits [R, N], classes [R] or none and R <= N",
                       error);
}
