#include <doctest/doctest.h>

#include <eev/cuda/conv2d.hpp>
#include <eev/reference/conv2d.hpp>

#include "close.hpp"
#include "device/convolution.hpp"
#include "device_tensor.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct conv_shape {
  dim B, H, W, C, N, height, width;
  height_width stride, padding;
  dim groups = 1;

  dim Y() const { return conv_extent(H, height, stride[0], padding[0]); }
  dim X() const { return conv_extent(W, width, stride[1], padding[1]); }
};

// Odd extents, filters that are not square, strides and paddings of their own along each axis, one channel.
const conv_shape shapes[] = {
    {1, 5, 7, 3, 4, 3, 3, {1, 1}, {1, 1}},      {2, 12, 8, 1, 8, 3, 3, {1, 1}, {1, 1}},
    {2, 9, 6, 5, 7, 1, 5, {1, 1}, {0, 2}},      {1, 11, 13, 3, 6, 7, 7, {2, 2}, {3, 3}},
    {2, 7, 6, 9, 5, 3, 2, {2, 3}, {0, 1}},      {1, 3, 3, 2, 3, 3, 3, {1, 1}, {0, 0}},
    {3, 5, 4, 8, 12, 1, 1, {2, 2}, {0, 0}},     {2, 5, 6, 6, 9, 3, 3, {2, 1}, {1, 1}, 3},
    {1, 4, 4, 16, 16, 3, 3, {1, 1}, {1, 1}, 16}};

struct conv_case {
  conv_shape shape;
  epilogue after;
  std::vector<float> x, filters, bias, before;  // filters [N, C, height, width]

  conv_case(const conv_shape& s, epilogue after, bool with_bias, std::vector<float> (*values)(dim, unsigned))
      : shape(s),
        after(after),
        x(values(s.B * s.H * s.W * s.C, 1)),
        filters(values(s.N * s.C / s.groups * s.height * s.width, 2)),
        before(values(s.B * s.Y() * s.X() * s.N, 4)) {
    if (with_bias) bias = values(s.N, 3);
  }

  std::vector<double> expected() const {
    const auto& s = shape;
    reference::device<double> device;
    auto y = as_double(before);
    const auto offsets = as_double(bias);
    conv2d(device, shaped(y, s.B, s.Y(), s.X(), s.N), shaped(as_double(x), s.B, s.H, s.W, s.C),
           shaped(as_double(filters), s.N, s.C / s.groups, s.height, s.width),
           bias.empty() ? view<const double, 1>{} : shaped(offsets, s.N), s.stride, s.padding, after);
    return y;
  }

  template <class T>
  std::vector<T> on_gpu(cuda::device& device) const {
    const auto& s = shape;
    const device_tensor<T> from(device, x), y(device, before);
    const device_tensor<T> by(device, channels_last());
    const device_tensor<float> plus(device, bias);
    conv2d(device, y.as(s.B, s.Y(), s.X(), s.N), from.as(s.B, s.H, s.W, s.C),
           by.as(s.N, s.height, s.width, s.C / s.groups),
           bias.empty() ? view<const float, 1>{} : view<const float, 1>(plus.tensor()), s.stride, s.padding,
           after);
    return y.values();
  }

  /// The filters as [N, height, width, C / groups], exactly as large as they are.
  std::vector<float> channels_last() const {
    const auto& s = shape;
    std::vector<float> order;
    for (dim n = 0; n < s.N; ++n)
      for (dim i = 0; i < s.height; ++i)
        for (dim j = 0; j < s.width; ++j)
          for (dim c = 0; c < s.C / s.groups; ++c)
            order.push_back(shaped(filters, s.N, s.C / s.groups, s.height, s.width)(n, c, i, j));
    return order;
  }
};

template <class T>
void agrees_with_the_reference(cuda::device& device, const conv_case& problem, double tolerance) {
  const auto& s = problem.shape;
  INFO("x ", s.H, "x", s.W, "x", s.C, ", filters ", s.N, "x", s.height, "x", s.width, ", epilogue ",
       int(problem.after), problem.bias.empty() ? "" : ", bias");
  CHECK(largest_difference(problem.on_gpu<T>(device), problem.expected()) <= tolerance);
}

}  // namespace

TEST_CASE("a convolution of whole numbers is exact, with and without bias, after every epilogue") {
  cuda::device device;
  for (const auto& shape : shapes)
    for (auto after : {epilogue::none, epilogue::relu, epilogue::add})
      for (bool bias : {false, true}) {
        const conv_case problem(shape, after, bias, whole_values);
        agrees_with_the_reference<float>(device, problem, 0);
        agrees_with_the_reference<bfloat16>(device, problem, 0);
      }
}

TEST_CASE("a convolution agrees with the reference") {
  cuda::device device;
  for (const auto& shape : shapes)
    agrees_with_the_reference<float>(device, {shape, epilogue::none, true, random_values},
                                     1e-5);  // measured: 2.9e-6
}

TEST_CASE("a convolution keeps a not-a-number to the places that see it") {
  conv_case problem({1, 5, 5, 1, 2, 3, 3, {1, 1}, {1, 1}}, epilogue::none, true, random_values);
  problem.x[0] = NAN;
  cuda::device device;
  const auto y = problem.on_gpu<float>(device);
  for (dim h = 0; h < 5; ++h)
    for (dim w = 0; w < 5; ++w)
      for (dim n = 0; n < 2; ++n) CHECK(std::isnan(shaped(y, 1, 5, 5, 2)(0, h, w, n)) == (h < 2 && w < 2));
}

TEST_CASE("a convolution of no images does nothing, one of misfits is refused") {
  cuda::device device;
  const device_tensor<float> x(device, 12), y(device, 12), filters(device, 9), bias(device, 2);
  conv2d(device, y.as(1, 3, 4, 1).slices(0, 0), x.as(1, 3, 4, 1).slices(0, 0), filters.as(1, 3, 3, 1), {},
         {1, 1}, {1, 1});
  CHECK_THROWS_WITH_AS(conv2d(device, y.as(1, 3, 4, 1), x.as(1, 3, 4, 1), filters.as(1, 3, 3, 1),
                              bias.tensor(), {1, 1}, {1, 1}),
                       "conv2d: y [1, 3, 4, 1], x [1, 3, 4, 1], filters [1, 3, 3, 1], bias [2]; expected y "
                       "[1, 3, 4, 1], x [B, H, W, "
                       "C], filters [N, height, width, C / groups], bias [N], each below 2^31 values",
                       error);
  CHECK_THROWS_WITH_AS(cuda::convolution(y.as(1, 3, 4, 1), view<const float, 4>(x.as(1, 3, 4, 1)),
                                         view<const float, 4>(filters.as(1, 3, 3, 1)), {1, 1}, {0, 0}),
                       doctest::Contains("convolution: y [1, 3, 4, 1], x [1, 3, 4, 1], filters [1, 3, 3, 1]; "
                                         "expected y [1, 1, 2, 1]"),
                       error);
}
