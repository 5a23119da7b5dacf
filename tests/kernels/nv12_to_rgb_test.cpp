#include <doctest/doctest.h>

#include <eev/cuda/nv12_to_rgb.hpp>
#include <eev/reference/nv12_to_rgb.hpp>

#include "device_tensor.hpp"
#include "nv12_frame.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("NV12 has the bits of the reference, at even and odd sizes, in whole words or not") {
  for (auto [H, W] : {std::pair<dim, dim>{1, 1},
                      {2, 2},
                      {3, 5},
                      {16, 34},
                      {37, 1},
                      {1, 70},
                      {11, 63},
                      {1, 4},
                      {7, 8},
                      {18, 132}}) {
    const auto frame = nv12_frame::by_formula(H, W);
    for (auto matrix : {bt601, colour_matrix{0.2126, 0.0722, true}}) {
      const auto expected = frame.rgb_of(reference::device<float>(), matrix);
      for (dim skip : {0, 1})
        in_every_order([&, H = H, W = W] {
          INFO("luma [", H, ", ", W, "]");
          cuda::device device;
          const device_tensor<std::uint8_t> luma(device, frame.luma, skip), chroma(device, frame.chroma);
          const device_tensor<std::uint8_t> rgb(device, std::vector<std::uint8_t>(expected.size(), 85));
          nv12_to_rgb(device, rgb.as(H, W, 3), luma.as(H, W), chroma.as((H + 1) / 2, (W + 1) / 2, 2), matrix);
          CHECK(rgb.values() == expected);
        });
    }
  }
}

TEST_CASE("NV12 without pixels does nothing; planes that do not fit are refused") {
  cuda::device device;
  const device_tensor<std::uint8_t> rgb(device, std::vector<std::uint8_t>(72, 0)),
      luma(device, std::vector<std::uint8_t>(24, 0)), chroma(device, std::vector<std::uint8_t>(8, 0));
  nv12_to_rgb(device, rgb.as(4, 6, 3).slices(0, 0), luma.as(4, 6).slices(0, 0),
              chroma.as(2, 2, 2).slices(0, 0).as(0, 3, 2), bt601);
  CHECK_THROWS_WITH_AS(
      nv12_to_rgb(device, rgb.as(4, 6, 3), luma.as(4, 6), chroma.as(2, 2, 2), bt601),
      "nv12_to_rgb: rgb [4, 6, 3], luma [4, 6], chroma [2, 2, 2]; expected rgb [H, W, 3], luma [H, W], "
      "chroma [(H + 1) / 2, (W + 1) / 2, 2]",
      error);
  const dim most = 65535 * 8;  // a grid has 65,535 blocks of 8 rows
  CHECK_THROWS_WITH_AS(nv12_to_rgb(device, view<std::uint8_t, 3>{rgb.tensor().data, {most + 1, 1, 3}},
                                   view<std::uint8_t, 2>{luma.tensor().data, {most + 1, 1}},
                                   view<std::uint8_t, 3>{chroma.tensor().data, {most / 2 + 1, 1, 2}}, bt601),
                       "nv12_to_rgb: luma [524281, 1]; on a GPU a side has at most 524280 pixels", error);
}
