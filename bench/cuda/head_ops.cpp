// The operations of the paper's head and of its training, for a batch of 128 clips of a minute.
#include <eev/core/bfloat16.hpp>
#include <eev/cuda.hpp>

#include "meter.hpp"

namespace eev::bench {
namespace {

constexpr dim clips = 128, steps = 60, rows = clips * steps, expressions = 15;
constexpr dim visual_units = 512, audio_units = 128, fused = 2 * (visual_units + audio_units);
constexpr dim parameters = 14'000'000;

/// The bytes of so many floats for each row.
constexpr double bytes_of(double floats) { return 4.0 * rows * floats; }

/// Of a recurrence over all steps; a product with 3U x U weights for each row and direction.
constexpr double recurrence_flops(dim U) { return 2.0 * rows * 2 * 3 * U * U; }

template <class T>
void recur(meter& meter, dim U) {
  auto scope = meter.device.scope();
  const auto projected = meter.filled<float>(clips, steps, 2, 3 * U);
  const auto weight = meter.filled<T>(2, 3 * U, U);
  const auto bias = meter.filled<float>(2, 3 * U);
  auto y = meter.device.take<float>(clips, steps, 2 * U);
  const std::array<view<const T, 2>, 2> directions{weight[0], weight[1]};
  meter.report("gru", std::to_string(U) + " units", precision_of<T>, clips,
               {recurrence_flops(U), bytes_of(8.0 * U)},
               [&] { gru(meter.device, y, projected, directions, bias); });
}
const registered grus("gru", [](meter& meter) {
  for (dim U : {visual_units, audio_units}) {
    recur<float>(meter, U);
    recur<bfloat16>(meter, U);
  }
});

/// With `rounded` factors its products are those of tensor cores.
void recur_back(meter& meter, dim U, bool rounded) {
  auto scope = meter.device.scope();
  meter.device.round_factors(rounded);
  const auto projected = meter.filled<float>(clips, steps, 2, 3 * U);
  const auto weight = meter.filled<float>(2, 3 * U, U);
  const auto bias = meter.filled<float>(2, 3 * U);
  auto y = meter.device.take<float>(clips, steps, 2 * U), dweight = meter.device.take<float>(2, 3 * U, U);
  auto kept = meter.device.take<float>(clips, steps, 2, 4 * U),
       dprojected = meter.device.take<float>(clips, steps, 2, 3 * U);
  auto dbias = meter.device.take<float>(2, 3 * U);
  const std::string what = std::to_string(U) + " units";
  const char* precision = rounded ? "bf16" : "fp32";
  meter.report("gru_backward", what + " forwards", precision, clips,
               {recurrence_flops(U), bytes_of(16.0 * U)},
               [&] { gru_forward(meter.device, y, kept, projected, weight, bias); });
  meter.report("gru_backward", what, precision, clips, {2 * recurrence_flops(U), bytes_of(18.0 * U)},
               [&] { gru_backward(meter.device, dprojected, dweight, dbias, y, y, kept, weight); });
  meter.device.round_factors(false);
}
const registered grus_back("gru_backward", [](meter& meter) {
  for (dim U : {visual_units, audio_units})
    for (bool rounded : {false, true}) recur_back(meter, U, rounded);
});

const registered linears_back("linear_backward", [](meter& meter) {
  const dim K = 1536, N = 6 * visual_units;
  const auto dy = meter.filled<float>(rows, N), x = meter.filled<float>(rows, K),
             weight = meter.filled<float>(N, K);
  auto dx = meter.device.take<float>(rows, K), dweight = meter.device.take<float>(N, K);
  auto dbias = meter.device.take<float>(N);
  meter.report("linear_backward", "1536 to 3072", "fp32", clips,
               {4.0 * rows * N * K, bytes_of(N + 2 * K) + 8.0 * N * K},
               [&] { linear_backward(meter.device, dx, dweight, dbias, dy, x, weight); });
});

const registered gates("gate", [](meter& meter) {
  const auto x = meter.filled<float>(rows, fused), logits = meter.filled<float>(rows, fused);
  auto y = meter.device.take<float>(rows, fused);
  meter.report("gate", "1280 wide", "fp32", clips, {0, bytes_of(3 * fused)},
               [&] { gate(meter.device, y, x, logits); });
  meter.report("gate", "sigmoid 1280 wide", "fp32", clips, {0, bytes_of(2 * fused)},
               [&] { sigmoid(meter.device, y, x); });
});

const registered gates_back("gate_backward", [](meter& meter) {
  const auto dy = meter.filled<float>(rows, fused), x = meter.filled<float>(rows, fused),
             logits = meter.filled<float>(rows, fused);
  auto dx = meter.device.take<float>(rows, fused), dlogits = meter.device.take<float>(rows, fused);
  meter.report("gate_backward", "1280 wide", "fp32", clips, {0, bytes_of(5 * fused)},
               [&] { gate_backward(meter.device, dx, dlogits, dy, x, logits); });
  meter.report("gate_backward", "sigmoid 1280 wide", "fp32", clips, {0, bytes_of(3 * fused)},
               [&] { sigmoid_backward(meter.device, dx, dy, x); });
});

const registered joins("concatenate", [](meter& meter) {
  const auto a = meter.filled<float>(rows, 2 * visual_units), b = meter.filled<float>(rows, 2 * audio_units);
  auto y = meter.device.take<float>(rows, fused);
  meter.report("concatenate", "1024 and 256", "fp32", clips, {0, bytes_of(2 * fused)},
               [&] { concatenate(meter.device, y, a, b); });
});

const registered joins_back("concatenate_backward", [](meter& meter) {
  const auto dy = meter.filled<float>(rows, fused);
  auto da = meter.device.take<float>(rows, 2 * visual_units),
       db = meter.device.take<float>(rows, 2 * audio_units);
  meter.report("concatenate_backward", "1024 and 256", "fp32", clips, {0, bytes_of(2 * fused)},
               [&] { concatenate_backward(meter.device, da, db, dy); });
});

const registered inputs("standardise", [](meter& meter) {
  const dim C = 1536;
  const auto x = meter.filled<float>(rows, C), mean = meter.filled<float>(1, C),
             deviation = meter.filled<float>(1, C);
  auto y = meter.device.take<float>(rows, C);
  meter.report("standardise", "1536 wide", "fp32", clips, {0, bytes_of(2 * C)},
               [&] { standardise(meter.device, y, x, mean.rows()[0], deviation.rows()[0]); });
});

const registered drops("dropout", [](meter& meter) {
  const dim C = 2 * visual_units;
  const auto x = meter.filled<float>(rows, C);
  auto y = meter.device.take<float>(rows, C);
  meter.report("dropout", "1024 wide", "fp32", clips, {0, bytes_of(2 * C)},
               [&] { dropout(meter.device, y, x, 0.3f, 1); });
});

struct scored {
  view<float, 1> loss;
  view<float, 3> dp, p, y;
  view<float, 2> mask;
  explicit scored(meter& meter)
      : loss(meter.device.take<float>(1)),
        dp(meter.device.take<float>(clips, steps, expressions)),
        p(meter.filled<float>(clips, steps, expressions)),
        y(meter.filled<float>(clips, steps, expressions)),
        mask(meter.constant(1, clips, steps)) {}
};

const registered means_over_elements("elementwise_loss", [](meter& meter) {
  const scored s(meter);
  meter.report("elementwise_loss", "l1", "fp32", clips, {0, bytes_of(3 * expressions)},
               [&] { elementwise_loss(meter.device, s.loss, s.dp, s.p, s.y, s.mask, {.l1 = 1}); });
});

const registered means_over_curves("correlation_loss", [](meter& meter) {
  const scored s(meter);
  meter.report("correlation_loss", "ccc", "fp32", clips, {0, bytes_of(3 * expressions)},
               [&] { correlation_loss(meter.device, s.loss, s.dp, s.p, s.y, s.mask, {.ccc = 1}); });
});

const registered classes("class_loss", [](meter& meter) {
  const auto logits = meter.filled<float>(rows, expressions);
  const auto of_rows = meter.constant(3, rows);
  auto loss = meter.device.take<float>(1);
  auto dlogits = meter.device.take<float>(rows, expressions);
  meter.report("class_loss", "15 classes", "fp32", clips, {0, bytes_of(2 * expressions + 1)},
               [&] { class_loss(meter.device, loss, dlogits, logits, of_rows, 1); });
});

const registered units("unit_rows", [](meter& meter) {
  const auto x = meter.filled<float>(rows, fused), dy = meter.filled<float>(rows, fused);
  auto y = meter.device.take<float>(rows, fused), dx = meter.device.take<float>(rows, fused);
  meter.report("unit_rows", "1280 wide", "fp32", clips, {0, bytes_of(2 * fused)},
               [&] { unit_rows(meter.device, y, x, 1); });
  meter.report("unit_rows", "back 1280 wide", "fp32", clips, {0, bytes_of(4 * fused)},
               [&] { unit_rows_backward(meter.device, dx, dy, y, x, 1); });
});

const registered mixtures("mixture_of_experts", [](meter& meter) {
  const dim experts = 5;
  const auto gates = meter.filled<float>(rows, expressions * (experts + 1)),
             of_experts = meter.filled<float>(rows, expressions * experts);
  auto y = meter.device.take<float>(rows, expressions);
  meter.report("mixture_of_experts", "5 experts", "fp32", clips,
               {0, bytes_of(expressions * (2 * experts + 2))},
               [&] { mixture_of_experts(meter.device, y, gates, of_experts); });
});

const registered means_back("mean_pool_backward", [](meter& meter) {
  const dim C = 2 * visual_units;
  const auto dy = meter.filled<float>(clips, C);
  auto dx = meter.device.take<float>(clips, steps, C);
  meter.report("mean_pool_backward", "60 steps 1024 wide", "fp32", clips, {0, bytes_of(2 * C)},
               [&] { mean_pool_backward(meter.device, dx, dy); });
});

const registered steps_of_adam("adam", [](meter& meter) {
  const auto gradient = meter.filled<float>(parameters);
  auto x = meter.filled<float>(parameters), mean = meter.filled<float>(parameters);
  auto square = meter.constant(0.1f, parameters);
  meter.report("adam", "the head's parameters", "fp32", 1, {0, 7.0 * 4 * parameters},
               [&] { adam(meter.device, x, mean, square, gradient, {}, 1); });
});

const registered clipped("clip_norm", [](meter& meter) {
  auto gradient = meter.filled<float>(parameters), norm = meter.device.take<float>(1);
  double limit = 1000;  // always too low, so that the gradient is read twice and written once
  meter.report("clip_norm", "the head's parameters", "fp32", 1, {0, 3.0 * 4 * parameters},
               [&] { clip_norm(meter.device, gradient, norm, limit *= 0.999); });
});

const registered averaged("running_mean", [](meter& meter) {
  const auto x = meter.filled<float>(parameters);
  auto mean = meter.filled<float>(parameters);
  meter.report("running_mean", "the head's parameters", "fp32", 1, {0, 3.0 * 4 * parameters},
               [&] { running_mean(meter.device, mean, x, 2); });
});

}  // namespace
}  // namespace eev::bench
