// In:  metadata, tensors.  Out: a file as the official writer makes it.  Rests on: io/atomic_file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <eev/core/bfloat16.hpp>
#include <eev/io/atomic_file.hpp>
#include <eev/io/safetensors.hpp>

namespace eev::io {

/// A tensor that is going to be written.
struct tensor_entry {
  std::string name;
  std::vector<dim> shape;
  std::string_view type = "F32";  ///< or "BF16"

  dim size() const {
    dim count = 1;
    for (dim extent : shape) count *= extent;
    return count;
  }
};

namespace detail {

/// The length and the header, padded with spaces to a multiple of 8. The tensors follow it in this order.
inline std::string safetensors_header(const std::string& path,
                                      const std::map<std::string, std::string>& metadata,
                                      const std::vector<tensor_entry>& tensors) {
  std::string json = "{";
  auto separate = [&] {
    if (json.back() != '{' && json.back() != '[') json += ',';
  };
  if (!metadata.empty()) {
    json += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata) {
      separate();
      json += message(json_quoted(key), ":", json_quoted(value));
    }
    json += '}';
  }
  std::uint64_t begin = 0;
  for (const tensor_entry& tensor : tensors) {
    separate();
    json += message(json_quoted(tensor.name), ":{\"dtype\":\"", tensor.type, "\",\"shape\":[");
    for (const dim extent : tensor.shape) {
      separate();
      json += std::to_string(extent);
    }
    const std::uint64_t end = begin + std::uint64_t(tensor.size()) * find_element_type(tensor.type)->bits / 8;
    json += message("],\"data_offsets\":[", begin, ",", end, "]}");
    begin = end;
  }
  json += '}';
  json.resize((json.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = json.size();
  require(length <= longest_header, path, ": cannot be written: a header of ", length, " bytes");
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + json;
}

}  // namespace detail

/// Writes a file at once or not at all. values(entry) gives the floats of a tensor (a vector or a span); it
/// is called once for each, in the order of the file, so only one tensor at a time has to be in memory.
template <class Values>
void write_safetensors(const std::string& path, const std::map<std::string, std::string>& metadata,
                       std::vector<tensor_entry> tensors, const Values& values) {
  std::set<std::string_view> names{"__metadata__"};
  for (const tensor_entry& tensor : tensors) {
    require(names.insert(tensor.name).second, path, ": there cannot be another tensor '", tensor.name, "'");
    require(tensor.type == "F32" || tensor.type == "BF16", path, ": tensor '", tensor.name,
            "' cannot be written as ", tensor.type, ", only as F32 or BF16");
  }
  // The official order: wide types first, so that all are aligned, then by name.
  std::ranges::sort(tensors, {}, [](const tensor_entry& tensor) {
    return std::tuple(-(find_element_type(tensor.type) - element_types), std::string_view(tensor.name));
  });
  atomic_file file(path);
  file.write(detail::safetensors_header(path, metadata, tensors));
  for (const tensor_entry& tensor : tensors) {
    const auto& tensor_values = values(tensor);
    const std::span<const float> floats(tensor_values);
    require(dim(floats.size()) == tensor.size(), path, ": tensor '", tensor.name, "' has ", floats.size(),
            " values, expected ", tensor.shape);
    if (tensor.type == "F32") {
      file.write(floats.data(), floats.size_bytes());
    } else {
      const std::vector<bfloat16> rounded(floats.begin(), floats.end());
      file.write(rounded.data(), rounded.size() * sizeof(bfloat16));
    }
  }
  file.commit();
}

}  // namespace eev::io
