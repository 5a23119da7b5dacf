#include <doctest/doctest.h>

#include <eev/io/sha256.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

TEST_CASE("the sha-256 of a file is that of FIPS 180-4") {
  const temporary_folder folder;
  const struct {
    std::string bytes, digest;
  } cases[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      {std::string(1 << 20, 'a') + "b", "371264331be3a89bb42c4fea3770469e9094f6ce8c8244b9ac2beb9ffd80e621"},
  };
  for (const auto& [bytes, digest] : cases) {
    write_file(folder / "bytes", bytes);
    CHECK(sha256_of_file(folder / "bytes") == digest);
  }
}

TEST_CASE("the sha-256 of what is not a file is refused") {
  const temporary_folder folder;
  CHECK(error_of([&] { sha256_of_file(folder.path()); }) ==
        folder.path() + ": cannot be read: Is a directory");
  CHECK_THROWS_AS(sha256_of_file(folder / "none"), error);
}
