#include <doctest/doctest.h>

#include <eev/cuda/conv2d.hpp>
#include <eev/cuda/excite.hpp>
#include <eev/cuda/linear.hpp>
#include <eev/cuda/max_pool.hpp>
#include <eev/cuda/mean_pool.hpp>
#include <eev/cuda/normalise_image.hpp>
#include <eev/features/se_resnet.hpp>
#include <eev/reference/conv2d.hpp>
#include <eev/reference/excite.hpp>
#include <eev/reference/linear.hpp>
#include <eev/reference/max_pool.hpp>
#include <eev/reference/mean_pool.hpp>
#include <eev/reference/normalise_image.hpp>

#include "small_network.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("large: a small SE-ResNeXt on the GPU agrees with the reference") {
  constexpr features::se_resnet_shape shape{.name = "",
                                            .blocks = {1, 2, 1, 1},
                                            .width = 16,
                                            .groups = 4,
                                            .stride_in_3x3 = true,
                                            .side = 34,
                                            .channels = 32};
  check_on_gpu(shape, 5e-6, 0.03);  // measured on the CPU runner:
}
