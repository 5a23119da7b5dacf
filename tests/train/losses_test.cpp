#include <doctest/doctest.h>

#include <eev/cpu/correlation_loss.hpp>
#include <eev/cpu/elementwise_loss.hpp>
#include <eev/train/losses.hpp>

#include "close.hpp"
#include "formula_curves.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// The loss and its gradient of 3 clips of 13 seconds.
std::vector<float> apply(const train::loss_parts& parts) {
  cpu::device device(2);
  const formula_curves<float> curves(3, 13, 5);
  std::vector<float> result(1 + 3 * 13 * 5);
  const view<float, 1> all = shaped(result, dim(result.size()));
  train::apply_loss(device, all.slices(0, 1), all.slices(1, dim(result.size())).as(3, 13, 5),
                    shaped(curves.predictions, 3, 13, 5), shaped(curves.labels, 3, 13, 5),
                    shaped(curves.mask, 3, 13), parts);
  return result;
}

std::vector<double> expected(const std::string& name) {
  const golden losses("losses");
  auto values = losses[name + ".loss"].values;
  const auto gradient = losses[name + ".gradient"].values;
  values.insert(values.end(), gradient.begin(), gradient.end());
  return values;
}

}  // namespace

TEST_CASE("every loss that has a name is PyTorch's") {
  for (const char* name : {"l1", "kl", "mse", "ccc", "pearson"}) {
    INFO(std::string(name));
    CHECK(relative_difference(apply(train::find_loss(name)), expected(name)) < 3e-6);
  }
  auto both = expected("kl");
  const auto l1 = expected("l1");
  for (std::size_t i = 0; i < both.size(); ++i) both[i] += l1[i];
  CHECK(relative_difference(apply(train::find_loss("kl+l1")), both) < 3e-6);
}

TEST_CASE("losses of both kinds add up") {
  auto sum = expected("ccc");
  const auto l1 = expected("l1");
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += 2 * l1[i];
  CHECK(relative_difference(apply({.elementwise = {.l1 = 2}, .correlation = {.ccc = 1}}), sum) < 3e-6);
}

TEST_CASE("a loss of another name is refused, naming those there are") {
  CHECK_THROWS_WITH_AS(train::find_loss("huber"),
                       "no loss 'huber'; there are l1, kl, kl+l1, ccc, mse, pearson", error);
}
