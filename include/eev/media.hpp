// Video files for <eev/model.hpp>.
//
//   eev::media::video_file video("clip.mp4");
//   eev::curves curves = model.predict(video);       // curves.scores: [ceil(6 D), 15]
//
// Needs FFmpeg's libraries and stb_image: link the CMake target eev::media.
#pragma once

#include <eev/media/video_file.hpp>
#include <eev/model.hpp>
