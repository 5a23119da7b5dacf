#include <doctest/doctest.h>

#include <eev/cpu/window_attention.hpp>
#include <eev/reference/window_attention.hpp>

#include "close.hpp"
#include "golden.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct attention_case {
  dim B, H, W, heads, shift;
  std::vector<float> qkv, bias;

  attention_case(dim B, dim H, dim W, dim heads, dim shift)
      : B(B),
        H(H),
        W(W),
        heads(heads),
        shift(shift),
        qkv(random_values(B * H * W * 3 * C(), 1)),
        bias(random_values(heads * window_tokens * window_tokens, 2)) {
    for (float& value : qkv) value *= 3;  // logits of several units: a softmax that is far from flat
  }
  dim C() const { return heads * 32; }

  std::vector<double> expected() const {
    std::vector<double> y(B * H * W * C());
    reference::device<double> device;
    window_attention(device, shaped(y, B, H, W, C()), shaped(as_double(qkv), B, H, W, 3 * C()),
                     shaped(as_double(bias), heads, window_tokens, window_tokens), shift);
    return y;
  }

  template <class T>
  std::vector<T> on_cpu(int threads = 2) const {
    std::vector<T> y(B * H * W * C()), in(qkv.begin(), qkv.end());
    cpu::device device(threads);
    window_attention(device, shaped(y, B, H, W, C()), shaped(in, B, H, W, 3 * C()),
                     shaped(bias, heads, window_tokens, window_tokens), shift);
    return y;
  }
};

}  // namespace

TEST_CASE("shifted window attention of the reference agrees with timm") {
  golden expected("window_attention");
  for (std::string shift : {"0", "3"}) {
    const auto qkv = expected["qkv"].values, bias = expected["bias"].values;
    std::vector<double> y(14 * 21 * 64);
    reference::device<double> device;
    window_attention(device, shaped(y, 1, 14, 21, 64), shaped(qkv, 1, 14, 21, 192), shaped(bias, 2, 49, 49),
                     std::stol(shift));
    CHECK(largest_difference(y, expected["y_shift_" + shift].values) < 1e-12);
    // The planted fault: without the mask the shifted case would not pass.
    if (shift == "3") CHECK(largest_difference(expected["y_shift_3_unmasked"].values, y) > 0.1);
  }
}

TEST_CASE("window attention on the cpu agrees with the reference, shifted or not") {
  for (auto [B, H, W, heads, shift] :
       {std::array<dim, 5>{1, 7, 7, 1, 0}, {2, 14, 14, 3, 3}, {1, 7, 21, 2, 3}, {1, 28, 14, 1, 6}}) {
    attention_case attention(B, H, W, heads, shift);
    const auto expected = attention.expected();
    CHECK(largest_difference(attention.on_cpu<float>(), expected) < 2e-5);  // measured: 3e-6
    CHECK(largest_difference(attention.on_cpu<bfloat16>(), expected) <
          0.06);  // inputs of 8 bits; measured: 0.03
  }
}

TEST_CASE("window attention gives the same bits whatever the number of threads") {
  attention_case attention(2, 14, 14, 3, 3);
  CHECK(attention.on_cpu<float>(1) == attention.on_cpu<float>(2));
}

TEST_CASE("a token attends to its own window only") {
  attention_case attention(1, 14, 7, 1, 0);
  const auto before = attention.on_cpu<float>();
  for (dim i = 0; i < 7 * 7 * 96; ++i) attention.qkv[i] += 1;  // the upper window
  const auto after = attention.on_cpu<float>();
  const dim half = 7 * 7 * 32;
  CHECK(std::equal(before.begin() + half, before.end(), after.begin() + half));
  CHECK(!std::equal(before.begin(), before.begin() + half, after.begin()));
}

TEST_CASE("attention to equal values returns that value") {
  attention_case attention(1, 14, 14, 1, 3);
  for (dim token = 0; token < 14 * 14; ++token)
    for (dim i = 0; i < 32; ++i) attention.qkv[token * 96 + 64 + i] = float(i);
  const auto y = attention.on_cpu<float>();
  for (dim token = 0; token < 14 * 14; ++token)
    for (dim i = 0; i < 32; ++i) CHECK(std::abs(y[token * 32 + i] - float(i)) < 1e-4);
}
