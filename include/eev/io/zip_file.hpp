// In:  the bytes of a zip archive.  Out: its entries, where they lie.  Rests on: io/byte_reader.
//
// What torch.save and numpy.savez write (PKWARE's APPNOTE 6.3): one archive in one file, ZIP64 or not,
// nothing encrypted. Sizes come from the central directory, for a local header may leave them to a data
// descriptor; the place of the data comes from the local header, whose extra field may be longer (torch
// aligns with it). Nothing is believed twice: names must agree, and no two entries may share a byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <eev/io/byte_reader.hpp>

namespace eev::io {

enum class zip_method : std::uint16_t { stored = 0, deflated = 8 };

struct zip_entry {
  zip_method method = zip_method::stored;
  std::uint32_t crc = 0;
  std::uint64_t size = 0;            ///< once inflated
  std::span<const std::byte> bytes;  ///< as the archive holds them
};

class zip_file {
 public:
  /// `path` names the archive in errors; the bytes have to outlive this.
  zip_file(std::string path, std::span<const std::byte> bytes) : path_(std::move(path)), bytes_(bytes) {
    open();
  }

  static bool is_zip(std::span<const std::byte> bytes) {
    return bytes.size() >= 4 && std::memcmp(bytes.data(), "PK\3\4", 4) == 0;
  }

  const std::string& path() const { return path_; }
  const std::map<std::string, zip_entry, std::less<>>& entries() const { return entries_; }

  /// The name that comes first in the central directory; "" in an empty archive.
  const std::string& first() const { return first_; }

  /// The bytes of an entry that is stored as it is; nothing if there is none of that name.
  std::optional<std::span<const std::byte>> find_stored(std::string_view name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return std::nullopt;
    require(found->second.method == zip_method::stored, path_, ": entry '", name,
            "' is compressed, expected it stored");
    return found->second.bytes;
  }
  std::span<const std::byte> stored(std::string_view name) const {
    const auto bytes = find_stored(name);
    require(bytes.has_value(), path_, ": no entry '", name, "' among its ", entries_.size());
    return *bytes;
  }

 private:
  static constexpr std::uint64_t in_zip64 = 0xffffffff;  // a field of 32 bits says: look in the ZIP64 record
  static constexpr std::size_t end_size = 22, locator_size = 20, central_size = 46, local_size = 30;

  struct directory {
    std::uint64_t count, size, offset;
  };
  struct extent {  // of an entry with its local header
    std::uint64_t begin, end;
    std::string_view name;
  };

  byte_reader at(std::uint64_t offset, const char* what) const {
    require(offset <= bytes_.size(), path_, ": ", what, " at byte ", offset, " of a file of ", bytes_.size());
    return {path_ + ": " + what, bytes_.subspan(offset)};
  }

  static void expect(byte_reader& reader, std::uint32_t signature) {
    const auto found = reader.number<std::uint32_t>();
    require(found == signature, reader.where(), ": begins with ", found, ", expected the signature ",
            signature);
  }

  void open() {
    const std::uint64_t end = find_end();
    const directory directory = read_end(end);
    require(directory.offset <= end && directory.size <= end - directory.offset, path_,
            ": a central directory of ", directory.size, " bytes at byte ", directory.offset,
            ", expected it before byte ", end);
    require(directory.count <= directory.size / central_size, path_, ": ", directory.count,
            " entries in a central directory of ", directory.size, " bytes");
    byte_reader reader(path_ + ": central directory", bytes_.subspan(directory.offset, directory.size));
    std::vector<extent> extents;
    for (std::uint64_t i = 0; i < directory.count; ++i)
      extents.push_back(read_entry(reader, directory.offset));
    require(reader.left() == 0, path_, ": ", reader.left(), " bytes of the central directory after its ",
            directory.count, " entries");
    check_apart(extents);
  }

  /// The end record is the last thing of a file, but for a comment of at most 65,535 bytes.
  std::uint64_t find_end() const {
    require(bytes_.size() >= end_size, path_, ": ", bytes_.size(), " bytes, too short for a zip archive");
    const std::uint64_t last = bytes_.size() - end_size, first = last - std::min<std::uint64_t>(last, 0xffff);
    for (std::uint64_t offset = last;; --offset) {
      if (std::memcmp(bytes_.data() + offset, "PK\5\6", 4) == 0) return offset;
      require(offset > first, path_, ": no end of a zip archive; it is cut off");
    }
  }

