#include <doctest/doctest.h>

#include <eev/cuda/patch_merging.hpp>
#include <eev/reference/patch_merging.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct merging_case {
  dim B, H, W, C;
  std::vector<float> x, gain, bias;

  merging_case(dim B, dim H, dim W, dim C)
      : B(B),
        H(H),
        W(W),
        C(C),
        x(random_values(B * H * W * C, 1)),
        gain(random_values(4 * C, 2)),
        bias(random_values(4 * C, 3)) {}

  std::vector<double> expected() const {
    std::vector<double> y(x.size());
    reference::device<double> device;
    patch_merging(device, shaped(y, B, H / 2, W / 2, 4 * C), shaped(as_double(x), B, H, W, C),
                  shaped(as_double(gain), 4 * C), shaped(as_double(bias), 4 * C), 1e-5f);
    return y;
  }

  template <class T>
  std::vector<T> on_gpu() const {
    cuda::device device;
    const device_tensor<float> from(device, x), by(device, gain), plus(device, bias);
    const device_tensor<T> y(device, dim(x.size()));
    patch_merging(device, y.as(B, H / 2, W / 2, 4 * C), from.as(B, H, W, C), by.tensor(), plus.tensor(),
                  1e-5f);
    return y.values();
  }
};

void agrees_with_the_reference(dim B, dim H, dim W, dim C) {
  const merging_case merging(B, H, W, C);
  const auto expected = merging.expected();
  in_every_order([&] {
    INFO("x [", B, ", ", H, ", ", W, ", ", C, "]");
    CHECK(largest_difference(merging.on_gpu<float>(), expected) < 1e-5);  // measured on the CPU runner: 4e-7
    CHECK(largest_difference(merging.on_gpu<bfloat16>(), expected) <
          1.0 / 64);  // one rounding of values below 4
  });
}

}  // namespace

TEST_CASE("patch merging agrees with the reference, in whole vectors or not") {
  for (auto [B, H, W, C] :
       {std::array<dim, 4>{1, 2, 2, 1}, {1, 2, 4, 33}, {2, 4, 6, 4}, {1, 2, 10, 96}, {1, 2, 4, 516}})
    agrees_with_the_reference(B, H, W, C);
}

TEST_CASE("large: patch merging agrees with the reference in more and longer rows") {
  for (auto [B, H, W, C] : {std::array<dim, 4>{2, 6, 4, 33},
                            {3, 2, 14, 96},
                            {1, 2, 4, 64},
                            {1, 2, 2, 192},
                            {1, 2, 2, 384},
                            {1, 2, 2, 768}})
    agrees_with_the_reference(B, H, W, C);
}

TEST_CASE("patch merging keeps a not-a-number to its row") {
  merging_case merging(1, 4, 4, 8);
  merging.x[(2 * 4 + 1) * 8 + 3] = NAN;  // token (2, 1) goes to row (1, 0)
  const auto y = merging.on_gpu<float>();
  for (dim i = 0; i < dim(y.size()); ++i) CHECK(std::isnan(y[i]) == (i / 32 == 2));
}

TEST_CASE("patch merging of no images does nothing, one of misfits is refused") {
  cuda::device device;
  const device_tensor<float> x(device, 6), y(device, 8), four(device, 4);
  patch_merging(device, y.as(2, 1, 1, 4).slices(0, 0), x.as(1, 2, 3, 1).slices(0, 0).as(0, 2, 2, 1),
                four.tensor(), four.tensor(), 1e-5f);
  CHECK_THROWS_WITH_AS(
      patch_merging(device, y.as(2, 1, 1, 4), x.as(1, 3, 2, 1), four.tensor(), four.tensor(), 1e-5f),
      "patch_merging: y [2, 1, 1, 4], x [1, 3, 2, 1]; expected y [B, H/2, W/2, 4C], x [B, H, W, C]", error);
  CHECK_THROWS_WITH_AS(
      patch_merging(device, y.as(1, 1, 2, 4).slices(0, 0), x.as(1, 2, 3, 1).slices(0, 0).as(0, 2, 4, 1),
                    four.tensor(), x.tensor(), 1e-5f),
      "patch_merging: gain [4], bias [6]; expected [4]", error);
}
