#include <doctest/doctest.h>

#include <eev/cuda/image_patches.hpp>
#include <eev/reference/image_patches.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "formula_inputs.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<T> patches_of(const std::vector<std::uint8_t>& rgb, dim B, dim H, dim W) {
  cuda::device device;
  const device_tensor<std::uint8_t> from(device, rgb);
  const device_tensor<T> y(device, dim(rgb.size()));
  image_patches(device, y.as(B, H / 4, W / 4, 48), from.as(B, H, W, 3));
  return y.values();
}

}  // namespace

TEST_CASE("image patches agree with the reference") {
  for (auto [B, H, W] : {std::array<dim, 3>{1, 4, 4}, {3, 12, 20}, {1, 4, 260}}) {
    const auto rgb = formula_image(B, H, W);
    std::vector<double> expected(rgb.size());
    reference::device<double> exact;
    image_patches(exact, shaped(expected, B, H / 4, W / 4, 48), shaped(rgb, B, H, W, 3));
    in_every_order([&] {
      INFO("rgb [", B, ", ", H, ", ", W, ", 3]");
      CHECK(largest_difference(patches_of<float>(rgb, B, H, W), expected) <
            1e-6);  // measured on the CPU runner: 3e-7
      CHECK(largest_difference(patches_of<bfloat16>(rgb, B, H, W), expected) <
            1.0 / 128);  // one rounding of values below 2.7
    });
  }
}

TEST_CASE("image patches of no images do nothing, those of misfits are refused") {
  cuda::device device;
  const device_tensor<std::uint8_t> rgb(device, formula_image(1, 6, 4));
  const device_tensor<float> y(device, 72);
  image_patches(device, y.tensor().slices(0, 0).as(0, 1, 1, 48), rgb.tensor().slices(0, 0).as(0, 4, 4, 3));
  CHECK_THROWS_WITH_AS(image_patches(device, y.as(1, 1, 1, 72), rgb.as(1, 6, 4, 3)),
                       "image_patches: y [1, 1, 1, 72], rgb [1, 6, 4, 3]; expected y [B, H/4, W/4, 48], rgb "
                       "[B, H, W, 3]",
                       error);
  CHECK_THROWS_WITH_AS(
      image_patches(device, y.tensor().slices(0, 48).as(1, 1, 1, 48),
                    rgb.tensor().slices(1, 49).as(1, 4, 4, 3)),
      "image_patches: rgb is not aligned to 4 bytes or y not to 4 elements; expected tensors "
      "that begin at whole vectors",
      error);
}
