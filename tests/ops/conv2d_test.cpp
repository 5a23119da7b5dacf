#include <doctest/doctest.h>

#include <eev/cpu/conv2d.hpp>
#include <eev/reference/conv2d.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct conv_case {
  dim B, H, W, C, N, height, width;
  height_width stride, padding;
  dim groups = 1;

  dim Y() const { return conv_extent(H, height, stride[0], padding[0]); }
  dim X() const { return conv_extent(W, width, stride[1], padding[1]); }
};

// Odd extents, filters that are not square, strides and paddings of their own along each axis, one channel.
const conv_case conv_cases[] = {
    {1, 5, 7, 3, 4, 3, 3, {1, 1}, {1, 1}},
    {2, 96, 64, 1, 8, 3, 3, {1, 1}, {1, 1}},
    {3, 12, 8, 16, 32, 3, 3, {1, 1}, {1, 1}},
    {2, 13, 9, 5, 7, 1, 7, {1, 1}, {0, 3}},
    {1, 23, 31, 3, 17, 7, 7, {2, 2}, {3, 3}},
    {2, 11, 6, 33, 19, 3, 2, {2, 3}, {0, 1}},
    {1, 3, 3, 2, 3, 3, 3, {1, 1}, {0, 0}},
    {1, 49, 5, 64, 16, 1, 1, {2, 2}, {0, 0}},
    {2, 9, 7, 6, 9, 3, 3, {2, 1}, {1, 1}, 3},
    {1, 14, 14, 128, 128, 3, 3, {1, 1}, {1, 1}, 32},
    // Winograd's: an odd image, no padding and more than there is to see, filters that fill no panel, more
    // channels than one block of the product, tiles for several tasks.
    {1, 7, 7, 16, 24, 3, 3, {1, 1}, {0, 0}},
    {2, 5, 4, 21, 16, 3, 3, {1, 1}, {2, 1}},
    {3, 6, 3, 300, 50, 3, 3, {1, 1}, {1, 0}},
    {1, 40, 33, 16, 19, 3, 3, {1, 1}, {1, 1}}};

std::vector<double> exact(const conv_case& p, const std::vector<float>& x, const std::vector<float>& filters,
                          const std::vector<float>& bias, epilogue after, const std::vector<float>& before) {
  reference::device<double> device;
  auto y = as_double(before);
  const auto wide_bias = as_double(bias);
  conv2d(device, shaped(y, p.B, p.Y(), p.X(), p.N), shaped(as_double(x), p.B, p.H, p.W, p.C),
         shaped(as_double(filters), p.N, p.C / p.groups, p.height, p.width),
         bias.empty() ? view<const double, 1>{} : shaped(wide_bias, p.N), p.stride, p.padding, after);
  return y;
}

template <class T>
std::vector<T> fast(cpu::device& device, const conv_case& p, const std::vector<float>& x,
                    const std::vector<float>& filters, const std::vector<float>& bias, epilogue after,
                    const std::vector<float>& before) {
  std::vector<T> y(before.begin(), before.end()), source(x.begin(), x.end());
  conv2d(device, shaped(y, p.B, p.Y(), p.X(), p.N), shaped(source, p.B, p.H, p.W, p.C),
         device.pack<T>(filters, p.N, p.C / p.groups, p.height, p.width),
         bias.empty() ? view<const float, 1>{} : shaped(bias, p.N), p.stride, p.padding, after);
  return y;
}

}  // namespace

TEST_CASE("a convolution of the reference is the sum one writes by hand") {
  // One 2x3 image of one channel under a 1x2 filter {1, 10}, a column of padding: x[w - 1] + 10 x[w].
  const std::vector<double> x{1, 2, 3, 4, 5, 6}, filters{1, 10}, bias{100};
  std::vector<double> y(8);
  reference::device<double> device;
  conv2d(device, shaped(y, 1, 2, 4, 1), shaped(x, 1, 2, 3, 1), shaped(filters, 1, 1, 1, 2), shaped(bias, 1),
         {1, 1}, {0, 1});
  CHECK(y == std::vector<double>{110, 121, 132, 103, 140, 154, 165, 106});
}

