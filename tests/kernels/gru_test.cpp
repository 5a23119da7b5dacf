#include <doctest/doctest.h>

#include <eev/cuda/gru.hpp>
#include <eev/reference/gru.hpp>

#include "close.hpp"
#include "device_tensor.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// What gru() reads, at random; weights of a standard deviation of about 1 / sqrt(U), as trained networks
/// begin with.
struct gru_case {
  dim B, steps, U;
  std::vector<float> projected = random_values(B * steps * 6 * U, 1);
  std::vector<float> weight[2] = {random_weight(2), random_weight(3)};
  std::vector<float> bias = random_values(6 * U, 4);

  /// With the weights as T holds them.
  template <class T>
  std::vector<double> expected() const {
    reference::device<double> device;
    std::vector<double> y(B * steps * 2 * U);
    const auto pack = [&](const std::vector<float>& values) {
      const std::vector<T> held(values.begin(), values.end());
      return device.pack<double>({held.begin(), held.end()}, 3 * U, U);
    };
    gru(device, shaped(y, B, steps, 2 * U), shaped(as_double(projected), B, steps, 2, 3 * U),
        {pack(weight[0]), pack(weight[1])}, shaped(as_double(bias), 2, 3 * U));
    return y;
  }

  template <class T, class Out = T>
  std::vector<Out> on_gpu() const {
    cuda::device device;
    const device_tensor<float> x(device, projected), plus(device, bias);
    const device_tensor<T> forward(device, weight[0]), reverse(device, weight[1]);
    const device_tensor<Out> y(device, B * steps * 2 * U);
    gru(device, y.as(B, steps, 2 * U), x.as(B, steps, 2, 3 * U), {forward.as(3 * U, U), reverse.as(3 * U, U)},
        plus.as(2, 3 * U));
    return y.values();
  }

 private:
  std::vector<float> random_weight(unsigned seed) const {
    auto values = random_values(3 * U * U, seed);
    for (float& value : values) value *= std::sqrt(3.0f / float(U));
    return values;
  }
};

template <class T>
void agrees_with_the_reference(dim B, dim steps, dim U) {
  const gru_case problem{B, steps, U};
  const auto expected = problem.expected<T>();
  in_every_order([&] {
    INFO("B ", B, ", T ", steps, ", U ", U);
    const auto y = problem.template on_gpu<T, float>();
    // Measured on the CPU runner: 1.2e-6. In bfloat16, whose factors have 8 bits: 1.3e-3.
    CHECK(largest_difference(y, expected) < (sizeof(T) == 4 ? 4e-6 : 4e-3));
    if constexpr (sizeof(T) == 2)
      CHECK(largest_difference(problem.on_gpu<T, bfloat16>(), std::vector<bfloat16>(y.begin(), y.end())) ==
            0);
  });
}

}  // namespace

TEST_CASE("a GRU agrees with the reference, whatever the clips, steps and units") {
  for (auto [B, steps, U] : {std::array<dim, 3>{1, 1, 1}, {2, 3, 5}, {9, 2, 31}, {3, 2, 34}})
    agrees_with_the_reference<float>(B, steps, U);
}

TEST_CASE("large: a GRU agrees with the reference at the widths of the networks and beyond") {
  for (auto [B, steps, U] :
       {std::array<dim, 3>{17, 3, 64}, {4, 5, 66}, {3, 60, 128}, {9, 3, 512}, {2, 2, 515}})
    agrees_with_the_reference<float>(B, steps, U);
}

TEST_CASE("a GRU in bfloat16 agrees with the reference, whatever the clips, steps and units") {
  for (auto [B, steps, U] : {std::array<dim, 3>{1, 1, 1}, {9, 2, 5}, {2, 3, 33}})
    agrees_with_the_reference<bfloat16>(B, steps, U);
}

TEST_CASE("large: a GRU in bfloat16 agrees with the reference at the widths of the networks and beyond") {
  for (auto [B, steps, U] : {std::array<dim, 3>{17, 3, 64},
                             {129, 1, 128},
                             {2, 2, 256},
                             {3, 2, 512},
                             {9, 2, 300},
                             {2, 1, 300},
                             {1, 2, 520}})
    agrees_with_the_reference<bfloat16>(B, steps, U);
}

TEST_CASE_TEMPLATE("a clip's states are the same bits in any batch", T, float, bfloat16) {
  const gru_case all{11, 4, 9};
  const auto y = all.template on_gpu<T, float>();
  for (dim b : {0, 10}) {
    gru_case alone{1, 4, 9};
    std::copy_n(all.projected.begin() + b * 4 * 54, 4 * 54, alone.projected.begin());
    alone.weight[0] = all.weight[0], alone.weight[1] = all.weight[1];
    CHECK(alone.template on_gpu<T, float>() ==
          std::vector(y.begin() + b * 4 * 18, y.begin() + (b + 1) * 4 * 18));
  }
}

TEST_CASE_TEMPLATE("a GRU keeps a not-a-number to its clip and to the steps after it", T, float, bfloat16) {
  gru_case problem{3, 3, 8};
  shaped(problem.projected, 3, 3, 2, 24)(1, 1, 0, 5) = NAN;  // r of unit 5 of the forward direction
  const auto y = problem.template on_gpu<T, float>();
  const auto states = shaped(y, 3, 3, 16);
  for (dim b = 0; b < 3; ++b)
    for (dim t = 0; t < 3; ++t)
      for (dim u = 0; u < 16; ++u)
        CHECK(std::isnan(states(b, t, u)) == (b == 1 && (t == 1 ? u == 5 : t == 2 && u < 8)));
}

TEST_CASE_TEMPLATE("a GRU of no clips, of no steps or of no units does nothing", T, float, bfloat16) {
  for (const auto& none : {gru_case{0, 4, 3}, gru_case{2, 0, 3}, gru_case{2, 4, 0}})
    CHECK(none.template on_gpu<T, float>().empty());
}

TEST_CASE("a GRU refuses shapes that do not fit, and more units than a block has room for") {
  cuda::device device;
  const device_tensor<float> y(device, 12), x(device, 12), weight(device, 3), bias(device, 6);
  CHECK_THROWS_WITH_AS(
      gru(device, y.as(2, 2, 3), x.as(2, 1, 2, 3), {weight.as(3, 1), weight.as(3, 1)}, bias.as(2, 3)),
      "gru: y [2, 2, 3], projected [2, 1, 2, 3], weight [3, 1] and [3, 1], bias [2, 3]; expected y [B, T, "
      "2U], projected [B, T, 2, 3U], weight [3U, U] twice, bias [2, 3U]",
      error);
  const dim U = 12'673;
  const view<float, 2> many{nullptr, {3 * U, U}};
  CHECK_THROWS_WITH_AS(
      gru(device, view<float, 3>{nullptr, {1, 1, 2 * U}}, view<float, 4>{nullptr, {1, 1, 2, 3 * U}},
          {many, many}, view<float, 2>{nullptr, {2, 3 * U}}),
      "gru: 12673 units need 101408 bytes of shared memory; a block has 101376", error);
  const view<bfloat16, 2> wide{nullptr, {3 * 1025, 1025}};
  CHECK_THROWS_WITH_AS(gru(device, view<float, 3>{nullptr, {1, 1, 2 * 1025}}, {nullptr, {1, 1, 2, 3 * 1025}},
                           {wide, wide}, {nullptr, {2, 3 * 1025}}),
                       "gru: 1025 units; in bfloat16 there may be 1024", error);
}
