// In:  what was computed and what was expected.  Out: how far apart they are.  Rests on: std.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <eev/core/view.hpp>

namespace eev::test {

/// The larger of two errors; not-a-number stays.
inline double worse(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : std::max(a, b); }

/// max |a - b| over all elements; not-a-number if any is, infinite if the sizes differ.
template <class A, class B>
double largest_difference(const A& a, const B& b) {
  if (std::distance(a.begin(), a.end()) != std::distance(b.begin(), b.end()))
    return std::numeric_limits<double>::infinity();
  double largest = 0;
  auto other = b.begin();
  for (auto value = a.begin(); value != a.end(); ++value, ++other)
    largest = worse(largest, std::abs(double(*value) - double(*other)));
  return largest;
}

/// max |a - b| / (|b| + rms(b)): the measure of whole networks.
template <class A, class B>
double relative_difference(const A& a, const B& b) {
  if (std::distance(a.begin(), a.end()) != std::distance(b.begin(), b.end()))
    return std::numeric_limits<double>::infinity();
  double squares = 0, count = 0;
  for (auto value : b) squares += double(value) * double(value), ++count;
  const double rms = std::sqrt(squares / std::max(count, 1.0));
  double largest = 0;
  auto other = b.begin();
  for (auto value = a.begin(); value != a.end(); ++value, ++other)
    largest = worse(largest, std::abs(double(*value) - double(*other)) / (std::abs(double(*other)) + rms));
  return largest;
}

/// rms(a - b) / rms(b): the measure of whole networks in bfloat16. Their largest error is that of one unlucky
/// feature, and differs by half between processors that round nothing differently but the order of sums.
template <class A, class B>
double rms_difference(const A& a, const B& b) {
  if (std::distance(a.begin(), a.end()) != std::distance(b.begin(), b.end()))
    return std::numeric_limits<double>::infinity();
  double errors = 0, squares = 0;
  auto other = b.begin();
  for (auto value = a.begin(); value != a.end(); ++value, ++other) {
    const double error = double(*value) - double(*other);
    errors += error * error, squares += double(*other) * double(*other);
  }
  return std::sqrt(errors / squares);
}

/// `count` numbers in [-1, 1), the same on every run.
inline std::vector<float> random_values(dim count, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(generator);
  return values;
}

/// Whole numbers from -3 to 3: their products and sums are exact in float, and in bfloat16 while below 256.
inline std::vector<float> whole_values(dim count, unsigned seed) {
  auto values = random_values(count, seed);
  for (float& value : values) value = std::round(3 * value);
  return values;
}

/// The values as numbers of type T hold them.
template <class T>
std::vector<float> stored_as(const std::vector<float>& values) {
  const std::vector<T> stored(values.begin(), values.end());
  return {stored.begin(), stored.end()};
}

inline std::vector<double> as_double(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

/// A vector seen as a tensor.
template <class T, class... Extents>
view<T, int(sizeof...(Extents))> shaped(std::vector<T>& values, Extents... extents) {
  return view<T, 1>{values.data(), {dim(values.size())}}.as(extents...);
}
template <class T, class... Extents>
view<const T, int(sizeof...(Extents))> shaped(const std::vector<T>& values, Extents... extents) {
  return view<const T, 1>{values.data(), {dim(values.size())}}.as(extents...);
}

}  // namespace eev::test