TEST_CASE("a convolution of the reference agrees with PyTorch") {
  const golden expected("conv2d");
  const auto x = expected["x"].values, bias = expected["bias"].values;
  reference::device<double> device;
  for (dim groups : {1, 2}) {
    const auto filters = expected[groups == 1 ? "filters1" : "filters2"].values;
    std::vector<double> y(2 * 3 * 6 * 4);
    conv2d(device, shaped(y, 2, 3, 6, 4), shaped(x, 2, 6, 7, 6), shaped(filters, 4, 6 / groups, 3, 2),
           shaped(bias, 4), {2, 1}, {1, 0});
    CHECK(largest_difference(y, expected[groups == 1 ? "y1" : "y2"].values) < 1e-12);
  }
}

TEST_CASE("a group of filters sees its own channels") {
  // One place of four channels; of two groups, filters 0 and 1 see channels 0 and 1, filters 2 and 3 the
  // others.
  const std::vector<double> x{1, 2, 3, 4}, filters{1, 10, 2, 20, 3, 30, 4, 40};
  std::vector<double> y(4);
  reference::device<double> device;
  conv2d(device, shaped(y, 1, 1, 1, 4), shaped(x, 1, 1, 1, 4), shaped(filters, 4, 2, 1, 1), {}, {1, 1},
         {0, 0});
  CHECK(y == std::vector<double>{21, 42, 129, 172});
}

TEST_CASE("a convolution of whole numbers on the cpu is exact") {
  for (const conv_case& p : conv_cases)
    for (epilogue after : {epilogue::none, epilogue::relu, epilogue::add}) {
      INFO(p.H, "x", p.W, "x", p.C, ", epilogue ", int(after));
      const auto x = whole_values(p.B * p.H * p.W * p.C, 1),
                 filters = whole_values(p.N * p.C / p.groups * p.height * p.width, 2);
      const auto bias = whole_values(p.N, 3), before = whole_values(p.B * p.Y() * p.X() * p.N, 4);
      cpu::device device(2);
      const auto expected = exact(p, x, filters, bias, after, before);
      CHECK(largest_difference(fast<float>(device, p, x, filters, bias, after, before), expected) == 0);
      CHECK(largest_difference(fast<float>(device, p, x, filters, {}, after, before),
                               exact(p, x, filters, {}, after, before)) == 0);
      std::vector<bfloat16> rounded(expected.begin(), expected.end());
      CHECK(largest_difference(fast<bfloat16>(device, p, x, filters, bias, after, before), rounded) == 0);
    }
}

TEST_CASE("a convolution on the cpu agrees with the reference") {
  for (const conv_case& p : conv_cases)
    for (epilogue after : {epilogue::none, epilogue::relu, epilogue::add}) {
      INFO(p.H, "x", p.W, "x", p.C, ", epilogue ", int(after));
      const auto x = random_values(p.B * p.H * p.W * p.C, 5), bias = random_values(p.N, 7);
      const auto filters = random_values(p.N * p.C / p.groups * p.height * p.width, 6);
      const auto before = random_values(p.B * p.Y() * p.X() * p.N, 8);
      cpu::device device(2);
      const auto expected = exact(p, x, filters, bias, after, before);
      const auto y = fast<float>(device, p, x, filters, bias, after, before);
      CHECK(relative_difference(y, expected) < 1e-5);  // measured: 8.0e-7
      const auto half = fast<bfloat16>(device, p, x, filters, bias, after, before);
      CHECK(relative_difference(half, expected) < 1.0 / 64);  // measured: 0.0105; inputs and sums of 8 bits
    }
}

