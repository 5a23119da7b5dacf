#include <algorithm>
#include <string_view>

#include <command/html_report.hpp>
#include <doctest/doctest.h>

#include "../io/temporary.hpp"

using namespace eev;
using namespace eev::command;
using namespace eev::test;

namespace {

/// K rows, 6 a second, all of them 0.5.
curve_of_video flat_curve(dim K) {
  curve_of_video curve{"a", "a.mp4", table(15, K), 6, rational::reduced(K, 6), true};
  std::ranges::fill(curve.scores.tensor(), 0.5f);
  return curve;
}

std::string page_of(const curve_of_video& curve, const std::string& note = "") {
  const temporary_folder folder;
  output out(folder / "page.html");
  const auto writer = make_html_writer(out, {"model", note});
  writer->add(curve);
  writer->finish();
  out.commit();
  return read_file(folder / "page.html");
}

dim count(std::string_view text, std::string_view what) {
  dim found = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

/// What the first curve, or the first labels, draw.
std::string path_of(const std::string& page, const std::string& kind = "curve") {
  const std::string begin = "<path class=\"" + kind + "\" d=\"";
  const auto at = page.find(begin);
  REQUIRE(at != page.npos);
  return page.substr(at + begin.size(), page.find('"', at + begin.size()) - at - begin.size());
}

}  // namespace

TEST_CASE("a curve goes through its scores and holds the last one to the end") {
  curve_of_video curve = flat_curve(4);
  curve.scores.tensor()(1, 0) = 1;
  curve.scores.tensor()(2, 0) = 0;
  const std::string page = page_of(curve);
  CHECK(path_of(page) == "M0 5000L2500 0L5000 10000L7500 5000L10000 5000");
  CHECK(count(page, "<path class=\"curve\"") == 15);
  CHECK(page.find("amusement, 0.000 to 1.000, highest at 00:00") != page.npos);
  CHECK(page.find("triumph, 0.500 to 0.500, highest at 00:00") != page.npos);
  CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("a long curve is drawn with few points and all its peaks") {
  curve_of_video curve = flat_curve(36'001);
  curve.scores.tensor()(17'003, 0) = 1;
  curve.scores.tensor()(17'004, 0) = 0;
  const std::string path = path_of(page_of(curve));
  CHECK(count(path, "L") < 1'210);
  CHECK(path.find("L4723 0L4723 10000") != path.npos);
  CHECK(path.ends_with("L10000 5000"));
}

TEST_CASE("a plot's own range holds its curve") {
  curve_of_video curve = flat_curve(4);
  CHECK(page_of(curve).find("--zoom:50.0000;--shift:-4900.0px") != std::string::npos);  // 0.49 to 0.51
  curve.scores.tensor()(1, 0) = 1;
  curve.scores.tensor()(2, 0) = 0;
  CHECK(page_of(curve).find("--zoom:1.0000;--shift:0.0px") != std::string::npos);
  std::ranges::fill(curve.scores.tensor(), 1.f);
  CHECK(page_of(curve).find("--zoom:50.0000;--shift:0.0px") != std::string::npos);  // 0.98 to 1
}

TEST_CASE("labels are drawn beside the curve, with the correlation") {
  curve_of_video curve = flat_curve(3);
  CHECK(page_of(curve).find("<path class=\"labels\"") == std::string::npos);
  curve.scores.tensor()(0, 0) = 0.25;
  curve.labels = table(15, 3);
  curve.labels.tensor()(0, 0) = 0.75;
  curve.labels.tensor()(1, 0) = 0.5;
  curve.labels.tensor()(2, 0) = 0.5;
  const std::string page = page_of(curve);
  CHECK(path_of(page, "labels") == "M0 2500L3333 5000L6667 5000L10000 5000");
  CHECK(page.find("highest at 00:00, r = -1.00\"") != page.npos);
  CHECK(page.find("anger, 0.500 to 0.500, highest at 00:00, r undefined\"") != page.npos);
}

TEST_CASE("times of videos of any length are few and round") {
  for (const auto& [rows, last] : {std::pair<dim, const char*>{1, "00:00"},
                                   {6 * 12, "00:10"},
                                   {6 * 355, "04:00"},
                                   {6 * 86'400, "20:00:00"}}) {
    const std::string page = page_of(flat_curve(rows));
    const std::string one_plot = page.substr(0, page.find("</figure>"));
    CHECK(one_plot.find(std::string(">") + last + "</span>") != one_plot.npos);
    CHECK(count(one_plot, "class=\"time\"") <= 5);
  }
}

TEST_CASE("names and notes are text, whatever they hold") {
  curve_of_video curve = flat_curve(1);
  curve.id = "<script>&\"";
  const std::string page = page_of(curve, "a <b>");
  CHECK(page.find("<h2>&lt;script>&amp;&quot;</h2>") != page.npos);
  CHECK(page.find("a &lt;b>") != page.npos);
}

TEST_CASE("without curves there is no page") {
  const temporary_folder folder;
  output out(folder / "page.html");
  make_html_writer(out, {"model", ""})->finish();
  out.commit();
  CHECK(read_file(folder / "page.html").empty());
}
