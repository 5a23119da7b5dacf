#include <doctest/doctest.h>

#include <eev/model.hpp>

#include "close.hpp"
#include "faulty_source.hpp"
#include "formula_inputs.hpp"

using namespace eev;
using namespace eev::test;

TEST_CASE("a visual network is made by its name, and says how it sees") {
  cpu::device device(2);
  const auto network = features::make_visual_network<float>(device, formula_weights(), "swin-demo");
  CHECK(network->features() == 256);
  CHECK(network->side() == 224);
  CHECK(network->filter() == resize_filter::bicubic);
  const auto rgb = formula_image(1, 224, 224);
  std::vector<float> y(256), expected(256);
  (*network)(device, shaped(y, 1, 256), shaped(rgb, 1, 224, 224, 3));
  features::swin<cpu::device> same(device, formula_weights(), features::find_swin("swin-demo"));
  same(device, shaped(expected, 1, 256), shaped(rgb, 1, 224, 224, 3));
  CHECK(y == expected);
}

TEST_CASE(
    "each visual network has its side and its filter, and one that is not there is refused with those that "
    "are") {
  const auto sight = [](const char* name) {
    return features::with_visual_shape(name, [](const auto& shape) {
      return std::pair{shape.side, shape.filter == resize_filter::bilinear};
    });
  };
  CHECK(sight("swin-large") == std::pair{dim{224}, false});
  CHECK(sight("se-resnet50") == std::pair{dim{224}, true});
  CHECK(sight("se-resnext101-32x4d") == std::pair{dim{224}, true});
  CHECK(sight("inception-v3") == std::pair{dim{299}, true});
  CHECK_THROWS_WITH_AS(
      sight("resnet50"),
      "no visual network 'resnet50'; there are swin-tiny, swin-small, swin-base, swin-large, "
      "swin-demo, se-resnet50, se-resnext101-32x4d, inception-v3",
      error);
}
