#include <doctest/doctest.h>

#include <eev/core/window.hpp>
#include <eev/cuda/window_attention.hpp>
#include <eev/reference/window_attention.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

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
    // Logits of several units: a softmax that is far from flat. Numbers that bfloat16 holds too.
    for (float& value : qkv) value = bfloat16(3 * value);
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
  std::vector<T> on_gpu() const {
    cuda::device device;
    const device_tensor<T> in(device, qkv), y(device, B * H * W * C());
    const device_tensor<float> plus(device, bias);
    window_attention(device, y.as(B, H, W, C()), in.as(B, H, W, 3 * C()),
                     plus.as(heads, window_tokens, window_tokens), shift);
    return y.values();
  }
};

void agrees_with_the_reference(dim B, dim H, dim W, dim heads, dim shift) {
  const attention_case attention(B, H, W, heads, shift);
  const auto expected = attention.expected();
  in_every_order([&] {
    INFO("y [", B, ", ", H, ", ", W, ", ", attention.C(), "], shift ", shift);
    CHECK(largest_difference(attention.on_gpu<float>(), expected) <
          1e-5);  // measured on the CPU runner: 3e-6
    // Of values below 3: one rounding of the result, one of the weights. Measured: 0.011.
    CHECK(largest_difference(attention.on_gpu<bfloat16>(), expected) < 1.0 / 64);
  });
}

}  // namespace

TEST_CASE("window attention agrees with the reference, shifted or not") {
  for (auto [B, H, W, heads, shift] : {std::array<dim, 5>{1, 7, 7, 1, 0},
                                       {1, 7, 14, 1, 3},
                                       {1, 14, 7, 1, 6},
                                       {1, 7, 35, 1, 3},
                                       {2, 7, 7, 3, 1}})
    agrees_with_the_reference(B, H, W, heads, shift);
}

TEST_CASE("large: window attention agrees with the reference in many windows of many heads") {
  for (auto [B, H, W, heads, shift] :
       {std::array<dim, 5>{2, 14, 14, 3, 3}, {1, 21, 28, 2, 3}, {7, 7, 7, 5, 0}})
    agrees_with_the_reference(B, H, W, heads, shift);
}

TEST_CASE("window attention keeps a not-a-number to its window, and to its query") {
  for (dim part = 0; part < 3; ++part) {  // query, key, value
    attention_case attention(1, 7, 14, 1, 0);
    attention.qkv[3 * 96 + part * 32 + 5] = NAN;  // of token 3 of the first row, in the left window
    const auto check = [&](const auto& y) {
      for (dim token = 0; token < 7 * 14; ++token)
        for (dim c = 0; c < 32; ++c) {
          const bool seen = part == 0 ? token == 3 : token % 14 < 7 && (part == 1 || c == 5);
          CHECK(std::isnan(float(y[token * 32 + c])) == seen);
        }
    };
    check(attention.on_gpu<float>());
    check(attention.on_gpu<bfloat16>());
  }
}

TEST_CASE("window attention to equal values returns that value") {
  attention_case attention(1, 7, 7, 1, 3);
  for (dim token = 0; token < 7 * 7; ++token)
    for (dim c = 0; c < 32; ++c) attention.qkv[token * 96 + 64 + c] = float(c);
  const auto exact = attention.on_gpu<float>();
  const auto rounded = attention.on_gpu<bfloat16>();
  for (dim i = 0; i < 7 * 7 * 32; ++i) {
    CHECK(std::abs(exact[i] - float(i % 32)) < 1e-4);
    CHECK(std::abs(rounded[i] - float(i % 32)) < 0.13);  // one rounding of values below 32
  }
}

TEST_CASE("window attention of no images does nothing, one of misfits is refused") {
  cuda::device device;
  const device_tensor<float> y(device, 49 * 32), qkv(device, 49 * 96 + 1), bias(device, 49 * 49);
  const view<float, 4> first{qkv.tensor().data, {1, 7, 7, 96}};
  window_attention(device, y.as(1, 7, 7, 32).slices(0, 0), first.slices(0, 0), bias.as(1, 49, 49), 0);
  CHECK_THROWS_WITH_AS(
      window_attention(device, y.as(1, 7, 7, 32), first, bias.as(1, 49, 49), 7),
      "window_attention: y [1, 7, 7, 32], qkv [1, 7, 7, 96], bias [1, 49, 49], shift 7; expected y [B, H, W, "
      "C], qkv [B, H, W, 3C], bias [heads, 49, 49], heads of width 32, sides in whole windows of 7",
      error);
  CHECK_THROWS_AS(window_attention(device, y.as(1, 7, 7, 32), first, bias.as(1, 7, 343), 0), error);
  CHECK_THROWS_WITH_AS(
      window_attention(device, y.as(1, 7, 7, 32), view<float, 4>{first.data + 1, first.shape},
                       bias.as(1, 49, 49), 0),
      "window_attention: y or qkv is not aligned to 16 bytes; expected tensors that begin at whole vectors",
      error);
}
