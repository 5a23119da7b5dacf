#include <doctest/doctest.h>

#include <eev/cpu/excite.hpp>
#include <eev/reference/excite.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

template <class T>
std::vector<T> excited(cpu::device& device, const std::vector<float>& residual, const std::vector<float>& x,
                       const std::vector<float>& logits, dim B, dim N, dim C) {
  std::vector<T> y(residual.begin(), residual.end());
  const std::vector<T> branch(x.begin(), x.end());
  excite(device, shaped(y, B, N, C), shaped(branch, B, N, C), shaped(logits, B, C));
  return y;
}

}  // namespace

TEST_CASE("a branch is weighed channel by channel, added to the residual and cut off at 0") {
  // Two images of two places of two channels. A logit of 0 is a gate of a half.
  const std::vector<double> x{2, 4, -8, 4, 1, 1, 1, 1}, logits{0, 100, 100, -100};
  std::vector<double> y{1, 1, 1, -5, 3, 3, -3, 3};
  reference::device<double> device;
  excite(device, shaped(y, 2, 2, 2), shaped(x, 2, 2, 2), shaped(logits, 2, 2));
  CHECK(largest_difference(y, std::vector<double>{2, 5, 0, 0, 4, 3, 0, 3}) < 1e-15);
}

TEST_CASE("exciting by the reference agrees with PyTorch") {
  const golden expected("excite");
  const auto x = expected["x"].values, logits = expected["logits"].values;
  auto y = expected["residual"].values;
  reference::device<double> device;
  excite(device, shaped(y, 2, 5, 7), shaped(x, 2, 5, 7), shaped(logits, 2, 7));
  CHECK(largest_difference(y, expected["y"].values) < 1e-12);
}

TEST_CASE("exciting on the cpu agrees with the reference, to the same bits in any batch") {
  for (auto [B, N, C] : {std::array<dim, 3>{1, 1, 1}, {3, 7, 5}, {2, 49, 77}, {2, 3, 256}}) {
    const auto x = random_values(B * N * C, 1), before = random_values(B * N * C, 2);
    auto logits = random_values(B * C, 3);
    for (float& logit : logits) logit *= 5;
    auto expected = as_double(before);
    reference::device<double> exact;
    excite(exact, shaped(expected, B, N, C), shaped(as_double(x), B, N, C), shaped(as_double(logits), B, C));
    cpu::device one(1), three(3);
    const auto y = excited<float>(three, before, x, logits, B, N, C);
    CHECK(largest_difference(y, expected) < 5e-7);  // measured: 9.2e-8
    CHECK(y == excited<float>(one, before, x, logits, B, N, C));
    const auto alone =
        excited<float>(one, {before.begin(), before.begin() + N * C}, {x.begin(), x.begin() + N * C},
                       {logits.begin(), logits.begin() + C}, 1, N, C);
    CHECK(std::equal(alone.begin(), alone.end(), y.begin()));
    CHECK(largest_difference(excited<bfloat16>(three, before, x, logits, B, N, C), expected) < 1.0 / 64);
  }
}

TEST_CASE("exciting keeps a not-a-number, and refuses misfits") {
  cpu::device device(1);
  const auto y = excited<float>(device, {1, NAN, 1, 1}, {1, 1, NAN, 1}, {0, 0}, 1, 2, 2);
  for (int i = 0; i < 4; ++i) CHECK(std::isnan(y[i]) == (i == 1 || i == 2));
  std::vector<float> four(4);
  CHECK_THROWS_WITH_AS(excite(device, shaped(four, 1, 2, 2), shaped(four, 1, 2, 2), shaped(four, 2, 2)),
                       "excite: y [1, 2, 2], x [1, 2, 2], logits [2, 2]; expected y and x [B, N, C], logits "
                       "[B, C]",
                       error);
}
