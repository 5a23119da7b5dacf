// In:  bytes.  Out: the CRC-32 that zip archives keep of them.  Rests on: std.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace eev::io {

/// ISO 3309: the polynomial 0x04c11db7, bits reflected, all ones before and after.
inline std::uint32_t crc32(std::span<const std::byte> bytes) {
  static constexpr auto table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t value = byte;
      for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0xedb88320u : 0u);
      entries[byte] = value;
    }
    return entries;
  }();
  std::uint32_t value = 0xffffffffu;
  for (const std::byte byte : bytes) value = value >> 8 ^ table[(value ^ std::uint32_t(byte)) & 0xffu];
  return ~value;
}

}  // namespace eev::io
