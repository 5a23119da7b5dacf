// In:  nothing.  Out: how each source of checkpoints names its tensors, as tables.  Rests on: io/name_map.
//
// eev's own names are timm's for Swin, Cadene's for SE-ResNet, torchvision's for Inception, torchvggish's for
// VGGish and the authors' for the head. The first rule that matches counts. Sources are told apart by a name
// that only they have.
#pragma once

#include <eev/io/name_map.hpp>

namespace eev::io {

inline constexpr std::string_view swin_index = "computed by eev, found to be the same";
inline constexpr std::string_view classifier = "the classifier, behind the features";
inline constexpr std::string_view batches_seen = "how many batches training has seen";

/// github.com/microsoft/Swin-Transformer, and timm before 0.9: patches are merged at the end of a stage.
inline constexpr name_rule microsoft_swin_names[] = {
    {"layers.#.blocks.#.attn.relative_position_index", "", swin_index, known_buffer::relative_position_index},
    {"layers.#.blocks.#.attn_mask", "", swin_index, known_buffer::attention_mask},
    {"patch_embed.*", "patch_embed.*"},
    {"layers.#.blocks.*", "layers.#.blocks.*"},
    {"layers.#.downsample.*", "layers.#+1.downsample.*"},
    {"norm.*", "norm.*"},
    {"head.*", "", classifier},
};

/// timm since 0.9: patches are merged at the start of the next stage.
inline constexpr name_rule timm_swin_names[] = {
    {"layers.#.blocks.#.attn.relative_position_index", "", swin_index, known_buffer::relative_position_index},
    {"layers.#.blocks.#.attn_mask", "", swin_index, known_buffer::attention_mask},
    {"patch_embed.*", "patch_embed.*"},
    {"layers.#.*", "layers.#.*"},
    {"norm.*", "norm.*"},
    {"head.*", "", classifier},
};

/// Transformers: queries, keys and values have a tensor each.
inline constexpr name_rule hugging_face_swin_names[] = {
    {"encoder.layers.#.blocks.#.attention.self.relative_position_index", "", swin_index,
     known_buffer::relative_position_index},
    {"embeddings.patch_embeddings.projection.*", "patch_embed.proj.*"},
    {"embeddings.norm.*", "patch_embed.norm.*"},
    {"encoder.layers.#.blocks.#.layernorm_before.*", "layers.#.blocks.#.norm1.*"},
    {"encoder.layers.#.blocks.#.attention.self.relative_position_bias_table",
     "layers.#.blocks.#.attn.relative_position_bias_table"},
    {"encoder.layers.#.blocks.#.attention.self.query.*", "layers.#.blocks.#.attn.qkv.*", "", {}, 0, 3},
    {"encoder.layers.#.blocks.#.attention.self.key.*", "layers.#.blocks.#.attn.qkv.*", "", {}, 1, 3},
    {"encoder.layers.#.blocks.#.attention.self.value.*", "layers.#.blocks.#.attn.qkv.*", "", {}, 2, 3},
    {"encoder.layers.#.blocks.#.attention.output.dense.*", "layers.#.blocks.#.attn.proj.*"},
    {"encoder.layers.#.blocks.#.layernorm_after.*", "layers.#.blocks.#.norm2.*"},
    {"encoder.layers.#.blocks.#.intermediate.dense.*", "layers.#.blocks.#.mlp.fc1.*"},
    {"encoder.layers.#.blocks.#.output.dense.*", "layers.#.blocks.#.mlp.fc2.*"},
    {"encoder.layers.#.downsample.*", "layers.#+1.downsample.*"},
    {"layernorm.*", "norm.*"},
    {"classifier.*", "", classifier},
};

/// github.com/Cadene/pretrained-models.pytorch, and timm's legacy_seresnet50 and legacy_seresnext101_32x4d.
inline constexpr name_rule cadene_se_names[] = {
    {"*.num_batches_tracked", "", batches_seen},
    {"layer#.*", "layer#.*"},
    {"last_linear.*", "", classifier},
};

/// torchvision and timm.
inline constexpr name_rule torchvision_inception_names[] = {
    {"*.num_batches_tracked", "", batches_seen},
    {"AuxLogits.*", "", "the auxiliary classifier, of training alone"},
    {"Conv2d_*", "Conv2d_*"},
    {"Mixed_*", "Mixed_*"},
    {"fc.*", "", classifier},
};

/// github.com/harritaylor/torchvggish. Its first linear layer reads time, mel and channel in eev's order.
inline constexpr name_rule torchvggish_names[] = {
    {"features.#.*", "features.#.*"},
    {"embeddings.#.*", "embeddings.#.*"},
    {"pproc.*", "", "the post-processor, which eev reads from vggish_pca_params.npz"},
};

/// The authors' own code, github.com/HenryLittle/EEV-Challenge-2021, class Baseline.
inline constexpr name_rule authors_head_names[] = {
    {"image_gru.*", "image_gru.*"},
    {"audio_gru.*", "audio_gru.*"},
    {"contextGate1.linear.*", "contextGate1.linear.*"},
    {"linear.*", "linear.*"},
    {"contextGate2.linear.*", "contextGate2.linear.*"},
};

inline constexpr name_map name_maps[] = {
    {"official Swin", "swin", "module.", "layers.0.downsample.reduction.weight", microsoft_swin_names},
    {"timm Swin", "swin", "module.", "layers.1.downsample.reduction.weight", timm_swin_names},
    {"Hugging Face Swin", "swin", "swin.", "embeddings.patch_embeddings.projection.weight",
     hugging_face_swin_names},
    {"Cadene SE-ResNet", "se-res", "module.", "layer0.conv1.weight", cadene_se_names},
    {"torchvision Inception", "inception", "module.", "Mixed_5b.branch1x1.conv.weight",
     torchvision_inception_names},
    {"torchvggish", "vggish", "module.", "embeddings.4.weight", torchvggish_names},
    {"PyTorch head", "head", "module.", "contextGate1.linear.weight", authors_head_names},
};

}  // namespace eev::io
