#include <doctest/doctest.h>

#include <eev/io/eev_csv.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

const std::string names =
    "amusement,anger,awe,concentration,confusion,contempt,contentment,disappointment,doubt,elation,interest,"
    "pain,"
    "sadness,surprise,triumph";
const std::string eev_header = "YouTube ID,Timestamp (milliseconds)," + names + "\n";

/// 15 scores: e / 100 + k / 1000, and how they are written.
float score_of(dim k, dim e) { return std::stof("0." + std::to_string(1000 + 10 * e + k).substr(1)); }
std::string scores_of(dim k) {
  std::string text;
  for (dim e = 0; e < 15; ++e) text += ",0." + std::to_string(1000 + 10 * e + k).substr(1);
  return text;
}

/// The rows of one video as EEV writes them.
std::string rows_of(const std::string& id, dim rows) {
  std::string text;
  for (dim k = 0; k < rows; ++k) text += id + "," + std::to_string(k * 1'000'000 / 6) + scores_of(k) + "\n";
  return text;
}

std::vector<video_rows> read_rows(const std::string& text, const eev_csv_rules& rules = label_rules) {
  const temporary_folder folder;
  write_file(folder / "f.csv", text);
  return read_eev_csv(folder / "f.csv", rules);
}

/// The complaint without the folder's name.
std::string label_complaint(const std::string& text, const eev_csv_rules& rules = label_rules) {
  const std::string whole = error_of([&] { read_rows(text, rules); });
  return whole.substr(std::min(whole.find("f.csv"), whole.size()));
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  REQUIRE(text.find(what) != std::string::npos);
  return text.replace(text.find(what), what.size(), with);
}

/// Two videos of 7 rows and 1 row with the scores above.
void check_two_videos(const std::vector<video_rows>& videos) {
  REQUIRE(videos.size() == 2);
  CHECK(videos[0].id == "first");
  CHECK(videos[1].id == "second,");
  CHECK(videos[0].microseconds.back() == 1'000'000);
  for (std::size_t v = 0; v < 2; ++v) {
    REQUIRE(videos[v].rows() == (v == 0 ? 7 : 1));
    REQUIRE(videos[v].scores.rows() == videos[v].rows());
    for (dim k = 0; k < videos[v].rows(); ++k)
      for (dim e = 0; e < 15; ++e) CHECK(videos[v].scores.tensor()(k, e) == score_of(k, e));
  }
}

}  // namespace

