// In:  a deflated stream and the size of what it holds; bytes.  Out: what it holds; their CRC-32.  Rests on:
// core/error; zlib.
//
// A stream of another size than was said is refused, and no stream can claim more than deflate can hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <zlib.h>

#include <eev/core/error.hpp>

namespace eev::io {

/// The `size` bytes that are deflated in `packed` (RFC 1951); `where` names them in errors.
inline std::vector<std::byte> inflate(const std::string& where, std::span<const std::byte> packed,
                                      std::uint64_t size) {
  constexpr std::uint64_t most = std::numeric_limits<uInt>::max(), best_ratio = 1032;
  require(size / best_ratio <= packed.size(), where, ": ", size, " bytes of ", packed.size(),
          " deflated ones, more than can be");
  require(size < most && packed.size() <= most, where, ": ", size, " bytes of ", packed.size(),
          " deflated ones, expected less than 4 GB");
  std::vector<std::byte> bytes(size + 1);  // one more than there should be, so that more shows
  z_stream stream{};
  constexpr int without_header = -MAX_WBITS;
  require(inflateInit2(&stream, without_header) == Z_OK, where, ": zlib has no memory to inflate it");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> at_end(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));  // zlib only reads it
  stream.avail_in = uInt(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = uInt(bytes.size());
  const int status = ::inflate(&stream, Z_FINISH);
  require(stream.total_out <= size, where, ": inflates to more than ", size, " bytes");
  require(status == Z_STREAM_END, where,
          ": cannot be inflated: ", stream.msg ? stream.msg : "the deflated bytes are cut off");
  require(stream.total_out == size, where, ": inflates to ", stream.total_out, " bytes, expected ", size);
  require(stream.avail_in == 0, where, ": ", stream.avail_in, " bytes after the deflated ones");
  bytes.resize(size);
  return bytes;
}

/// The CRC-32 that zip archives keep of bytes.
inline std::uint32_t crc32(std::span<const std::byte> bytes) {
  return std::uint32_t(::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace eev::io
