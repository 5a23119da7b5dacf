#include <doctest/doctest.h>

#include <eev/cuda/layer_norm.hpp>
#include <eev/reference/layer_norm.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct norm_case {
  dim R, C;
  std::vector<float> x, gain, bias;

  norm_case(dim R, dim C)
      : R(R), C(C), x(random_values(R * C, 2)), gain(random_values(C, 3)), bias(random_values(C, 4)) {
    for (float& value : x) value = 3 * value + 5;  // a mean far from 0
  }

  std::vector<double> expected() const {
    std::vector<double> y(R * C);
    reference::device<double> device;
    layer_norm(device, shaped(y, R, C), shaped(as_double(x), R, C), shaped(as_double(gain), C),
               shaped(as_double(bias), C), 1e-5f);
    return y;
  }

  template <class T>
  std::vector<T> on_gpu() const {
    cuda::device device;
    const device_tensor<float> from(device, x), by(device, gain), plus(device, bias);
    const device_tensor<T> y(device, R * C);
    layer_norm(device, y.as(R, C), from.as(R, C), by.as(C), plus.as(C), 1e-5f);
    return y.values();
  }
};

void agrees_with_the_reference(dim R, dim C) {
  const norm_case norm(R, C);
  const auto expected = norm.expected();
  in_every_order([&] {
    INFO("x [", R, ", ", C, "]");
    CHECK(largest_difference(norm.on_gpu<float>(), expected) < 1e-5);  // measured on the CPU runner: 2e-6
    CHECK(largest_difference(norm.on_gpu<bfloat16>(), expected) <
          1.0 / 64);  // one rounding of values below 4
  });
}

}  // namespace

TEST_CASE("layer norm agrees with the reference, whether a warp or a block has a row") {
  for (auto [R, C] :
       {std::pair<dim, dim>{1, 1}, {3, 7}, {9, 128}, {1, 132}, {17, 192}, {2, 257}, {5, 96}, {2, 2052}})
    agrees_with_the_reference(R, C);
}

TEST_CASE("large: layer norm agrees with the reference at the widths of the networks and beyond") {
  for (auto [R, C] : {std::pair<dim, dim>{49, 384},
                      {20, 768},
                      {10, 1536},
                      {3, 2048},
                      {3, 3072},
                      {2, 4096},
                      {2, 4100},
                      {5, 1537}})
    agrees_with_the_reference(R, C);
}

TEST_CASE("layer norm takes rows that do not begin at a multiple of 16 bytes") {
  const norm_case norm(3, 64);
  in_every_order([&] {
    cuda::device device;
    std::vector<float> shifted{0};
    shifted.insert(shifted.end(), norm.x.begin(), norm.x.end());
    const device_tensor<float> x(device, shifted), gain(device, norm.gain), bias(device, norm.bias);
    const device_tensor<float> y(device, 3 * 64);
    layer_norm(device, y.as(3, 64), view<const float, 2>{x.tensor().data + 1, {3, 64}}, gain.tensor(),
               bias.tensor(), 1e-5f);
    CHECK(largest_difference(y.values(), norm.expected()) < 1e-5);
  });
}

TEST_CASE("layer norm may write where it reads") {
  for (dim C : {64, 77, 2052}) {
    const norm_case norm(5, C);
    in_every_order([&] {
      cuda::device device;
      const device_tensor<float> x(device, norm.x), gain(device, norm.gain), bias(device, norm.bias);
      layer_norm(device, x.as(5, C), x.as(5, C), gain.tensor(), bias.tensor(), 1e-5f);
      CHECK(largest_difference(x.values(), norm.expected()) < 1e-5);
    });
  }
}

TEST_CASE("layer norm keeps a not-a-number to its row") {
  norm_case norm(3, 64);
  norm.x[64 + 5] = NAN;
  const auto y = norm.on_gpu<float>();
  for (dim i = 0; i < 3 * 64; ++i) CHECK(std::isnan(y[i]) == (i / 64 == 1));
}

TEST_CASE("layer norm of no rows does nothing, one of misfits is refused") {
  cuda::device device;
  const device_tensor<float> x(device, 6), y(device, 6), three(device, 3), two(device, 2);
  layer_norm(device, y.as(2, 3).slices(0, 0), x.as(2, 3).slices(0, 0), three.tensor(), three.tensor(), 1e-5f);
  CHECK_THROWS_WITH_AS(
      layer_norm(device, y.as(2, 3), x.as(2, 3), three.tensor(), two.tensor(), 1e-5f),
      "layer_norm: y [2, 3], x [2, 3], gain [3], bias [2]; expected y like x, gain and bias [3]", error);
}