  directory read_end(std::uint64_t end) const {
    auto reader = at(end, "end of the zip archive");
    expect(reader, 0x06054b50);
    const auto disk = reader.number<std::uint16_t>(), first_disk = reader.number<std::uint16_t>(),
               here = reader.number<std::uint16_t>(), count = reader.number<std::uint16_t>();
    const auto size = reader.number<std::uint32_t>(), offset = reader.number<std::uint32_t>();
    const auto comment = reader.number<std::uint16_t>();
    require(comment == reader.left(), path_, ": ", reader.left(), " bytes after the zip archive, expected ",
            comment);
    require(disk == first_disk && here == count, path_, ": part of a zip archive in several files");
    const bool zip64 =
        count == 0xffff || size == in_zip64 || offset == in_zip64 ||
        (end >= locator_size && std::memcmp(bytes_.data() + end - locator_size, "PK\6\7", 4) == 0);
    if (!zip64) return {count, size, offset};
    require(end >= locator_size, path_, ": no room for the ZIP64 locator before byte ", end);
    auto locator = at(end - locator_size, "ZIP64 locator");
    expect(locator, 0x07064b50);
    locator.skip(4);
    auto record = at(locator.number<std::uint64_t>(), "ZIP64 end record");
    expect(record, 0x06064b50);
    record.skip(8 + 2 + 2 + 4 + 4 + 8);  // its size, versions, disks, entries on this disk
    const auto count64 = record.number<std::uint64_t>(), size64 = record.number<std::uint64_t>();
    return {count64, size64, record.number<std::uint64_t>()};
  }

  /// Reads a record of the central directory, which starts at `limit`, and the local header it leads to.
  extent read_entry(byte_reader& reader, std::uint64_t limit) {
    expect(reader, 0x02014b50);
    reader.skip(4);  // versions
    const auto flags = reader.number<std::uint16_t>(), method = reader.number<std::uint16_t>();
    reader.skip(4);  // time and date
    zip_entry entry;
    entry.crc = reader.number<std::uint32_t>();
    std::uint64_t packed = reader.number<std::uint32_t>(), size = reader.number<std::uint32_t>();
    const auto name_size = reader.number<std::uint16_t>(), extra_size = reader.number<std::uint16_t>(),
               comment_size = reader.number<std::uint16_t>();
    reader.skip(2 + 2 + 4);  // disk, attributes
    std::uint64_t offset = reader.number<std::uint32_t>();
    const std::string name(reader.text(name_size));
    read_zip64(byte_reader(path_ + ": extra field of '" + name + "'", reader.take(extra_size)), size, packed,
               offset);
    reader.skip(comment_size);

    require((flags & 0x2041) == 0, path_, ": entry '", name, "' is encrypted");
    require(method == 0 || method == 8, path_, ": entry '", name, "' is compressed by method ", method,
            ", expected it stored or deflated");
    require(method != 0 || packed == size, path_, ": entry '", name, "' is stored in ", packed,
            " bytes, expected ", size);
    entry.method = zip_method(method);
    entry.size = size;
    auto local = at(offset, "local header");
    expect(local, 0x04034b50);
    local.skip(local_size - 4 - 4);
    const auto local_name = local.number<std::uint16_t>(), local_extra = local.number<std::uint16_t>();
    require(local.text(local_name) == name, path_, ": entry '", name,
            "' has another name in its local header");
    local.skip(local_extra);
    const std::uint64_t begin = offset + local.position();
    require(begin <= limit && packed <= limit - begin, path_, ": entry '", name, "' of ", packed,
            " bytes at byte ", begin, " reaches beyond byte ", limit, ", where the entries end");
    entry.bytes = bytes_.subspan(begin, packed);
    if (entries_.empty()) first_ = name;
    const auto [place, is_new] = entries_.emplace(name, entry);
    require(is_new, path_, ": two entries of the name '", name, "'");
    return {offset, begin + packed, place->first};
  }

  /// The extra field 1 holds, in this order, those of the three that did not fit into 32 bits.
  static void read_zip64(byte_reader extra, std::uint64_t& size, std::uint64_t& packed,
                         std::uint64_t& offset) {
    while (extra.left() >= 4) {
      const auto kind = extra.number<std::uint16_t>(), length = extra.number<std::uint16_t>();
      byte_reader field(extra.where(), extra.take(length));
      if (kind != 1) continue;
      for (std::uint64_t* value : {&size, &packed, &offset})
        if (*value == in_zip64) *value = field.number<std::uint64_t>();
      return;
    }
  }

  void check_apart(std::vector<extent>& extents) const {
    std::ranges::sort(extents, {}, &extent::begin);
    for (std::size_t i = 1; i < extents.size(); ++i)
      require(extents[i].begin >= extents[i - 1].end, path_, ": entry '", extents[i].name, "' at byte ",
              extents[i].begin, " overlaps '", extents[i - 1].name, "', which ends at byte ",
              extents[i - 1].end);
  }

  std::string path_, first_;
  std::span<const std::byte> bytes_;
  std::map<std::string, zip_entry, std::less<>> entries_;
};

}  // namespace eev::io
