#include "swin_buffers.hpp"

#include <doctest/doctest.h>

#include <eev/io/swin_buffers.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

TEST_CASE("Swin's index of relative positions is taken for what it is, and nothing else") {
  auto index = swin_position_index();
  const auto complaint = [&](const std::vector<dim>& shape = {49, 49}, std::string_view type = "I64") {
    return error_of([&] {
      check_relative_position_index("t", row_major_tensor({type, shape, std::as_bytes(std::span(index))}));
    });
  };
  CHECK(complaint() == "");
  CHECK(complaint({49 * 49}) == "t is I64 [2401], expected I64 [49, 49]");
  CHECK(complaint({49, 49}, "F64") == "t is F64 [49, 49], expected I64 [49, 49]");
  std::swap(index[1], index[49]);  // queries and keys exchanged
  CHECK(complaint() == "t is 85 at [0, 1], expected 83");
}

TEST_CASE("Swin's mask of shifted windows is taken for what it is, and nothing else") {
  for (const dim across : {1, 2, 4, 8}) {
    auto mask = swin_attention_mask(across);
    const auto complaint = [&](const std::vector<dim>& shape) {
      return error_of([&] {
        check_attention_mask("t", row_major_tensor({"F32", shape, std::as_bytes(std::span(mask))}));
      });
    };
    CHECK(complaint({across * across, 49, 49}) == "");
    CHECK(complaint({across * across * 49, 49}).ends_with("expected [windows, 49, 49]"));
    mask.back() = -100;  // a token that does not see itself
    CHECK(complaint({across * across, 49, 49}).ends_with("48, 48], expected 0.000000"));
    CHECK(complaint({across * across + 1, 49, 49}).ends_with("expected [windows, 49, 49]"));
  }
}
