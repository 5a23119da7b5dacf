#include <doctest/doctest.h>

#include <eev/cuda/average_pool.hpp>
#include <eev/cuda/conv2d.hpp>
#include <eev/cuda/max_pool.hpp>
#include <eev/cuda/mean_pool.hpp>
#include <eev/cuda/normalise_image.hpp>
#include <eev/cuda/place_columns.hpp>
#include <eev/features/inception.hpp>
#include <eev/reference/average_pool.hpp>
#include <eev/reference/conv2d.hpp>
#include <eev/reference/max_pool.hpp>
#include <eev/reference/mean_pool.hpp>
#include <eev/reference/normalise_image.hpp>
#include <eev/reference/place_columns.hpp>

#include "small_network.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("large: a small Inception on the GPU agrees with the reference") {
  constexpr features::inception_shape shape{.name = "", .side = 75, .part = 16};
  check_on_gpu(shape, 5e-6, 0.03);  // measured on the CPU runner:
}
