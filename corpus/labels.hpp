// In:  a story.  Out: labels of it, with the faults that EEV's have.  Rests on: corpus/story.
#pragma once

#include <eev/core/table.hpp>

#include "story.hpp"

namespace eev::corpus {

/// How much is wrong with the labels.
inline constexpr double noise = 0.38;  // standard deviation, of that of the feeling in the clip
inline constexpr double seconds_in_view = 11, seconds_out_of_view = 3.8;  // of the viewers' faces, on average

/// What was measured of the viewers' feelings, six times a second: [6 seconds, 15], between 0 and 1. White
/// noise is on every number, and whenever no face was found, a stretch of rows is zero.
table faulty_labels(const story& story);

}  // namespace eev::corpus
