// The fast form of reference/conv2d.hpp: Winograd's products for filters of 3x3 in float, and oneDNN's direct
// convolution of a few rows of one image at a time for all others.
#pragma once

#include <algorithm>
#include <memory>

#include <eev/core/conv_extent.hpp>
#include <eev/cpu/widen.hpp>
#include <eev/cpu/winograd.hpp>

namespace eev::cpu {

/// The forms that filters have been brought into, the plain one first: which is the fastest depends on the
/// step and on the size of the image, so the first call that wants one makes it.
struct filter_forms {
  std::vector<const onednn::tensor*> layouts;
  const float* winograd = nullptr;
};

/// Weights [N, C, height, width] of a convolution, C the channels of a group.
template <class T>
struct packed_filters {
  dim N = 0, C = 0, height = 0, width = 0;
  std::shared_ptr<filter_forms> forms;
};

template <class T>
packed_filters<T> device::pack(const std::vector<float>& values, dim N, dim C, dim height, dim width) {
  const bool widened = std::is_same_v<T, bfloat16> && !has_bfloat16_kernels();
  const auto type = widened ? dnnl_f32 : onednn::data_type_of<T>;
  const std::vector<float> stored = widened ? as_stored<T>(values) : values;
  one_thread guard;
  const auto& plain = keep(onednn::make_layout({N, C, height, width}, type, dnnl_oihw));
  onednn::reorder(engine_, plain, onednn::make_layout({N, C, height, width}, dnnl_f32, dnnl_oihw),
                  stored.data());
  return {N, C, height, width, std::make_shared<filter_forms>(filter_forms{{&plain}})};
}

namespace detail {

/// One task: some rows of an image of y, from those rows of x that they need.
struct conv_band {
  const onednn::kernel* kernel;
  const void* filters;
  dim x_row, y_row;
};

/// An image makes at most so many bands, each of at least so many values a channel. They depend on nothing
/// but the shape of y: the same bits whatever the batch and the threads.
inline constexpr dim conv_bands = 4, conv_band_values = 48;

/// oneDNN counts groups as a dimension of their own.
inline onednn::layout filters_layout(dim groups, dim N, dim C, dim height, dim width, dnnl_data_type_t type,
                                     bool as_they_lie) {
  if (groups == 1)
    return onednn::make_layout({N, C, height, width}, type, as_they_lie ? dnnl_oihw : dnnl_format_tag_any);
  return onednn::make_layout({groups, N / groups, C, height, width}, type,
                             as_they_lie ? dnnl_goihw : dnnl_format_tag_any);
}

template <class T>
const void* filters_as(device& device, const packed_filters<T>& filters, dim groups,
                       const onednn::layout& layout) {
  auto& layouts = filters.forms->layouts;
  for (const auto* known : layouts)
    if (dnnl_memory_desc_equal(&known->layout, &layout)) return known->data;
  one_thread guard;
  const auto& packed = device.keep(layout);
  const auto& plain = *layouts.front();
  onednn::reorder(device.engine(), packed,
                  filters_layout(groups, filters.N, filters.C, filters.height, filters.width,
                                 plain.layout.data_type, true),
                  plain.data);
  layouts.push_back(&packed);
  return packed.data;
}

/// The rows begin .. end - 1 of y.
template <class T>
conv_band make_band(device& device, const view<T, 4>& y, const const_view<T, 4>& x,
                    const packed_filters<T>& filters, bool bias, height_width stride, height_width padding,
                    epilogue after, dim begin, dim end) {
  const dim H = x.shape[1], W = x.shape[2], C = x.shape[3], groups = C / filters.C;
  // The rows of x under the band, of which those outside of the image are padding.
  const dim first = begin * stride[0] - padding[0],
            last = (end - 1) * stride[0] - padding[0] + filters.height;
  const dim above = std::max<dim>(-first, 0), below = std::max<dim>(last - H, 0);
  const dim rows = last - first - above - below;
  const onednn::kernel& kernel = device.find_kernel(
      {"conv2d",
       {rows, W, C, groups, filters.N, filters.height, filters.width, end - begin, above, below, stride[0],
        stride[1], padding[1], bias, dim(after), sizeof(T)}},
      [&] {
        constexpr auto type = onednn::data_type_of<T>;
        const auto source = onednn::make_layout({1, C, rows, W}, type, dnnl_nhwc),
                   weights = filters_layout(groups, filters.N, filters.C, filters.height, filters.width, type,
                                            false),
                   sums = onednn::make_layout({filters.N}, dnnl_f32, dnnl_x),
                   destination =
                       onednn::make_layout({1, filters.N, end - begin, y.shape[2]}, type, dnnl_nhwc);
        dnnl_convolution_desc_t operation;
        onednn::check(dnnl_convolution_forward_desc_init(
                          &operation, dnnl_forward_inference, dnnl_convolution_direct, &source, &weights,
                          bias ? &sums : nullptr, &destination, stride.data(),
                          std::array{above, padding[1]}.data(), std::array{below, padding[1]}.data()),
                      "describe a convolution");
        return onednn::make_kernel(device.engine(), &operation, after);
      });
  return {&kernel, filters_as(device, filters, groups, kernel.weights), first + above, begin};
}

}  // namespace detail

/// Spec: reference/conv2d.hpp. T is float or bfloat16; sums are in float.
template <class T>
void conv2d(device& device, view<T, 4> y, const_view<T, 4> x, const packed_filters<T>& filters,
            const_view<float, 1> bias, height_width stride, height_width padding,
            epilogue after = epilogue::none) {
  const auto [B, H, W, C] = x.shape;
  const std::array expected{B, conv_extent(H, filters.height, stride[0], padding[0]),
                            conv_extent(W, filters.width, stride[1], padding[1]), filters.N};
  require_conv_epilogue(after);
  require(y.shape == expected && conv_groups(filters.N, C, filters.C) > 0 &&
              (!bias.data || bias.shape[0] == filters.N),
          "conv2d: y ", y.shape, ", x ", x.shape, ", filters ",
          std::array{filters.N, filters.C, filters.height, filters.width}, ", bias ", bias.shape,
          "; expected y ", expected, ", x [B, H, W, C], filters [N, C / groups, height, width], bias [N]");
  if (y.size() == 0) return;
  if constexpr (std::is_same_v<T, bfloat16>)
    if (!has_bfloat16_kernels())
      return in_float(device, y, x, after, [&](view<float, 4> wide_y, view<const float, 4> wide_x) {
        const packed_filters<float> wide{filters.N, filters.C, filters.height, filters.width, filters.forms};
        conv2d(device, wide_y, wide_x, wide, bias, stride, padding, after);
      });

  if constexpr (std::is_same_v<T, float>)
    if (detail::takes_winograd(filters.N, C, filters.C, {filters.height, filters.width}, stride)) {
      auto& [layouts, factors] = *filters.forms;
      if (!factors)
        factors =
            detail::pack_winograd(device, static_cast<const float*>(layouts.front()->data), filters.N, C)
                .data;
      return detail::winograd(device, y, x, factors, bias.data, padding, after);
    }

  const dim Y = y.shape[1], X = y.shape[2];
  const dim rows =
      std::max((Y + detail::conv_bands - 1) / detail::conv_bands, (detail::conv_band_values + X - 1) / X);
  const dim bands = (Y + rows - 1) / rows;
  std::array<detail::conv_band, detail::conv_bands> band;
  for (dim i = 0; i < bands; ++i)
    band[i] = detail::make_band(device, y, x, filters, bias.data != nullptr, stride, padding, after, i * rows,
                                std::min(Y, (i + 1) * rows));
#pragma omp parallel for num_threads(device.threads()) schedule(dynamic)
  for (dim task = 0; task < B * bands; ++task) {
    const dim b = task / bands;
    const auto& [kernel, packed, x_row, y_row] = band[task % bands];
    device.run(*kernel, x.data + (b * H + x_row) * W * C, packed, bias.data,
               y.data + (b * Y + y_row) * X * filters.N);
  }
  device.finish_runs();
}

}  // namespace eev::cpu
