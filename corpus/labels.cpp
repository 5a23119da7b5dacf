// In:  a story.  Out: labels of it, with the faults that EEV's have.
#include "labels.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace eev::corpus {
namespace {

/// Two uniform numbers make one of the normal distribution (Box and Muller 1958).
double normal(double u, double v) {
  return std::sqrt(-2 * std::log(1 - u)) * std::cos(2 * std::numbers::pi * v);
}

double deviation(const table& rows, dim column) {
  double sum = 0, squares = 0;
  for (dim k = 0; k < rows.rows(); ++k) {
    const double value = rows.tensor()(k, column);
    sum += value, squares += value * value;
  }
  const double mean = sum / double(rows.rows());
  return std::sqrt(std::max(0.0, squares / double(rows.rows()) - mean * mean));
}

}  // namespace

table faulty_labels(const story& story) {
  table labels = story.feelings();
  const auto rows = labels.tensor();
  const dim E = labels.columns();
  const chances chance = story.chance(purpose::disturbance), view = story.chance(purpose::view);
  for (dim e = 0; e < E; ++e) {
    const double size = noise * deviation(labels, e);
    for (dim k = 0; k < labels.rows(); ++k) {
      const std::uint64_t i = std::uint64_t(2 * (k * E + e));
      rows(k, e) = std::clamp(float(rows(k, e) + size * normal(chance[i], chance[i + 1])), 0.0f, 1.0f);
    }
  }
  // Faces come into view and go out of it after times that have no memory.
  bool in_view = view[0] < seconds_in_view / (seconds_in_view + seconds_out_of_view);
  for (dim k = 0; k < labels.rows(); ++k) {
    const double stays = in_view ? seconds_in_view : seconds_out_of_view;
    if (view[std::uint64_t(1 + k)] < 1 / (stays * label_rate)) in_view = !in_view;
    if (!in_view) std::ranges::fill(rows[k], 0.0f);
  }
  return labels;
}

}  // namespace eev::corpus
