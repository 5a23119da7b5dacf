// In:  what a zip archive or a pickle is to say, true or not.  Out: its bytes.  Rests on: std.
//
// Checkpoints that no honest program writes, byte by byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eev::test {

inline std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i, value >>= 8) text += char(value & 0xff);
  return text;
}

/// An entry of an archive; what is not said is as it should be.
struct zip_record {
  std::string name, data;
  std::optional<std::string> local_name{};
  std::optional<std::uint32_t> offset{}, size{}, packed{};
  std::uint16_t method = 0, flags = 0;
  bool in_zip64 = false;            // sizes and offset are 64 bits wide
  std::uint64_t more_in_zip64 = 0;  // what is added to that offset
  std::string local_extra{};
  std::uint32_t crc = 0;
};

struct zip_end {
  std::optional<std::uint16_t> count{};
  std::optional<std::uint32_t> size{}, offset{};
  bool in_zip64 = false;
  std::string comment{};
};

inline std::string zip_of(const std::vector<zip_record>& records, const zip_end& end = {}) {
  std::string bytes, directory;
  for (const auto& record : records) {
    const auto offset = record.offset.value_or(std::uint32_t(bytes.size()));
    const auto packed = record.packed.value_or(std::uint32_t(record.data.size())),
               size = record.size.value_or(packed);
    const std::string local_name = record.local_name.value_or(record.name);
    const std::string start =
        little(record.flags, 2) + little(record.method, 2) + little(0, 4) + little(record.crc, 4);
    bytes += "PK\3\4" + little(20, 2) + start + little(packed, 4) + little(size, 4) +
             little(local_name.size(), 2) + little(record.local_extra.size(), 2) + local_name +
             record.local_extra + record.data;
    const auto narrow = [&](std::uint32_t value) { return little(record.in_zip64 ? 0xffffffff : value, 4); };
    const std::string extra = record.in_zip64 ? little(0x4242, 2) + little(3, 2) + "any" + little(1, 2) +
                                                    little(24, 2) + little(size, 8) + little(packed, 8) +
                                                    little(offset + record.more_in_zip64, 8)
                                              : "";
    directory += "PK\1\2" + little(20, 2) + little(20, 2) + start + narrow(packed) + narrow(size) +
                 little(record.name.size(), 2) + little(extra.size(), 2) + little(0, 2 + 2 + 2 + 4) +
                 narrow(offset) + record.name + extra;
  }
  const auto count = end.count.value_or(std::uint16_t(records.size()));
  const auto size = end.size.value_or(std::uint32_t(directory.size())),
             offset = end.offset.value_or(std::uint32_t(bytes.size()));
  const std::uint64_t place = bytes.size() + directory.size();
  bytes += directory;
  if (end.in_zip64)
    bytes += "PK\6\6" + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8) + little(count, 8) +
             little(count, 8) + little(size, 8) + little(offset, 8) + "PK\6\7" + little(0, 4) +
             little(place, 8) + little(1, 4);
  const auto narrow = [&](std::uint64_t value, int width) {
    return little(end.in_zip64 ? ~std::uint64_t{0} : value, width);
  };
  return bytes + "PK\5\6" + little(0, 4) + narrow(count, 2) + narrow(count, 2) + narrow(size, 4) +
         narrow(offset, 4) + little(end.comment.size(), 2) + end.comment;
}

// ---- parts of a pickle ----

inline std::string pickled(const std::string& program) { return "\x80\x02" + program + "."; }

namespace py {

inline std::string text(const std::string& value) { return "X" + little(value.size(), 4) + value; }
inline std::string integer(std::int64_t value) { return "\x8a\x08" + little(std::uint64_t(value), 8); }
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string tuple(const std::vector<std::string>& items) {
  std::string all = "(";
  for (const std::string& item : items) all += item;
  return all + "t";
}
inline std::string numbers(const std::vector<std::int64_t>& values) {
  std::vector<std::string> items;
  for (const auto value : values) items.push_back(integer(value));
  return tuple(items);
}

}  // namespace py

/// A tensor as PyTorch describes it.
struct described_tensor {
  std::string storage = "FloatStorage", key = "0";
  std::int64_t elements = 6, offset = 0;
  std::vector<std::int64_t> shape{2, 3}, strides{3, 1};
  std::string function = "_rebuild_tensor_v2";
  std::string part{};   // the last item of the older identification
  std::string early{};  // torch.FloatTensor, ...: an empty one whose state is set, as until early in 2017

  std::string code() const {
    const std::string id = py::tuple({py::text("storage"), py::global("torch", storage), py::text(key),
                                      py::text("cpu"), py::integer(elements), part});
    if (const auto dot = early.rfind('.'); dot != early.npos)
      return py::global(early.substr(0, dot), early.substr(dot + 1)) + ")\x81" +
             py::tuple({id + "Q", py::integer(offset), py::numbers(shape), py::numbers(strides)}) + "b";
    return py::global("torch._utils", function) +
           py::tuple({id + "Q", py::integer(offset), py::numbers(shape), py::numbers(strides), "\x89", "N"}) +
           "R";
  }
};

/// A state dict of these: name and code, one after the other.
inline std::string state_dict(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string all = "}(";
  for (const auto& [name, code] : entries) all += py::text(name) + code;
  return all + "u";
}

}  // namespace eev::test
