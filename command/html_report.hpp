// In:  curves.  Out: a page that shows them, one file that needs nothing else.  Rests on: curve_writers.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "curve_writers.hpp"

namespace eev::command {

/// What the top of the page says.
struct report_header {
  std::string model, note;                                      // as in the JSON; a note stands in a box
  std::vector<std::pair<std::string, std::string>> facts = {};  // more of the run: names and values
};

/// The page has a section of fifteen plots for each video. Labels are drawn beside the curves that have them.
std::unique_ptr<curve_writer> make_html_writer(output& out, report_header header);

}  // namespace eev::command
