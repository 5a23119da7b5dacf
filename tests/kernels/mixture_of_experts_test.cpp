#include <doctest/doctest.h>

#include <eev/cuda/mixture_of_experts.hpp>
#include <eev/reference/mixture_of_experts.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a mixture of experts and its gradients on the GPU agree with the reference, in place") {
  for (auto [R, E, M] : {std::array<dim, 3>{1, 1, 1}, {3, 15, 2}, {47, 3, 5}, {0, 15, 2}}) {
    auto gates = random_values(R * E * (M + 1), 1), experts = random_values(R * E * M, 2);
    const auto dy = random_values(R * E, 3);
    for (auto* logits : {&gates, &experts})
      for (float& logit : *logits) logit *= 100;  // to where exp overflows
    std::vector<double> y(R * E), dgates(gates.size()), dexperts(experts.size());
    reference::device<double> exact;
    const auto g = as_double(gates), e = as_double(experts), d = as_double(dy);
    mixture_of_experts(exact, shaped(y, R, E), shaped(g, R, E * (M + 1)), shaped(e, R, E * M));
    mixture_of_experts_backward(exact, shaped(dgates, R, E * (M + 1)), shaped(dexperts, R, E * M),
                                shaped(d, R, E), shaped(y, R, E), shaped(g, R, E * (M + 1)),
                                shaped(e, R, E * M));
    in_every_order([&, R = R, E = E, M = M] {
      cuda::device device;
      const device_tensor<float> open(device, gates), said(device, experts), gradient(device, dy),
          scores(device, R * E);
      const auto open_ = open.as(R, E * (M + 1)), said_ = said.as(R, E * M);
      mixture_of_experts(device, scores.as(R, E), open_, said_);
      mixture_of_experts_backward(device, open_, said_, gradient.as(R, E), scores.as(R, E), open_, said_);
      CHECK(largest_difference(scores.values(), y) < 2e-6);
      CHECK(largest_difference(open.values(), dgates) < 2e-6);
      CHECK(largest_difference(said.values(), dexperts) < 2e-6);
    });
  }
}

TEST_CASE("a mixture of experts on the GPU keeps a not-a-number to its place") {
  cuda::device device;
  const device_tensor<float> gates(device, {0, NAN, 0, 0, 0, 0}), experts(device, {0, 0, NAN}),
      y(device, dim(3));
  mixture_of_experts(device, y.as(1, 3), gates.as(1, 6), experts.as(1, 3));
  for (dim i = 0; i < 3; ++i) CHECK(std::isnan(y.values()[i]) == (i != 1));
}

TEST_CASE("mixture_of_experts and its way back on the GPU refuse shapes that do not fit") {
  cuda::device device;
  const device_tensor<float> six(device, dim(6)), four(device, dim(4)), two(device, dim(2));
  CHECK_THROWS_WITH_AS(
      mixture_of_experts(device, two.as(1, 2), four.as(1, 4), four.as(1, 4)),
      "mixture_of_experts: y [1, 2], gates [1, 4], experts [1, 4]; expected y [R, E], gates [R, E (M + 1)], "
      "experts [R, E M]",
      error);
  CHECK_THROWS_AS(mixture_of_experts_backward(device, six.as(1, 6), four.as(1, 4), two.as(2, 1), two.as(1, 2),
                                              six.as(1, 6), four.as(1, 4)),
                  error);
}
