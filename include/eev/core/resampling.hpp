// In:  a length and the length it is resampled to.  Out: which pixels make each new one, and with what
// weights. Rests on: core/view.
//
// These are the numbers of Pillow's Image.resize(size, BICUBIC) or BILINEAR, to the bit: the filter's kernel
// is stretched by the ratio when shrinking (antialiasing), cut off at the borders, normalised, and rounded to
// fixed point.
#pragma once

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include <eev/core/view.hpp>

namespace eev {

/// Fraction bits of the weights: a sum of 8-bit pixels times weights of either sign fits 32 bits.
inline constexpr int resample_bits = 32 - 8 - 2;

enum class resize_filter {
  bicubic,  ///< Keys' cubic with a = -1/2, two pixels to either side
  bilinear  ///< a triangle, one pixel to either side
};

inline double filter_support(resize_filter filter) { return filter == resize_filter::bicubic ? 2 : 1; }

inline double filter_weight(resize_filter filter, double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (filter == resize_filter::bilinear) return x < 1 ? 1 - x : 0;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/// The pixels begin .. end - 1 of a line of `from` that make pixel `pixel` of the line resampled to `to`.
struct resample_reach {
  double center, stretch, support;
  dim begin, end;

  resample_reach(resize_filter filter, dim pixel, dim from, dim to) {
    const double scale = double(from) / double(to);
    center = (double(pixel) + 0.5) * scale, stretch = std::fmax(scale, 1);
    support = filter_support(filter) * stretch;
    begin = std::max(dim(center - support + 0.5), dim(0));
    end = std::min(dim(center + support + 0.5), from);
  }
};

/// Pixel `offset + i` of the resampled line is the sum over k < count(i) of pixel `first(i) + k` times
/// weight(i, k).
struct resample_table {
  view<std::int32_t, 2> rows;  // [pixels, 2 + taps]: first, count, weights

  std::int32_t& first(dim i) const { return rows(i, 0); }
  std::int32_t& count(dim i) const { return rows(i, 1); }
  std::int32_t& weight(dim i, dim k) const { return rows(i, 2 + k); }
};

/// Pixels offset .. offset + pixels - 1 of a line of `from` resampled to `to`.
struct resample_line {
  resize_filter filter;
  dim pixels, offset, from, to;

  auto operator<=>(const resample_line&) const = default;

  dim taps() const { return dim(std::ceil(resample_reach(filter, 0, from, to).support)) * 2 + 1; }
};

/// The numbers of the line's table, for the host.
inline std::vector<std::int32_t> make_resample_numbers(const resample_line& line) {
  std::vector<std::int32_t> numbers(line.pixels * (2 + line.taps()));
  const resample_table made{{numbers.data(), {line.pixels, 2 + line.taps()}}};
  for (dim i = 0; i < line.pixels; ++i) {
    const resample_reach reach(line.filter, line.offset + i, line.from, line.to);
    const auto weight_of = [&](dim pixel) {
      return filter_weight(line.filter, (double(pixel) - reach.center + 0.5) * (1 / reach.stretch));
    };
    double sum = 0;
    for (dim pixel = reach.begin; pixel < reach.end; ++pixel) sum += weight_of(pixel);
    for (dim pixel = reach.begin; pixel < reach.end; ++pixel) {
      const double weight = weight_of(pixel) / sum * (1 << resample_bits);
      made.weight(i, pixel - reach.begin) = std::int32_t(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    made.first(i) = std::int32_t(reach.begin);
    made.count(i) = std::int32_t(reach.end - reach.begin);
  }
  return numbers;
}

/// The line's table in the device's scratch memory. The frames of a video ask for the same tables again and
/// again, so the host keeps the last ones: they take longer to make than a GPU takes for a frame.
template <class Device>
resample_table make_resample_table(Device& device, const resample_line& line) {
  constexpr std::size_t most_kept = 8;
  thread_local std::map<resample_line, std::vector<std::int32_t>> kept;
  auto known = kept.find(line);
  if (known == kept.end()) {
    if (kept.size() == most_kept) kept.clear();
    known = kept.emplace(line, make_resample_numbers(line)).first;
  }
  const resample_table table{device.template take<std::int32_t>(line.pixels, 2 + line.taps())};
  device.upload(table.rows, view<const std::int32_t, 2>{known->second.data(), table.rows.shape});
  return table;
}

/// True if the vertical pass comes before the horizontal one. As the values between the passes are rounded,
/// the order can be seen. This is the choice of Pillow 13, inferred from its results and without exception at
/// 5,894 random sizes below 150; earlier versions begin horizontally unless an image is 100 times as high as
/// wide. Frames that are not higher than wide are the same with all of them, stretched to a square or
/// cropped.
inline bool vertical_first(dim H, dim W, dim height, dim width) {
  return height < H && H - height > 2 * (W - width);
}

/// A sum in fixed point as a pixel.
inline std::uint8_t resampled_pixel(std::int32_t sum) {
  const std::int32_t value = (sum + (1 << (resample_bits - 1))) >> resample_bits;
  return std::uint8_t(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// How an image is resized and which part of it is wanted: all of it is {height, width, 0, 0}.
struct resize_window {
  dim height, width;  ///< of the whole resized image
  dim top, left;      ///< where the wanted part begins
  resize_filter filter = resize_filter::bicubic;
};

}  // namespace eev
