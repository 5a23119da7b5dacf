#include <doctest/doctest.h>

#include <eev/core/arena.hpp>

using namespace eev;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

}  // namespace

TEST_CASE("what an arena hands out is aligned, and does not overlap") {
  arena memory;
  const auto first = memory.take<char>(3), second = memory.take<char>(5), none = memory.take<char>(0);
  for (const char* data : {first.data, second.data, none.data})
    CHECK(reinterpret_cast<std::uintptr_t>(data) % memory_alignment == 0);
  CHECK(second.data >= first.data + 3);
}

TEST_CASE("a second pass finds the memory of the first one where it was") {
  arena memory;
  std::vector<const char*> passes[2];
  std::size_t held[2];
  for (int pass : {0, 1}) {
    auto scope = memory.open();
    for (std::size_t bytes : {mebibyte / 2, mebibyte, 3 * mebibyte, mebibyte / 4})
      passes[pass].push_back(memory.take<char>(bytes).data);
    held[pass] = memory.capacity();
  }
  CHECK(passes[0] == passes[1]);
  CHECK(held[0] == held[1]);
}

TEST_CASE("hundreds of tensors are few blocks, of which little stays unused") {
  static int blocks;
  blocks = 0;
  memory_source source;
  source.allocate = [](int, std::size_t bytes) {
    return ++blocks, std::aligned_alloc(memory_alignment, bytes);
  };
  arena memory(source);
  constexpr std::size_t tensors = 300;
  for (std::size_t i = 0; i < tensors; ++i) memory.take<char>(mebibyte);
  CHECK(blocks < 15);
  CHECK(memory.capacity() >= tensors * mebibyte);
  CHECK(memory.capacity() < (tensors + 64) * mebibyte);
}
