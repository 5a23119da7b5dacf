// In:  a PNG or JPEG file.  Out: an image [H, W, 3].  Rests on: stb_image, media/exif, core/error.
//
// stb_image is compiled here with internal linkage, and so is what calls it: any number of translation units
// may include this file, and a program may have its own stb_image beside it. One that includes <stb_image.h>
// before this file is taken at its word that it supplies the implementation.
#pragma once

#ifndef STBI_INCLUDE_STB_IMAGE_H
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wsign-compare"
#endif
#include <stb/stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
#endif

#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include <eev/core/error.hpp>
#include <eev/media/exif.hpp>

namespace eev::media {

/// True for a file that begins as PNG and JPEG files do, whatever its name, but for .mjpeg and .mjpg: a video
/// of one JPEG after another begins as they do. False if it cannot be read. A pipe is refused: nobody could
/// read again what is looked at here.
inline bool is_still_image(const std::string& path) {
  std::error_code none;
  require(!std::filesystem::is_other(std::filesystem::status(path, none)), path,
          ": a pipe or a device, expected a file");
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& letter : extension) letter = char(std::tolower(static_cast<unsigned char>(letter)));
  if (extension == ".mjpeg" || extension == ".mjpg") return false;
  char head[8] = {};
  std::ifstream file(path, std::ios::binary);
  file.read(head, sizeof head);
  std::string_view found(head, std::size_t(file.gcount()));
  return found.starts_with("\x89PNG\r\n\x1a\n") || found.starts_with("\xff\xd8\xff");
}

/// The first picture of a PNG or JPEG file, turned as a JPEG's Exif data say. Transparency is dropped, 16
/// bits become 8, grey becomes RGB.
[[maybe_unused]] static image load_still_image(const std::string& path) {
  int width = 0, height = 0, channels = 0;
  if (stbi_info(path.c_str(), &width, &height, &channels))
    require(dim(width) * height <= most_pixels, path, ": a picture of ", width, " x ", height,
            " pixels, expected at most ", most_pixels, " pixels");
  std::unique_ptr<stbi_uc, void (*)(void*)> pixels(stbi_load(path.c_str(), &width, &height, &channels, 3),
                                                   stbi_image_free);
  require(pixels != nullptr, path, ": cannot read as PNG or JPEG: ", stbi_failure_reason());
  std::string head(1 << 18, '\0');  // Exif data are at most 64 KiB, and come first
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), std::streamsize(head.size()));
  head.resize(std::size_t(file.gcount()));
  const stbi_uc* first = pixels.get();
  return upright<3>({first, first + 1, first + 2}, height, width, 3 * width, orientation_of_jpeg(head));
}

}  // namespace eev::media
