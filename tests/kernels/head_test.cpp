#include <doctest/doctest.h>

#include <eev/cuda/concatenate.hpp>
#include <eev/cuda/gate.hpp>
#include <eev/cuda/gru.hpp>
#include <eev/cuda/linear.hpp>
#include <eev/cuda/mixture_of_experts.hpp>
#include <eev/cuda/standardise.hpp>
#include <eev/head/head.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/gate.hpp>
#include <eev/reference/gru.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/mixture_of_experts.hpp>
#include <eev/reference/standardise.hpp>

#include "close.hpp"
#include "faulty_source.hpp"
#include "formula_rows.hpp"
#include "orders.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// Scores of the formula rows of B clips of T rows, by weights by formula.
template <class Device>
std::vector<double> scores(const head_shape& shape, dim B, dim T) {
  using scalar = typename Device::scalar;
  Device device;
  const head<Device> network(device, formula_weights(), shape);
  const auto rows = [&](dim C) {
    const auto values = formula_rows<double>(B, T, C);
    const auto there = device.template take<scalar>(B, T, C);
    device.upload(there, shaped(values, B, T, C));
    return there;
  };
  const auto visual = rows(shape.visual), audio = rows(shape.audio);
  const auto y = device.template take<scalar>(B, T, shape.expressions);
  network(device, y, visual, audio);
  std::vector<double> host(y.size());
  device.download(shaped(host, B, T, shape.expressions), y);
  return host;
}

void agrees_with_the_reference(const head_shape& shape, dim B, dim T) {
  const auto expected = scores<reference::device<double>>(shape, B, T);
  in_every_order([&] {
    CHECK(largest_difference(scores<cuda::device>(shape, B, T), expected) < 1e-6);  // measured: 7e-8
  });
}

}  // namespace

TEST_CASE("a small head of one modality or of both has the reference's scores") {
  const head_shape both{
      .visual = 5, .audio = 3, .visual_units = 4, .audio_units = 3, .layers = 1, .expressions = 3};
  agrees_with_the_reference(both, 2, 3);
  auto visual = both, audio = both;
  visual.audio = visual.audio_units = audio.visual = audio.visual_units = 0;
  agrees_with_the_reference(visual, 1, 2);
  agrees_with_the_reference(audio, 1, 2);
  auto baseline = both;
  baseline.experts = 2;
  agrees_with_the_reference(baseline, 1, 2);
}

TEST_CASE("large: the demo's head has the reference's scores") {
  agrees_with_the_reference(find_head_shape("head-demo"), 2, 13);
}
