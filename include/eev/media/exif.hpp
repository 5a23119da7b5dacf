// In:  the beginning of a JPEG file.  Out: how its picture is to be turned.  Rests on: media/orientation.
//
// Cameras store what the sensor saw and how the camera was held (Exif 2.3, tag 274).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include <eev/media/orientation.hpp>

namespace eev::media {
namespace detail {

/// A whole number of `size` bytes; 0 beyond the end.
inline std::uint32_t number_at(std::string_view bytes, std::size_t place, std::size_t size, bool little) {
  if (place > bytes.size() || bytes.size() - place < size) return 0;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < size; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes[place + (little ? size - 1 - i : i)]);
  return number;
}

/// Exif data are laid out as a TIFF file: entries of 12 bytes (tag, type, count, value).
inline orientation orientation_of_exif(std::string_view tiff) {
  constexpr std::uint32_t orientation_tag = 274, short_type = 3;
  constexpr orientation turns[] = {
      {},                     // not a value
      {false, false, false},  // the first row is to be seen at the top, the first column on the left
      {true, false, false},   // top, right
      {true, true, false},    // bottom, right
      {false, true, false},   // bottom, left
      {false, false, true},   // left, top
      {false, true, true},    // right, top
      {true, true, true},     // right, bottom
      {true, false, true},    // left, bottom
  };
  const bool little = tiff.starts_with("II");
  const auto number = [&](std::size_t place, std::size_t size) {
    return number_at(tiff, place, size, little);
  };
  if ((!little && !tiff.starts_with("MM")) || number(2, 2) != 42) return {};
  const std::size_t entries = number(4, 4);
  for (std::size_t i = 0; i < number(entries, 2); ++i) {
    const std::size_t entry = entries + 2 + 12 * i;
    if (number(entry, 2) != orientation_tag || number(entry + 2, 2) != short_type) continue;
    const std::uint32_t value = number(entry + 8, 2);
    return value < std::size(turns) ? turns[value] : orientation{};
  }
  return {};
}

}  // namespace detail

/// What the Exif data of a JPEG file say, if it has any; what is broken is none.
inline orientation orientation_of_jpeg(std::string_view file) {
  using namespace std::literals;
  constexpr std::uint32_t fill = 0xff, app1 = 0xe1, start_of_scan = 0xda;
  const auto number = [&](std::size_t place, std::size_t size) {
    return detail::number_at(file, place, size, false);
  };
  std::size_t place = 2;  // after the start of the image
  while (number(place, 1) == 0xff) {
    const std::uint32_t marker = number(place + 1, 1);
    if (marker == fill) {
      ++place;
      continue;
    }
    const std::size_t size = number(place + 2, 2);  // counts itself
    if (marker == start_of_scan || size < 2) break;
    const std::string_view segment = file.substr(std::min(place + 4, file.size()), size - 2);
    if (marker == app1 && segment.starts_with("Exif\0\0"sv))
      return detail::orientation_of_exif(segment.substr(6));
    place += 2 + size;
  }
  return {};
}

}  // namespace eev::media
