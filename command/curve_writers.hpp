// In:  curves.  Out: the same as csv, eev (the challenge's CSV) or json.  Rests on: output, csv,
// nlohmann-json.
#pragma once

#include <memory>
#include <string>

#include <eev/core/rational.hpp>
#include <eev/core/table.hpp>

#include "output.hpp"

namespace eev::command {

/// A curve of one video.
struct curve_of_video {
  std::string id = {}, source = {};
  table scores{};  // [K, 15], row k at k / rate seconds
  rational rate = 0, duration = 0;
  bool has_sound = false;
  table labels{};  // what viewers felt, [K, 15], where that is known; for a report
};

class curve_writer {
 public:
  virtual ~curve_writer() = default;
  virtual void add(const curve_of_video& curve) = 0;

  /// All curves are written. Nothing is, not even a header, unless there was one.
  virtual void finish() = 0;
};

/// The spelling of a CSV: `csv` with seconds, or `eev` as the challenge has it, with microseconds.
enum class csv_spelling { csv, eev };

std::unique_ptr<curve_writer> make_csv_writer(output& out, csv_spelling spelling);

/// `note` is what readers must know about the model.
std::unique_ptr<curve_writer> make_json_writer(output& out, const std::string& model,
                                               const std::string& note);

}  // namespace eev::command
