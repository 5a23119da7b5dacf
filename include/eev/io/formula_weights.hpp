// In:  the name and the shape of a tensor.  Out: values for it, always the same.  Rests on: core/weights.
//
// Weights by formula stand in for trained ones in tests and goldens. tools/formula_weights.py repeats every
// bit of them; change both or none.
//
//   seed    = FNV-1a (64 bits) of the name, without the prefix that it has in a bundle
//   bits(i) = the finaliser of splitmix64 of seed + (i + 1) 0x9e3779b97f4a7c15, modulo 2^64
//   u(i)    = ((bits(i) >> 40) - 2^23) / 2^23, uniform in [-1, 1), 24 bits
//   value   = float(offset + scale u(i)), computed in double; scale is a float
//
// scale u then has at most 48 bits and is exact in double: a fused multiply-add cannot change the value.
//
// The scales make mistakes show: nothing is 0 or 1 where a real network might not be, and no layer lets its
// input fade away.
//
//   the last part of the name            offset  scale
//   relative_position_bias_table         0       2
//   *_var, *_std                         1       0.3
//   *_mean                               0       0.3
//   bias*, 1-D                           0       0.3
//   weight, 1-D (the gain of a norm)     1       0.3
//   all else: a matrix or a filter       0       g sqrt(3 / fan_in): a standard deviation of g / sqrt(fan_in)
//
// fan_in is the product of all extents but the first. g = 1, but sqrt(2) under `features`, `embeddings` and
// `conv` (VGGish and Inception, where ReLU takes half of the power) and 1.25 for the queries and keys of
// `qkv.weight` [3C, C], which makes attention choose: logits of a standard deviation above 1.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/weights.hpp>

namespace eev::io {

/// FNV-1a, 64 bits.
inline std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  return hash;
}

/// The values of the tensor of that name and shape.
inline std::vector<float> formula_tensor(const std::string& name, const std::vector<dim>& shape) {
  const dim rows = shape.empty() ? 1 : shape[0];
  dim fan_in = 1;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) fan_in *= shape[axis];

  std::vector<float> values(rows * fan_in);
  const std::uint64_t seed = fnv1a(name);
  auto fill = [&](dim first_row, dim last_row, double offset, double exact_scale) {
    const double scale = float(exact_scale);
    for (std::uint64_t i = first_row * fan_in; i < std::uint64_t(last_row * fan_in); ++i) {
      std::uint64_t bits = seed + (i + 1) * 0x9e3779b97f4a7c15u;
      bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
      bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
      bits ^= bits >> 31;
      const double u = double(std::int32_t(bits >> 40) - 0x800000) * 0x1p-23;
      values[i] = float(offset + scale * u);
    }
  };

  const std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
  auto under = [path = "." + name](const char* part) { return path.find(part) != path.npos; };
  const double unit = std::sqrt(3.0 / double(fan_in));
  if (last == "relative_position_bias_table") {
    fill(0, rows, 0, 2);
  } else if (last.ends_with("_var") || last.ends_with("_std")) {
    fill(0, rows, 1, 0.3);
  } else if (last.ends_with("_mean") || (last.starts_with("bias") && shape.size() == 1)) {
    fill(0, rows, 0, 0.3);
  } else if (last == "weight" && shape.size() == 1) {
    fill(0, rows, 1, 0.3);
  } else if (("." + name).ends_with(".qkv.weight")) {
    fill(0, rows / 3 * 2, 0, 1.25 * unit);
    fill(rows / 3 * 2, rows, 0, unit);
  } else {
    const bool before_relu = under(".features.") || under(".embeddings.") || under(".conv.");
    fill(0, rows, 0, before_relu ? std::sqrt(2.0) * unit : unit);
  }
  return values;
}

/// A source that has every tensor, by formula.
class formula_source : public tensor_source {
 public:
  std::vector<float> read(const std::string& name, const std::vector<dim>& shape) override {
    return formula_tensor(name, shape);
  }
  bool has(const std::string&) const override { return true; }
};

}  // namespace eev::io
