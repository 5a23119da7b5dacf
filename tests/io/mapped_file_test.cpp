#include <cstring>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <eev/io/mapped_file.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

TEST_CASE("a mapped file is its bytes, also after it was moved, replaced and removed") {
  const temporary_folder folder;
  const std::string path = folder / "bytes", text("one\0two\n", 8);
  write_file(path, text);
  mapped_file first(path);
  const mapped_file second = std::move(first);
  write_file(folder / "other", "something else");
  std::filesystem::rename(folder / "other", path);
  std::filesystem::remove(path);
  REQUIRE(second.bytes().size() == text.size());
  CHECK(std::memcmp(second.bytes().data(), text.data(), text.size()) == 0);
}

TEST_CASE("what cannot be mapped is refused by name and cause") {
  const temporary_folder folder;
  write_file(folder / "empty", "");
  ::mkfifo((folder / "pipe").c_str(), 0600);
  auto complaint = [](const std::string& path) { return error_of([&] { mapped_file file(path); }); };
  CHECK(complaint(folder / "none") == folder / "none: cannot be opened: No such file or directory");
  CHECK(complaint(folder.path()) == folder.path() + ": cannot be read: Is a directory");
  CHECK(complaint(folder / "empty") == folder / "empty: the file is empty");
  CHECK(complaint(folder / "pipe") == folder / "pipe: cannot be read: a pipe or a device, expected a file");
  CHECK(complaint("/dev/zero") == "/dev/zero: cannot be read: a pipe or a device, expected a file");
  CHECK(complaint("") == ": cannot be opened: No such file or directory");
}

TEST_CASE("an input file is read to its end in parts") {
  const temporary_folder folder;
  write_file(folder / "seven", "1234567");
  input_file file(folder / "seven");
  CHECK(file.size() == 7);
  char part[3];
  std::string all;
  while (const std::size_t count = file.read(part, sizeof part)) all.append(part, count);
  CHECK(all == "1234567");
}
