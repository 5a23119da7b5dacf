// In:  a path, or bytes.  Out: metadata and tensors of the safetensors file there.  Rests on: io/json,
// io/mapped_file.
//
// The format (github.com/huggingface/safetensors, "Format"): a little-endian 64-bit length, a JSON header of
// that length, the data. Every rule is checked before anything is handed out, so a damaged file is refused
// here and not read as something else later.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <eev/core/view.hpp>
#include <eev/io/json.hpp>
#include <eev/io/mapped_file.hpp>

namespace eev::io {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

/// A safetensors file has no longer header.
inline constexpr std::uint64_t longest_header = 100'000'000;

struct element_type {
  std::string_view name;
  std::uint64_t bits;
};

/// What an element can be, in the format's own order: a file holds the last of them first.
inline constexpr element_type element_types[] = {
    {"BOOL", 8},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},     {"U8", 8},          {"I8", 8},
    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16},
    {"U16", 16},    {"F16", 16},    {"BF16", 16},   {"I32", 32},        {"U32", 32},        {"F32", 32},
    {"C64", 64},    {"F64", 64},    {"I64", 64},    {"U64", 64}};

/// The type of that name, or null.
inline const element_type* find_element_type(std::string_view name) {
  for (const element_type& type : element_types)
    if (type.name == name) return &type;
  return nullptr;
}

/// A tensor as the file holds it.
struct stored_tensor {
  std::string_view type;             ///< "F32", "BF16", ...: the name of one of element_types
  std::vector<dim> shape;            ///< empty for a scalar
  std::span<const std::byte> bytes;  ///< row-major, little-endian, at any address
};

class safetensors_file {
 public:
  explicit safetensors_file(const std::string& path) : path_(path), file_(path) { open(file_->bytes()); }

  /// The same of bytes in memory, which have to outlive it; `name` takes the place of the path.
  safetensors_file(std::string name, std::span<const std::byte> bytes) : path_(std::move(name)) {
    open(bytes);
  }

  const std::string& path() const { return path_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// All tensors by name.
  const std::map<std::string, stored_tensor>& tensors() const { return tensors_; }

  /// The tensor of that name; throws if there is none.
  const stored_tensor& tensor(const std::string& name) const {
    const auto found = tensors_.find(name);
    require(found != tensors_.end(), path_, ": no tensor '", name, "' among its ", tensors_.size());
    return found->second;
  }

 private:
  /// Where the header says that a tensor's bytes are, counted from the start of the data.
  struct place_in_data {
    std::uint64_t begin, end;
    const std::string* name;
    stored_tensor* tensor;
  };

  void open(std::span<const std::byte> bytes) {
    std::uint64_t length = 0;
    require(bytes.size() >= sizeof length, path_, ": ", bytes.size(),
            " bytes, too short for a safetensors file");
    std::memcpy(&length, bytes.data(), sizeof length);
    require(length <= longest_header, path_, ": a header of ", length, " bytes, expected at most ",
            longest_header, "; not a safetensors file? `eev convert` reads other checkpoints");
    require(length <= bytes.size() - sizeof length, path_, ": a header of ", length, " bytes in a file of ",
            bytes.size(), "; it is cut off or not a safetensors file");
    const auto header = bytes.subspan(sizeof length, length);
    place(read_header({reinterpret_cast<const char*>(header.data()), header.size()}),
          bytes.subspan(sizeof length + length));
  }

  std::vector<place_in_data> read_header(std::string_view header) {
    require(header.starts_with('{'), path_, ": the header does not start with '{': not a safetensors file");
    json_reader json(header, path_ + ": header");
    std::vector<place_in_data> places;
    json.object([&](const std::string& name) {
      if (name == "__metadata__")
        json.object([&](const std::string& key) { metadata_[key] = json.string(); });
      else
        places.push_back(read_tensor(json, name));
    });
    json.end();
    return places;
  }

  place_in_data read_tensor(json_reader& json, const std::string& name) {
    const auto entry = tensors_.try_emplace(name).first;
    stored_tensor& tensor = entry->second;
    std::vector<std::uint64_t> offsets;
    int keys = 0;
    json.object([&](const std::string& key) {
      ++keys;
      if (key == "dtype") {
        const std::string type = json.string();
        const element_type* known = find_element_type(type);
        json.expect(known, "tensor '", name, "' has the unknown dtype '", type, "'");
        tensor.type = known->name;
      } else if (key == "shape") {
        json.array([&] {
          const std::uint64_t extent = json.integer();
          json.expect(extent <= most, "tensor '", name, "' has an extent of ", extent);
          tensor.shape.push_back(dim(extent));
        });
      } else if (key == "data_offsets") {
        json.array([&] { offsets.push_back(json.integer()); });
      } else {
        json.expect(false, "tensor '", name, "' has the unknown key '", key, "'");
      }
    });
    json.expect(keys == 3, "tensor '", name, "' lacks one of dtype, shape and data_offsets");
    json.expect(offsets.size() == 2, "tensor '", name, "' has ", offsets.size(), " data_offsets, expected 2");
    return {offsets[0], offsets[1], &entry->first, &tensor};
  }

  /// Gives each tensor its bytes, which have to follow each other without a hole from the first byte of the
  /// data to the last.
  void place(std::vector<place_in_data> places, std::span<const std::byte> data) {
    std::sort(places.begin(), places.end(), [](const place_in_data& a, const place_in_data& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::uint64_t filled = 0;
    for (const auto& [begin, end, name, tensor] : places) {
      require(begin == filled, path_, ": tensor '", *name, "' starts at byte ", begin,
              " of the data, expected ", filled, " where the one before it ends");
      require(end >= begin, path_, ": tensor '", *name, "' ends at byte ", end, ", before its start at ",
              begin);
      const std::uint64_t size = size_in_bytes(*name, *tensor);
      require(end - begin == size, path_, ": tensor '", *name, "' has ", end - begin, " bytes, expected ",
              size, " for ", tensor->type, " ", tensor->shape);
      filled = end;
    }
    require(filled == data.size(), path_, ": ", data.size(), " bytes of data, expected ", filled,
            filled > data.size() ? "; the file is cut off" : "; there is something after the last tensor");
    for (const auto& [begin, end, name, tensor] : places) tensor->bytes = data.subspan(begin, end - begin);
  }

  std::uint64_t size_in_bytes(const std::string& name, const stored_tensor& tensor) const {
    std::uint64_t bits = find_element_type(tensor.type)->bits;
    for (const dim extent : tensor.shape) {
      require(extent == 0 || bits <= most / std::uint64_t(extent), path_, ": tensor '", name,
              "' is too large to be true: ", tensor.type, " ", tensor.shape);
      bits *= std::uint64_t(extent);
    }
    require(bits % 8 == 0, path_, ": tensor '", name, "' ends within a byte: ", tensor.type, " ",
            tensor.shape);
    return bits / 8;
  }

  static constexpr std::uint64_t most = std::numeric_limits<dim>::max();

  std::string path_;
  std::optional<mapped_file> file_;
  std::map<std::string, std::string> metadata_;
  std::map<std::string, stored_tensor> tensors_;
};

}  // namespace eev::io
