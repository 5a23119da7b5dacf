// In:  the shapes of the tensors in a head file.  Out: the sizes of the head.  Rests on: core,
// io/safetensors_source.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <eev/core/expressions.hpp>
#include <eev/core/view.hpp>
#include <eev/io/safetensors_source.hpp>

namespace eev {

/// The sizes of a head; the defaults are the paper's. A modality of no units is not there. A head with
/// experts is that of the data set's authors (Sun et al. 2021): a mixture of experts in place of the linear
/// layer and the gating after it.
struct head_shape {
  dim visual = 1536, audio = 128;             ///< width of the rows
  dim visual_units = 512, audio_units = 128;  ///< of the GRU, in each direction
  int layers = 2;                             ///< of each GRU
  dim expressions = dim(eev::expressions.size());
  dim experts = 0;  ///< of each expression; 0: the paper's head

  dim fused() const { return 2 * (visual_units + audio_units); }
  bool operator==(const head_shape&) const = default;
};

/// How many experts the baseline has for each expression: YouTube-8M's default.
inline constexpr dim baseline_experts = 2;

/// The shape of that name: `head` is the paper's, `head-demo` that of the embedded demo bundle.
inline head_shape find_head_shape(std::string_view name) {
  if (name == "head") return {};
  if (name == "head-demo") return {.visual = 256, .visual_units = 64, .audio_units = 32};
  throw error(message("no head '", name, "'; there are head, head-demo"));
}

/// The head whose tensors have these shapes. `lookup(name)` is the shape of the tensor of that name, as
/// std::optional<std::vector<dim>>, or nothing. The head's constructor checks the other tensors against it.
template <class Lookup>
head_shape head_shape_of(Lookup lookup) {
  const auto matrix = [&](const std::string& name) {
    const std::optional<std::vector<dim>> shape = lookup(name);
    require(!shape || shape->size() == 2, "tensor '", name, "' of a head is ",
            shape.value_or(std::vector<dim>{}), ", expected a matrix");
    return shape;
  };
  struct sizes {
    dim inputs = 0, units = 0;
    int layers = 0;
  };
  const auto gru_of = [&](const std::string& name) {
    sizes gru;
    if (const auto input = matrix(name + ".weight_ih_l0")) {
      gru.inputs = (*input)[1], gru.units = (*input)[0] / 3;
      while (matrix(message(name, ".weight_ih_l", gru.layers))) ++gru.layers;
    }
    return gru;
  };
  const sizes image = gru_of("image_gru"), audio = gru_of("audio_gru");
  require(image.units > 0 || audio.units > 0,
          "not a head: no tensor 'image_gru.weight_ih_l0' or 'audio_gru.weight_ih_l0'");
  require(image.units == 0 || audio.units == 0 || image.layers == audio.layers, "image_gru has ",
          image.layers, " layers, audio_gru ", audio.layers, "; expected the same number");
  head_shape shape{image.inputs, audio.inputs, image.units, audio.units,
                   std::max(image.layers, audio.layers)};
  if (const auto classifier = matrix("linear.weight")) {
    shape.expressions = (*classifier)[0];
    return shape;
  }
  const auto gates = matrix("gates.weight"), experts = matrix("experts.weight");
  require(gates && experts, "not a head: no tensor 'linear.weight', nor 'gates.weight' and 'experts.weight'");
  shape.expressions = (*gates)[0] - (*experts)[0];  // E (M + 1) and E M
  require(shape.expressions > 0 && (*experts)[0] > 0 && (*experts)[0] % shape.expressions == 0,
          "tensors 'gates.weight' and 'experts.weight' of a head have ", (*gates)[0], " and ", (*experts)[0],
          " rows, expected E (M + 1) and E M for E expressions of M experts");
  shape.experts = (*experts)[0] / shape.expressions;
  return shape;
}

/// The head in a file. Throws, naming the file, where it holds none.
inline head_shape head_shape_in(const io::safetensors_source& file) {
  return naming(file.file().path(),
                [&] { return head_shape_of([&](const std::string& name) { return file.shape_of(name); }); });
}

}  // namespace eev
