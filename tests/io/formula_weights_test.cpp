#include <algorithm>
#include <bit>
#include <cmath>

#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

double deviation(const std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (double value : values) sum += value, squares += value * value;
  const double mean = sum / double(values.size());
  return std::sqrt(squares / double(values.size()) - mean * mean);
}

}  // namespace

TEST_CASE("weights by formula are those of tools/formula_weights.py, bit for bit") {
  const struct {
    std::string name;
    std::vector<dim> shape;
    std::uint32_t first, last;  // bits of the first and of the last value
    std::uint64_t hash;         // FNV-1a of all bytes
  } cases[] = {
      {"layers.0.blocks.0.norm1.weight", {7}, 0x3f6299a1, 0x3f5c6f5f, 0xef9faea1c68a5fd1},
      {"norm.bias", {5}, 0x3e554160, 0x3da3b1f8, 0x26c4547fcc99a8f7},
      {"layers.1.blocks.1.attn.relative_position_bias_table",
       {169, 6},
       0xbf966f5a,
       0x3fda69cc,
       0x3c4d3a4eaf0b7850},
      {"layers.0.blocks.0.attn.qkv.weight", {288, 96}, 0x3e4c6eed, 0x3dac3b58, 0x1652a6a16dc33b02},
      {"features.0.weight", {64, 1, 3, 3}, 0x3f14b91c, 0x3e080662, 0xfe84fbc30c0ffd41},
      {"embeddings.4.weight", {128, 37}, 0xbec4180f, 0x3e3dcdc1, 0x61c0bbac9bcbe57f},
      {"layers.3.downsample.reduction.weight", {10, 20}, 0xbe82c9e5, 0x3dce57c4, 0xd70a1ed15bd47256},
      {"visual_gru.weight_ih_l0_reverse", {12, 5}, 0xbe4952cf, 0xbedd3e6a, 0x391cbf90ee076cf3},
      {"visual_gru.bias_hh_l1_reverse", {12}, 0x3d20ae34, 0xbe8bceec, 0xfb8bbb94fff58572},
      {"visual_mean", {4}, 0xbd71aeba, 0xbe4d06bd, 0xbecd567692f40e9b},
      {"audio_std", {4}, 0x3f3ac6ed, 0x3f9cb54b, 0x0ae5b476194862bb},
      {"layer0.bn1.running_var", {8}, 0x3f82053e, 0x3f8f5a69, 0x00cc5bf79a4ad9e2},
      {"layer0.bn1.running_mean", {8}, 0xbdaacecd, 0xbdf3f60f, 0x4ea7e5256bd8ecf2},
      {"scalar", {}, 0xbfc74b52, 0xbfc74b52, 0x065b072ca35e9b28},
      {"empty.weight", {0, 3}, 0, 0, 0xcbf29ce484222325},
      {"empty.weight", {3, 0}, 0, 0, 0xcbf29ce484222325},
      {"embeddings.0.weight", {97, 12288}, 0x3b351038, 0x3bd56ac2, 0x1519b20733d7c8d9},
  };
  for (const auto& [name, shape, first, last, hash] : cases) {
    CAPTURE(name);
    const std::vector<float> values = formula_tensor(name, shape);
    CHECK(fnv1a({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)}) == hash);
    if (values.empty()) continue;
    CHECK(std::bit_cast<std::uint32_t>(values.front()) == first);
    CHECK(std::bit_cast<std::uint32_t>(values.back()) == last);
  }
}

TEST_CASE("the hash of names is FNV-1a") {  // the vectors of draft-eastlake-fnv
  CHECK(fnv1a("") == 0xcbf29ce484222325u);
  CHECK(fnv1a("a") == 0xaf63dc4c8601ec8cu);
  CHECK(fnv1a("foobar") == 0x85944171f73967e8u);
}

TEST_CASE("weights by formula lie where their names say") {
  const double third = std::sqrt(1.0 / 3);  // the standard deviation of the uniform distribution in [-1, 1)
  const struct {
    std::string name;
    std::vector<dim> shape;
    double offset, scale;
  } cases[] = {
      {"layers.0.norm1.weight", {4000}, 1, 0.3},
      {"layer1.0.downsample.1.weight", {4000}, 1, 0.3},
      {"layer0.bn1.running_var", {4000}, 1, 0.3},
      {"audio_std", {4000}, 1, 0.3},
      {"layer0.bn1.running_mean", {4000}, 0, 0.3},
      {"visual_mean", {4000}, 0, 0.3},
      {"layers.0.norm1.bias", {4000}, 0, 0.3},
      {"visual_gru.bias_hh_l1_reverse", {4000}, 0, 0.3},
      {"layers.0.blocks.0.attn.relative_position_bias_table", {169, 24}, 0, 2},
      {"mlp.fc1.weight", {100, 48}, 0, 0.25},
      {"patch_embed.proj.weight", {100, 3, 4, 4}, 0, 0.25},
      {"visual_gru.weight_ih_l0_reverse", {96, 48}, 0, 0.25},
      {"features.3.weight", {200, 2, 3, 4}, 0, 0.5},
      {"audio.embeddings.0.weight", {200, 24}, 0, 0.5},
  };
  for (const auto& [name, shape, offset, scale] : cases) {
    CAPTURE(name);
    const std::vector<float> values = formula_tensor(name, shape);
    const auto [least, most] = std::ranges::minmax(values);
    CHECK(least >= float(offset - scale));
    CHECK(most <= float(offset + scale));
    CHECK(least < offset - 0.99 * scale);
    CHECK(most > offset + 0.99 * scale);
    CHECK(deviation(values) == doctest::Approx(third * scale).epsilon(0.03));
  }
}

TEST_CASE("queries and keys by formula make logits of a standard deviation above 1") {
  const dim C = 64, heads = 2, width = C / heads, R = 40;
  const std::vector<float> weight = formula_tensor("layers.0.blocks.1.attn.qkv.weight", {3 * C, C});
  std::vector<float> x = random_values(R * C, 1);
  for (float& value : x) value *= std::sqrt(3.0f);  // of variance 1, as a layer norm leaves it
  auto projected = [&](dim row, dim r) {
    double sum = 0;
    for (dim c = 0; c < C; ++c) sum += double(weight[row * C + c]) * x[r * C + c];
    return sum;
  };
  std::vector<float> logits, values;
  for (dim i = 0; i < R; ++i) {
    for (dim j = 0; j < R; ++j) {
      double logit = 0;
      for (dim c = 0; c < width; ++c) logit += projected(c, i) * projected(C + c, j);
      logits.push_back(float(logit / std::sqrt(double(width))));
    }
    for (dim c = 0; c < C; ++c) values.push_back(float(projected(2 * C + c, i)));
  }
  CHECK(deviation(logits) > 1.2);
  CHECK(deviation(logits) < 2.0);
  CHECK(deviation(values) == doctest::Approx(1).epsilon(0.1));
}

TEST_CASE("names by formula give unrelated values, and the source has them all") {
  const dim count = 4000;
  const auto a = formula_tensor("layers.0.norm1.bias", {count}),
             b = formula_tensor("layers.0.norm2.bias", {count});
  double product = 0;
  for (dim i = 0; i < count; ++i) product += double(a[i]) * b[i] / (deviation(a) * deviation(b) * count);
  CHECK(std::abs(product) < 0.05);  // three standard deviations of chance

  formula_source source;
  CHECK(source.has("anything"));
  CHECK(source.read("layers.0.norm1.bias", {count}) == a);
}
