#include <csignal>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <eev/io/atomic_file.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

TEST_CASE("an atomic file shows under its name only when it is whole") {
  const temporary_folder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "old");
  {
    atomic_file file(path);
    file.write("a,b\n");
    file.write("1,2\n", 4);
    CHECK(read_file(path) == "old");
    CHECK(folder.size() == 2);
    file.commit();
    CHECK(read_file(path) == "a,b\n1,2\n");
  }
  CHECK(read_file(path) == "a,b\n1,2\n");
  CHECK(folder.size() == 1);
}

TEST_CASE("an atomic file that is given up leaves nothing") {
  const temporary_folder folder;
  CHECK_THROWS_AS(
      [&] {
        atomic_file file(folder / "out");
        file.write(std::string(100'000, 'x'));
        throw std::runtime_error("stopped");
      }(),
      std::runtime_error);
  CHECK(folder.size() == 0);
}

TEST_CASE("two atomic files of one name do not meet: the last to finish stays") {
  const temporary_folder folder;
  atomic_file first(folder / "out"), second(folder / "out");
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  CHECK(read_file(folder / "out") == "first");
  CHECK(folder.size() == 1);
}

TEST_CASE("an atomic file can be read by those whom the umask lets") {
  const temporary_folder folder;
  write_file(folder / "plain", "x");
  atomic_file file(folder / "out");
  file.commit();
  CHECK(std::filesystem::status(folder / "out").permissions() ==
        std::filesystem::status(folder / "plain").permissions());
}

TEST_CASE("an atomic file replaces what a symbolic link leads to, not the link") {
  const temporary_folder folder;
  std::filesystem::create_directory(folder / "data");
  write_file(folder / "data/real", "old");
  std::filesystem::create_symlink("data/real", folder / "link");
  atomic_file file(folder / "link");
  file.write("new");
  file.commit();
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_file(folder / "data/real") == "new");
}

TEST_CASE("an atomic file may have the longest of names") {
  const temporary_folder folder;
  const std::string path = folder / std::string(255, 'x');
  atomic_file first(path), second(path);
  first.write("first"), second.write("second");
  first.commit(), second.commit();
  CHECK(read_file(path) == "second");
  CHECK(folder.size() == 1);
}

TEST_CASE("an atomic file is refused where none can be") {
  const temporary_folder folder;
  auto complaint = [](const std::string& path) { return error_of([&] { atomic_file(path).commit(); }); };
  CHECK(complaint(folder / "none/out") == folder / "none/out: cannot be written: No such file or directory");
  CHECK(complaint(folder.path()) == folder.path() + ": cannot be written: it exists and is not a file");
  CHECK(complaint("/dev/null") == "/dev/null: cannot be written: it exists and is not a file");
  CHECK(complaint(folder / std::string(256, 'x')).find("File name too long") != std::string::npos);
  CHECK(folder.size() == 0);
  std::filesystem::create_directory(folder / "late");
  atomic_file file(folder / "late.csv");
  std::filesystem::create_directory(folder / "late.csv");
  CHECK_THROWS_WITH_AS(file.commit(), (folder / "late.csv: cannot be written: Is a directory").c_str(),
                       error);
}

TEST_CASE("an atomic file that cannot be written to its end leaves nothing") {
  const temporary_folder folder;
  rlimit before;
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1000, before.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string in_write =
      error_of([&] { atomic_file(folder / "out").write(std::string(1 << 20, 'x')); });
  const std::string in_commit = error_of([&] {
    atomic_file file(folder / "out");
    file.write(std::string(2000, 'x'));  // stays in the buffer
    file.commit();
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  CHECK(in_write == folder / "out: cannot be written: File too large");
  CHECK(in_commit == folder / "out: cannot be written: File too large");
  CHECK(folder.size() == 0);
}