TEST_CASE("labels are read as EEV writes them, with either name of the ID and either line end") {
  const std::string text = eev_header + rows_of("first", 7) + rows_of("\"second,\"", 1);
  check_two_videos(read_rows(text));
  check_two_videos(read_rows(replaced(text, "YouTube ID", "Video ID")));
  check_two_videos(read_rows(text.substr(0, text.size() - 1)));
  std::string crlf;
  for (char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  check_two_videos(read_rows(crlf));
}

TEST_CASE("eev's own csv is read, whose seconds are rounded to six places") {
  std::string text = "video,seconds," + names + "\n";
  for (dim k = 0; k < 7; ++k) text += "first," + std::to_string(double(k) / 6) + scores_of(k) + "\n";
  text += "\"second,\",0.000000" + scores_of(0) + "\n";
  check_two_videos(read_rows(text));
  CHECK(read_rows(text)[0].microseconds[1] == 166'667);
}

TEST_CASE("columns are found by name, in any order, among others") {
  std::string text = "triumph,note,sadness,Timestamp (milliseconds),surprise,YouTube ID," +
                     replaced(names, ",sadness,surprise,triumph", "") + "\n";
  auto add = [&](const std::string& id, dim k) {
    std::vector<std::string> score;
    for (dim e = 0; e < 15; ++e) score.push_back("0." + std::to_string(1000 + 10 * e + k).substr(1));
    text += score[14] + ",\"a, b\"," + score[12] + "," + std::to_string(k * 1'000'000 / 6) + "," + score[13] +
            "," + id;
    for (dim e = 0; e < 12; ++e) text += "," + score[e];
    text += "\n";
  };
  for (dim k = 0; k < 7; ++k) add("first", k);
  add("\"second,\"", 0);
  check_two_videos(read_rows(text));
}

TEST_CASE("videos come one at a time, and an error only when its row is reached") {
  const temporary_folder folder;
  write_file(folder / "f.csv", eev_header + rows_of("a", 700) + rows_of("b", 2) + "b,333333,broken\n");
  eev_csv file(folder / "f.csv");
  CHECK(file.has_scores());
  video_rows video;
  REQUIRE(file.next(video));
  CHECK(video.id == "a");
  CHECK(video.rows() == 700);
  CHECK(error_of([&] { file.next(video); }) ==
        folder / "f.csv, line 704: found 3 fields, expected 17 as in the header");
}

TEST_CASE("a list of instants needs no scores, labels do") {
  const std::string text = "Video ID,Timestamp (milliseconds)\na,0\na,166666\nb,0\n";
  const auto videos = read_rows(text, instant_rules);
  REQUIRE(videos.size() == 2);
  CHECK(videos[0].rows() == 2);
  CHECK(videos[0].scores.columns() == 0);
  CHECK(read_rows(eev_header + rows_of("a", 7), instant_rules)[0].scores.rows() == 7);
  CHECK(
      label_complaint(text) ==
      "f.csv, line 1: no column for amusement, anger, awe, concentration, confusion, contempt, contentment, "
      "disappointment, doubt, elation, interest, pain, sadness, surprise, triumph; expected one for each of "
      "the "
      "15 expressions");
  CHECK(label_complaint(replaced(replaced(eev_header, "awe", "Awe"), "pain", "joy") + rows_of("a", 1),
                        instant_rules) ==
        "f.csv, line 1: no column for awe, pain; expected one for each of the 15 expressions");
}

TEST_CASE("predictions are of any rate and range, but go forward") {
  const std::string header = "video,seconds," + names + "\n",
                    rest = ",1e-60,-7,.5,5e-1,0,0,0,0,0,0,0,0,0,0,0\n";
  const auto videos = read_rows(header + "a,0.5" + rest + "a,2" + rest + "a,1e3" + rest, prediction_rules);
  CHECK(videos.at(0).microseconds == std::vector<std::int64_t>{500'000, 2'000'000, 1'000'000'000});
  CHECK(videos[0].scores.tensor()(2, 0) == 0);
  CHECK(videos[0].scores.tensor()(2, 1) == -7);
  CHECK(videos[0].scores.tensor()(2, 3) == 0.5f);
  CHECK(label_complaint(header + "a,0.5" + rest + "a,0.5" + rest, prediction_rules) ==
        "f.csv, line 3, video \"a\": seconds is \"0.5\", expected a later time than in the row before");
  CHECK(label_complaint(header + "a,0.5" + replaced(rest, "-7", "1e39"), prediction_rules) ==
        "f.csv, line 2, video \"a\": anger is \"1e39\", expected a finite number");
}

TEST_CASE("labels at another rate are checked against that rate") {
  const std::string text = "video,seconds," + names + "\na,0" + scores_of(0) + "\na,1" + scores_of(1) + "\n";
  CHECK(read_rows(text, {.rate = rational(1)}).at(0).rows() == 2);
  CHECK(label_complaint(text) ==
        "f.csv, line 3, video \"a\": seconds is \"1\", expected 0.166666 for row 1 of the video, in seconds "
        "and "
        "without gaps");
  CHECK(label_complaint(text, {.rate = rational(0)}) ==
        "f.csv: read at a rate of 0.000000; expected a positive one");
}

TEST_CASE("timestamps are microseconds from zero and without a gap, however a sixth is rounded") {
  const std::string text = eev_header + rows_of("a", 7);
  CHECK(read_rows(replaced(text, "166666", "166667")).at(0).rows() == 7);
  CHECK(label_complaint(replaced(text, "166666", "166")) ==
        "f.csv, line 3, video \"a\": Timestamp is \"166\", expected 166666 for row 1 of the video, in "
        "microseconds "
        "and without gaps");
  for (const char* wrong : {"166664", "333333", "0", "999999999"})
    CHECK(label_complaint(replaced(text, "166666", wrong)).find("expected 166666 for row 1") !=
          std::string::npos);
  CHECK(label_complaint(replaced(text, "a,0,", "a,166666,")).find("expected 0 for row 0") !=
        std::string::npos);
  for (const char* wrong : {"", "x", "-1", "nan", "inf", "1e16", "166666 ", "0x1"})
    CHECK(label_complaint(replaced(text, "166666", wrong)) == "f.csv, line 3, video \"a\": Timestamp is \"" +
                                                                  std::string(wrong) +
                                                                  "\", expected a time in microseconds");
}

TEST_CASE("a score that is no confidence is refused") {
  const std::string text = eev_header + rows_of("a", 7);
  for (const char* wrong : {"", "high", "nan", "inf", "-inf", "1.0001", "-0.0001", "0.5 ", " 0.5", "0,5",
                            "0.5.5", "1e400", "+0.5"}) {
    const std::string found = label_complaint(replaced(text, "0.022", wrong));
    if (std::string(wrong) == "0,5")
      CHECK(found == "f.csv, line 4: found 18 fields, expected 17 as in the header");
    else
      CHECK(found == "f.csv, line 4, video \"a\": awe is \"" + std::string(wrong) +
                         "\", expected a number from 0 to 1");
  }
  for (const char* right : {"0", "1", "1.0", "0.5e-3", "5E-1", "1e-60", "-0.0"})
    CHECK(label_complaint(replaced(text, "0.022", right)) == "");
  const std::string strange = label_complaint(replaced(text, "0.022", "\x01\xff" + std::string(100, 'z')));
  CHECK(strange == "f.csv, line 4, video \"a\": awe is \"\\u0001\xef\xbf\xbd" + std::string(38, 'z') +
                       "\", expected a number from 0 to 1");
}

TEST_CASE("the rows of a video stand together, and every video has a name") {
  CHECK(label_complaint(eev_header + rows_of("a", 2) + rows_of("b", 1) + rows_of("a", 1)) ==
        "f.csv, line 5: video \"a\" again, which began at line 2; expected its rows together");
  CHECK(label_complaint(eev_header + rows_of("", 2)) ==
        "f.csv, line 2: an empty ID; expected the name of a video");
  // Its first row again: without a name between them, two videos of one name are one with a gap.
  CHECK(label_complaint(eev_header + rows_of("a", 2) + rows_of("a", 2)).find("expected 333333 for row 2") !=
        std::string::npos);
}

TEST_CASE("a row cut off, or with a field too many, is refused") {
  const std::string text = eev_header + rows_of("a", 2);
  CHECK(label_complaint(text.substr(0, text.size() - 8)) ==
        "f.csv, line 3: found 16 fields, expected 17 as in the header");
  CHECK(label_complaint(text + "b\n") == "f.csv, line 4: found 1 fields, expected 17 as in the header");
  CHECK(label_complaint(eev_header + "a\n") == "f.csv, line 2: found 1 fields, expected 17 as in the header");
}

TEST_CASE("a file that is no such CSV is refused") {
  CHECK(label_complaint("") == "f.csv: the file is empty; expected a header and rows");
  CHECK(label_complaint("\n\n") == "f.csv: the file is empty; expected a header and rows");
  CHECK(label_complaint(eev_header) == "f.csv: no rows below the header");
  CHECK(label_complaint(rows_of("a", 2)) == "f.csv, line 1: no column 'YouTube ID', 'Video ID' or 'video'");
  CHECK(label_complaint("video," + names + "\n") ==
        "f.csv, line 1: expected one column 'Timestamp (milliseconds)' or 'seconds'");
  CHECK(label_complaint("seconds," + eev_header) ==
        "f.csv, line 1: expected one column 'Timestamp (milliseconds)' or 'seconds'");
  CHECK(label_complaint("Video ID," + eev_header) == "f.csv, line 1: column 2 (YouTube ID) repeats column 1");
  CHECK(label_complaint("doubt," + eev_header) == "f.csv, line 1: column 12 (doubt) repeats column 1");
  CHECK(label_complaint("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 852136401\n") ==
        "f.csv, line 1: no column 'YouTube ID', 'Video ID' or 'video'");
  CHECK(error_of([] { read_eev_csv("/nowhere/f.csv"); }) ==
        "/nowhere/f.csv: cannot be opened: No such file or directory");
}
