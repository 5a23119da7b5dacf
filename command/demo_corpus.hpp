// In:  a seed.  Out: folders of clips, and files of their labels.  Rests on: corpus, curve_writers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "corpus/story.hpp"

namespace eev::command {

/// How many clips a set has, if that many are for training: 16 and 24 where 80 are.
inline int clips_of(corpus::set part, int training) {
  const int share = part == corpus::set::training ? 10 : part == corpus::set::validation ? 2 : 3;
  return std::max(1, training * share / 10);
}

/// FOLDER/clips/SET/SET-000.mp4 ..., and FOLDER/SET.csv with their faulty labels in the spelling of EEV.
/// `threads` of them at a time; at_clip(done, all) is called after each.
void write_corpus(const std::string& folder, std::uint64_t seed, int training_clips, int threads,
                  const std::function<void(int, int)>& at_clip);

}  // namespace eev::command
