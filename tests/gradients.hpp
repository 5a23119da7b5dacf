// In:  a function of numbers and the gradient that was computed for it.  Out: how far the gradient is from
// central finite differences.  Rests on: close.hpp.
#pragma once

#include "close.hpp"

namespace eev::test {

/// The largest difference over all elements of `x` between `gradient` and (f(x + h) - f(x - h)) / 2h; `f`
/// reads x where it stands. In double and with values of about 1, an error of 1e-9 is what the differences
/// allow.
template <class Function>
double gradient_error(std::vector<double>& x, const std::vector<double>& gradient, Function f) {
  if (x.size() != gradient.size()) return std::numeric_limits<double>::infinity();
  constexpr double h = 1e-5;
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double value = x[i];
    x[i] = value + h;
    const double above = f();
    x[i] = value - h;
    const double below = f();
    x[i] = value;
    largest = worse(largest, std::abs((above - below) / (2 * h) - gradient[i]));
  }
  return largest;
}

/// sum over i of a[i] b[i]: a function whose gradient by a is b.
inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// `count` numbers in [-1, 1) as double.
inline std::vector<double> random_doubles(dim count, unsigned seed) {
  return as_double(random_values(count, seed));
}
inline std::vector<float> as_float(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

}  // namespace eev::test