TEST_CASE("a convolution gives the same bits whatever the batch and the threads") {
  for (dim groups : {1, 4}) {
    const conv_case one{1, 24, 16, 16, 32, 3, 3, {1, 1}, {1, 1}, groups};
    const auto x = random_values(5 * 24 * 16 * 16, 9), filters = random_values(32 * 16 / groups * 9, 10);
    const auto bias = random_values(32, 11);
    cpu::device single(1), both(2);
    auto many = one;
    many.B = 5;
    const std::vector<float> none(5 * 24 * 16 * 32);
    const auto together = fast<float>(both, many, x, filters, bias, epilogue::relu, none);
    CHECK(together == fast<float>(single, many, x, filters, bias, epilogue::relu, none));
    for (dim b : {0, 3}) {
      const std::vector<float> image(x.begin() + b * 24 * 16 * 16, x.begin() + (b + 1) * 24 * 16 * 16);
      const auto alone =
          fast<float>(single, one, image, filters, bias, epilogue::relu, std::vector<float>(24 * 16 * 32));
      CHECK(std::equal(alone.begin(), alone.end(), together.begin() + b * dim(alone.size())));
    }
  }
}

TEST_CASE("one set of filters serves images of several sizes") {
  const auto filters = random_values(32 * 16 * 9, 12), bias = random_values(32, 13);
  cpu::device device(2);
  reference::device<double> wide;
  const auto packed = device.pack<float>(filters, 32, 16, 3, 3);
  for (auto [H, W] : {std::pair<dim, dim>{56, 56}, {4, 3}, {56, 56}, {13, 100}}) {
    const auto x = random_values(H * W * 16, 14);
    std::vector<float> y(H * W * 32);
    std::vector<double> expected(y.size());
    conv2d(device, shaped(y, 1, H, W, 32), shaped(x, 1, H, W, 16), packed, shaped(bias, 32), {1, 1}, {1, 1});
    conv2d(wide, shaped(expected, 1, H, W, 32), shaped(as_double(x), 1, H, W, 16),
           shaped(as_double(filters), 32, 16, 3, 3), shaped(as_double(bias), 32), {1, 1}, {1, 1});
    CHECK(largest_difference(y, expected) < 1e-5);
  }
}

TEST_CASE("a convolution of no images does nothing, one of misfits is refused") {
  std::vector<float> x(2 * 4 * 4 * 3), y(2 * 4 * 4 * 5), bias(5);
  cpu::device device(1);
  const auto packed = device.pack<float>(random_values(5 * 3 * 9, 15), 5, 3, 3, 3);
  conv2d(device, shaped(y, 2, 4, 4, 5).slices(0, 0), shaped(x, 2, 4, 4, 3).slices(0, 0), packed,
         shaped(bias, 5), {1, 1}, {1, 1});
  CHECK_THROWS_WITH_AS(
      conv2d(device, shaped(y, 2, 4, 4, 5), shaped(x, 2, 4, 4, 3), packed, shaped(bias, 5), {1, 1}, {0, 0}),
      "conv2d: y [2, 4, 4, 5], x [2, 4, 4, 3], filters [5, 3, 3, 3], bias [5]; expected y [2, 2, 2, 5], "
      "x [B, H, W, C], filters [N, C / groups, height, width], bias [N]",
      error);
  CHECK_THROWS_WITH_AS(conv2d(device, shaped(y, 2, 4, 4, 5), shaped(x, 2, 4, 4, 3), packed, shaped(bias, 5),
                              {1, 1}, {1, 1}, epilogue::gelu),
                       "conv2d: epilogue gelu; expected none, relu or add", error);
  const auto uneven = device.pack<float>(random_values(5 * 2 * 9, 15), 5, 2, 3, 3);  // of 3 channels
  CHECK_THROWS_AS(
      conv2d(device, shaped(y, 2, 4, 4, 5), shaped(x, 2, 4, 4, 3), uneven, shaped(bias, 5), {1, 1}, {1, 1}),
      error);
  const auto unshared = device.pack<float>(random_values(5 * 1 * 9, 15), 5, 1, 3, 3);  // 5 filters, 3 groups
  CHECK_THROWS_AS(
      conv2d(device, shaped(y, 2, 4, 4, 5), shaped(x, 2, 4, 4, 3), unshared, shaped(bias, 5), {1, 1}, {1, 1}),
      error);
}
