#include <command/failures.hpp>
#include <command/inputs.hpp>
#include <doctest/doctest.h>

#include "../io/temporary.hpp"

using namespace eev;
using namespace eev::command;
using namespace eev::test;

namespace {

using strings = std::vector<std::string>;

std::vector<input> with_ids(const strings& paths) {
  std::vector<input> inputs;
  for (const std::string& path : paths) inputs.push_back({path, "", ""});
  give_ids(inputs);
  return inputs;
}

strings ids_of(const strings& paths) {
  strings ids;
  for (const input& input : with_ids(paths)) ids.push_back(input.id);
  return ids;
}

}  // namespace

TEST_CASE("an ID is the file name without its last extension") {
  CHECK(ids_of({"a/b.c/one.mp4", "two.tar.gz", "three", ".four"}) ==
        strings{"one", "two.tar", "three", ".four"});
}

TEST_CASE("videos that would share an ID are called by their full file names") {
  CHECK(ids_of({"x/a.mp4", "a.webm", "b.mp4"}) == strings{"a.mp4", "a.webm", "b"});
  CHECK(ids_of({"a.mp4", "a.webm", "a.mp4.mkv"}) == strings{"a.mp4", "a.webm", "a.mp4.mkv"});
}

TEST_CASE("videos that share even the full file name are a usage error that names both") {
  CHECK_THROWS_AS(with_ids({"a.mp4", "a.mp4"}), usage_error);
  const std::string told = error_of([] { with_ids({"x/a.mp4", "b.mp4", "y/a.mp4"}); });
  CHECK(told.find("x/a.mp4 and y/a.mp4") == 0);
}

TEST_CASE("shards share out all inputs") {
  const auto all = with_ids({"a", "b", "c", "d", "e"});
  strings seen;
  for (const char* part : {"0/3", "1/3", "2/3"})
    for (const input& input : parse_shard(part).of(all)) seen.push_back(input.id);
  CHECK(seen == strings{"a", "d", "b", "e", "c"});
  for (const char* wrong : {"", "1", "3/3", "-1/2", "0/0", "1/2/3", "1/2 ", "/2", "0/"})
    CHECK_THROWS_AS(parse_shard(wrong), usage_error);
}

TEST_CASE("a folder gives its media files, sorted by the bytes of their paths") {
  const temporary_folder folder;
  std::filesystem::create_directories(folder / "B/deep");
  std::filesystem::create_directory(folder / "looks-like.mp4");
  for (const char* name : {"b.MP4", "a.mov", "B/deep/z.webm", "notes.txt", ".hidden.mp4", "a.safetensors"})
    write_file(folder / name, "");
  strings paths;
  for (const input& input : find_inputs({folder.path()}, false))
    paths.push_back(input.path.substr(folder.path().size() + 1));
  CHECK(paths == strings{"B/deep/z.webm", "a.mov", "b.MP4"});
}

TEST_CASE("a list gives its lines only to those who take lists") {
  const temporary_folder folder;
  write_file(folder / "list.txt", "one.mp4\r\n\n# two.mp4\nthree.mp4");
  const auto found = find_inputs({folder / "list.txt"}, true);
  REQUIRE(found.size() == 3);
  CHECK(found[0].path == "one.mp4");
  CHECK(found[1].path == "# two.mp4");
  CHECK(find_inputs({folder / "list.txt"}, false)[0].path == folder / "list.txt");
}

TEST_CASE("a folder or list of no use is an input with a problem, and the others stay") {
  const temporary_folder folder;
  std::filesystem::create_directories(folder / "empty");
  std::filesystem::create_directories(folder / "videos");
  std::filesystem::create_symlink("loop.mp4", folder / "videos/loop.mp4");
  std::filesystem::create_symlink("nothing.mp4", folder / "videos/gone.mp4");
  write_file(folder / "videos/a.mp4", "");
  write_file(folder / "empty.txt", "\xef\xbb\xbf\n");
  const auto found =
      find_inputs({folder / "empty", folder / "videos", folder / "none.txt", folder / "empty.txt"}, true);
  strings told;
  for (const input& input : found)
    told.push_back(input.path.substr(folder.path().size() + 1) + ": " +
                   (input.problem.empty() ? input.id : input.problem));
  CHECK(told == strings{message("empty: no videos in this folder (files that end in ", media_extensions, ")"),
                        "videos/a.mp4: a", "videos/gone.mp4: cannot be opened: No such file or directory",
                        "videos/loop.mp4: cannot be opened: Too many levels of symbolic links",
                        "none.txt: cannot be opened: No such file or directory",
                        "empty.txt: names no videos"});
}

TEST_CASE("a list may begin with a byte order mark, and a folder may be called like one") {
  const temporary_folder folder;
  write_file(folder / "list.txt", "\xef\xbb\xbfone.mp4\ntwo.mp4");
  std::filesystem::create_directory(folder / "videos.txt");
  write_file(folder / "videos.txt/three.mp4", "");
  strings ids;
  for (const input& input : find_inputs({folder / "list.txt", folder / "videos.txt"}, true))
    ids.push_back(input.id);
  CHECK(ids == strings{"one", "two", "three"});
}
