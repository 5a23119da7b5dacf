// In:  the paths of a command line: videos, folders, lists.  Out: the videos, each with its ID.  Rests on:
// std.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace eev::command {

struct input {
  std::string path;
  std::string id;       ///< the video's name in every output
  std::string problem;  ///< why there is no video, as of a folder without any; empty: there may be one
};

/// What a folder is searched for; other files in it are none of ours. Files named themselves may be called
/// anything.
extern const char* const media_extensions;

/// All videos, in order. A folder gives those in it, at any depth, sorted bytewise by path; with `lists`, a
/// file that ends in .txt gives one path a line. A folder or list that is of no use is an input with a
/// problem.
std::vector<input> find_inputs(const std::vector<std::string>& arguments, bool lists);

/// A video's ID is its file name without the last extension; where several would share one, their full file
/// names. Throws usage_error if they are still equal. An input with a problem is called by its path.
void give_ids(std::vector<input>& inputs);

/// Part I of N, from "I/N": the inputs I, I + N, I + 2 N, ...
struct shard {
  std::size_t index = 0, count = 1;

  std::vector<input> of(const std::vector<input>& all) const;
};

/// Throws usage_error unless it is I/N with I < N.
shard parse_shard(const std::string& text);

}  // namespace eev::command
