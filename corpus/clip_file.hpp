// In:  a story.  Out: a video file of it.  Rests on: corpus/picture, corpus/sound; FFmpeg's own encoders
// (MPEG-4, AAC), which every build of it has.
#pragma once

#include <string>

#include "story.hpp"

namespace eev::corpus {

/// An mp4 file of picture and sound at `path`. The same story gives the same bytes.
void write_clip(const std::string& path, const story& story);

}  // namespace eev::corpus
