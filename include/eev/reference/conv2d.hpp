// In:  images x [B, H, W, C], filters [N, C / groups, height, width], bias [N].  Out: images y [B, Y, X, N],
// channels last. Rests on: reference/linear (for the epilogue).
#pragma once

#include <eev/core/conv_extent.hpp>
#include <eev/reference/linear.hpp>

namespace eev::reference {

/// y[b, h, w, n] = finish(bias[n] + sum over i, j, c of x[b, h s + i - p, w t + j - q, g C' + c]
///                                                   filters[n, c, i, j])
///
/// with stride {s, t} and padding {p, q}; x is 0 outside the image. Filters of C' < C channels are in C / C'
/// groups, and group g of the filters, which are numbered one group after the other, sees group g of the
/// channels. An empty bias is no bias. With epilogue::add the sum is added to what y holds;
/// epilogue::gelu is refused.
template <class T>
void conv2d(device<T>&, view<T, 4> y, const_view<T, 4> x, const_view<T, 4> filters, const_view<T, 1> bias,
            height_width stride, height_width padding, epilogue after = epilogue::none) {
  const auto [B, H, W, C] = x.shape;
  const auto [N, channels, height, width] = filters.shape;
  const std::array expected{B, conv_extent(H, height, stride[0], padding[0]),
                            conv_extent(W, width, stride[1], padding[1]), N};
  const dim groups = conv_groups(N, C, channels);
  require_conv_epilogue(after);
  require(y.shape == expected && groups > 0 && (!bias.data || bias.shape[0] == N), "conv2d: y ", y.shape,
          ", x ", x.shape, ", filters ", filters.shape, ", bias ", bias.shape, "; expected y ", expected,
          ", x [B, H, W, C], filters [N, C / groups, height, width], bias [N]");
  for (dim b = 0; b < B; ++b)
    for (dim h = 0; h < y.shape[1]; ++h)
      for (dim w = 0; w < y.shape[2]; ++w)
        for (dim n = 0; n < N; ++n) {
          const dim first = n / (N / groups) * channels;
          T sum = bias.data ? bias(n) : T(0);
          for (dim i = 0; i < height; ++i)
            for (dim j = 0; j < width; ++j) {
              const dim from_h = h * stride[0] + i - padding[0], from_w = w * stride[1] + j - padding[1];
              if (from_h < 0 || from_h >= H || from_w < 0 || from_w >= W) continue;
              for (dim c = 0; c < channels; ++c) sum += x(b, from_h, from_w, first + c) * filters(n, c, i, j);
            }
          y(b, h, w, n) = finish(after, sum, y(b, h, w, n));
        }
}

}  // namespace eev::reference
