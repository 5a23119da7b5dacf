// In:  nothing.  Out: the mixed blocks of Inception-v3, as tables.  Rests on: core/conv_extent.
//
// Szegedy et al. 2016, "Rethinking the Inception architecture", with torchvision's names.
#pragma once

#include <string_view>
#include <vector>

#include <eev/core/conv_extent.hpp>

namespace eev::features {

/// A convolution, its batch norm and a ReLU. With stride 1 the image keeps its size, with stride 2 it has no
/// padding.
struct inception_convolution {
  std::string_view name;
  dim N;
  height_width size;
  dim stride = 1;
};

enum class branch_pool { none, average, largest };

/// The block's input is pooled and goes through the chain; the ends read what comes out of it. What the ends
/// of all branches make, or a chain without ends, lies side by side in the block's output.
struct inception_branch {
  std::vector<inception_convolution> chain, ends;
  branch_pool before = branch_pool::none;
};

struct inception_block {
  std::string_view name;
  std::vector<inception_branch> branches;
};

/// Of 35x35 places.
inline inception_block inception_a(std::string_view name, dim pooled) {
  return {
      name,
      {{{}, {{"branch1x1", 64, {1, 1}}}},
       {{{"branch5x5_1", 48, {1, 1}}}, {{"branch5x5_2", 64, {5, 5}}}},
       {{{"branch3x3dbl_1", 64, {1, 1}}, {"branch3x3dbl_2", 96, {3, 3}}}, {{"branch3x3dbl_3", 96, {3, 3}}}},
       {{}, {{"branch_pool", pooled, {1, 1}}}, branch_pool::average}}};
}

/// From 35x35 to 17x17.
inline inception_block inception_b(std::string_view name) {
  return {name,
          {{{}, {{"branch3x3", 384, {3, 3}, 2}}},
           {{{"branch3x3dbl_1", 64, {1, 1}}, {"branch3x3dbl_2", 96, {3, 3}}},
            {{"branch3x3dbl_3", 96, {3, 3}, 2}}},
           {{}, {}, branch_pool::largest}}};
}

/// Of 17x17 places.
inline inception_block inception_c(std::string_view name, dim width) {
  return {name,
          {{{}, {{"branch1x1", 192, {1, 1}}}},
           {{{"branch7x7_1", width, {1, 1}}, {"branch7x7_2", width, {1, 7}}}, {{"branch7x7_3", 192, {7, 1}}}},
           {{{"branch7x7dbl_1", width, {1, 1}},
             {"branch7x7dbl_2", width, {7, 1}},
             {"branch7x7dbl_3", width, {1, 7}},
             {"branch7x7dbl_4", width, {7, 1}}},
            {{"branch7x7dbl_5", 192, {1, 7}}}},
           {{}, {{"branch_pool", 192, {1, 1}}}, branch_pool::average}}};
}

/// From 17x17 to 8x8.
inline inception_block inception_d(std::string_view name) {
  return {name,
          {{{{"branch3x3_1", 192, {1, 1}}}, {{"branch3x3_2", 320, {3, 3}, 2}}},
           {{{"branch7x7x3_1", 192, {1, 1}}, {"branch7x7x3_2", 192, {1, 7}}, {"branch7x7x3_3", 192, {7, 1}}},
            {{"branch7x7x3_4", 192, {3, 3}, 2}}},
           {{}, {}, branch_pool::largest}}};
}

/// Of 8x8 places.
inline inception_block inception_e(std::string_view name) {
  return {name,
          {{{}, {{"branch1x1", 320, {1, 1}}}},
           {{{"branch3x3_1", 384, {1, 1}}}, {{"branch3x3_2a", 384, {1, 3}}, {"branch3x3_2b", 384, {3, 1}}}},
           {{{"branch3x3dbl_1", 448, {1, 1}}, {"branch3x3dbl_2", 384, {3, 3}}},
            {{"branch3x3dbl_3a", 384, {1, 3}}, {"branch3x3dbl_3b", 384, {3, 1}}}},
           {{}, {{"branch_pool", 192, {1, 1}}}, branch_pool::average}}};
}

/// All of them, in their order.
inline std::vector<inception_block> inception_blocks() {
  return {inception_a("Mixed_5b", 32),  inception_a("Mixed_5c", 64),  inception_a("Mixed_5d", 64),
          inception_b("Mixed_6a"),      inception_c("Mixed_6b", 128), inception_c("Mixed_6c", 160),
          inception_c("Mixed_6d", 160), inception_c("Mixed_6e", 192), inception_d("Mixed_7a"),
          inception_e("Mixed_7b"),      inception_e("Mixed_7c")};
}

}  // namespace eev::features
