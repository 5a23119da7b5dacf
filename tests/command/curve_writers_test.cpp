#include <command/curve_writers.hpp>
#include <doctest/doctest.h>

#include <eev/io/eev_csv.hpp>

#include "../io/temporary.hpp"

using namespace eev;
using namespace eev::command;
using namespace eev::test;

namespace {

/// K rows; the score of row k and expression e is (k + e / 100) / 1000.
curve_of_video some_curve(const std::string& id, dim K, rational rate) {
  curve_of_video curve{id, id + ".mp4", table(15, K), rate, rational(K) / rate, true};
  for (dim k = 0; k < K; ++k)
    for (dim e = 0; e < 15; ++e) curve.scores.tensor()(k, e) = float((double(k) + double(e) / 100) / 1000);
  return curve;
}

}  // namespace

TEST_CASE("both spellings are read back as they were written") {
  for (const csv_spelling spelling : {csv_spelling::csv, csv_spelling::eev}) {
    for (const rational rate : {rational(6), rational(1), rational::reduced(30000, 1001), rational(128)}) {
      const temporary_folder folder;
      output out(folder / "curves.csv");
      const auto writer = make_csv_writer(out, spelling);
      writer->add(some_curve("a, \"b\"", 700, rate));
      writer->add(some_curve("c", 1, rate));
      writer->finish();
      out.commit();
      const auto videos = io::read_eev_csv(folder / "curves.csv", {.rate = rate, .confidences = true});
      REQUIRE(videos.size() == 2);
      CHECK(videos[0].id == "a, \"b\"");
      CHECK(videos[0].rows() == 700);
      CHECK(videos[1].rows() == 1);
      CHECK(videos[0].scores.tensor()(699, 14) == doctest::Approx(0.69914).epsilon(1e-6));
      CHECK(videos[0].microseconds[6] == (rational(6'000'000) / rate).round());
    }
  }
}

TEST_CASE("without curves nothing is written, not even a header") {
  const temporary_folder folder;
  for (const bool json : {false, true}) {
    output out(folder / "nothing");
    const auto writer =
        json ? make_json_writer(out, "model", "note") : make_csv_writer(out, csv_spelling::csv);
    writer->finish();
    out.commit();
    CHECK(read_file(folder / "nothing").empty());
  }
}

TEST_CASE("a file appears when all is written, and an old one stays until then") {
  const temporary_folder folder;
  write_file(folder / "out", "old");
  {
    output out(folder / "out");
    out.write("new");
  }
  CHECK(read_file(folder / "out") == "old");
  output out(folder / "out");
  out.write("new");
  out.commit();
  CHECK(read_file(folder / "out") == "new");
  CHECK(folder.size() == 1);
}

TEST_CASE("JSON of a name that is not UTF-8 is JSON all the same") {
  const temporary_folder folder;
  output out(folder / "out.json");
  const auto writer = make_json_writer(out, "model", "a \"note\"");
  writer->add(some_curve("caf\xe9", 2, 1));
  writer->finish();
  out.commit();
  const std::string text = read_file(folder / "out.json");
  CHECK(text.starts_with(
      "{\"model\": \"model\", \"note\": \"a \\\"note\\\"\", \"videos\": [\n{\"id\":\"caf\xef\xbf\xbd\","));
  CHECK(text.ends_with("}\n]}\n"));
}
