// In:  a file by torch.save.  Out: the tensors of the state dict in it, as views on the file.  Rests on:
// io/mapped_file, io/strided_tensor, io/torch_layout.
//
// The state dict is the object itself or what it has under one of `state_dict_keys`; optimizers and counters
// beside it are left out, and said so. Nothing in the file is run, and no tensor is copied.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <eev/io/mapped_file.hpp>
#include <eev/io/strided_tensor.hpp>
#include <eev/io/torch_layout.hpp>

namespace eev::io {

/// Where training programs put the state dict.
inline constexpr std::string_view state_dict_keys[] = {"model", "state_dict"};

class torch_checkpoint {
 public:
  explicit torch_checkpoint(const std::string& path)
      : path_(path), file_(path), layout_(read_torch_layout(path_, file_->bytes())) {
    read_state_dict();
  }

  /// The same of bytes in memory, which have to outlive it; `path` names them in errors.
  torch_checkpoint(std::string path, std::span<const std::byte> bytes)
      : path_(std::move(path)), layout_(read_torch_layout(path_, bytes)) {
    read_state_dict();
  }

  const std::string& path() const { return path_; }

  /// All tensors by name; their bytes live as long as this.
  const std::map<std::string, strided_tensor>& tensors() const { return tensors_; }

  /// What the file has beside the state dict, such as "optimizer".
  const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  static constexpr std::size_t most_dimensions = 64;  // PyTorch's own limit

  void read_state_dict() {
    const pickle_value& state = find_state_dict();
    for (std::size_t i = 0; i < state.items.size(); i += 2)
      read_entry(value(state.items[i]), value(state.items[i + 1]));
    require(!tensors_.empty(), path_, ": the state dict has no tensors");
  }

  const pickle_value& value(pickle_index index) const { return layout_.object[index]; }

  const pickle_value& find_state_dict() {
    const pickle_value& root = layout_.object.root();
    require(root.kind == pickle_kind::dictionary, path_, ": holds ", root.kind_name(),
            ", expected a state dict");
    const pickle_value* inner = nullptr;
    std::string_view inner_key;
    for (std::size_t i = 0; i < root.items.size(); i += 2) {
      const pickle_value &key = value(root.items[i]), &held = value(root.items[i + 1]);
      if (held.kind != pickle_kind::dictionary || std::ranges::count(state_dict_keys, key.text) == 0)
        continue;
      require(!inner, path_, ": two state dicts, '", inner_key, "' and '", key.text, "'");
      inner = &held, inner_key = key.text;
    }
    if (!inner) return root;
    for (std::size_t i = 0; i < root.items.size(); i += 2)
      if (&value(root.items[i + 1]) != inner) left_out_.emplace_back(value(root.items[i]).text);
    return *inner;
  }

  void read_entry(const pickle_value& key, const pickle_value& held) {
    require(key.kind == pickle_kind::text, path_, ": ", key.kind_name(),
            " as a key of the state dict, expected a name");
    const std::string name(key.text);
    const bool is_new = tensors_.emplace(name, tensor_of(name, held)).second;
    require(is_new, path_, ": two tensors of the name '", name, "'");
  }

  static constexpr std::string_view parameter_class = "torch.nn.parameter.Parameter";

  static bool is_parameter(std::string_view function) {
    return function == "torch._utils._rebuild_parameter" || function == parameter_class;
  }

  /// What a tensor is made of: its storage, offset, shape and strides. Until early in 2017 they were the
  /// state that an empty tensor of some class, or an empty parameter, was given.
  const std::vector<pickle_index>& parts_of(const std::string& where, const pickle_value& held) const {
    const std::string_view function = value(held.items[0]).text;
    const auto& arguments = value(held.items[1]).items;
    const pickle_value* state = held.items.size() > 2 ? &value(held.items[2]) : nullptr;
    const bool is_early = (!tensor_element_type(function).empty() || function == parameter_class) &&
                          arguments.empty() && state && state->kind == pickle_kind::tuple;
    const auto& parts = is_early ? state->items : arguments;
    require((is_early || function.starts_with("torch._utils._rebuild_tensor")) && parts.size() >= 4, where,
            " is made by ", function, " of ", parts.size(),
            " values, expected a tensor's storage, offset, shape and strides");
    return parts;
  }

  strided_tensor tensor_of(const std::string& name, const pickle_value& held) const {
    const std::string where = path_ + ": tensor '" + name + "'";
    require(held.kind == pickle_kind::call, path_, ": '", name, "' is ", held.kind_name(),
            ", expected a tensor");
    const std::string_view function = value(held.items[0]).text;
    const auto& arguments = value(held.items[1]).items;
    if (is_parameter(function) && !arguments.empty()) {
      const pickle_value& data = value(arguments[0]);
      const bool is_tensor = data.kind == pickle_kind::call && !is_parameter(value(data.items[0]).text);
      require(is_tensor, where, " is a parameter of ", data.kind_name(), ", expected one of a tensor");
      return tensor_of(name, data);
    }
    const auto& parts = parts_of(where, held);
    const pickle_value& storage = value(parts[0]);
    require(storage.kind == pickle_kind::persistent, where, " lies in ", storage.kind_name(),
            ", expected a storage");
    const storage_name stored = read_storage_name(path_, layout_.object, storage);
    const std::string_view type = tensor_element_type(function);
    require(type.empty() || type == stored.type, where, " is a ", function, " in a storage of ", stored.type);
    const auto found = layout_.storages.find(stored.key);
    require(found != layout_.storages.end(), where, " lies in storage '", stored.key,
            "', which the file has not");
    const std::uint64_t each = stored.element_size();
    const auto bytes = found->second;
    require(bytes.size() / each >= stored.all, where, " lies in storage '", stored.key, "' of ", bytes.size(),
            " bytes, expected ", stored.all * each);
    strided_tensor tensor{stored.type, extents(where, parts[2]), extents(where, parts[3]), {}};
    const pickle_value& offset = value(parts[1]);
    require(offset.kind == pickle_kind::integer && offset.integer >= 0, where, " has no offset");
    check_inside(where, tensor, std::uint64_t(offset.integer), stored.elements);
    tensor.bytes = bytes.subspan(0, stored.all * each);
    tensor.bytes = tensor.bytes.subspan(tensor.size() == 0 ? 0 : (stored.offset + offset.integer) * each);
    return tensor;
  }

  std::vector<dim> extents(const std::string& where, pickle_index index) const {
    std::vector<dim> numbers;
    require(value(index).kind == pickle_kind::tuple, where, ": its shape or strides are ",
            value(index).kind_name(), ", expected a tuple");
    const std::size_t rank = value(index).items.size();
    require(rank <= most_dimensions, where, " has ", rank, " dimensions, expected at most ", most_dimensions);
    for (const pickle_index item : value(index).items) {
      const pickle_value& number = value(item);
      require(number.kind == pickle_kind::integer && number.integer >= 0, where,
              " has an extent or a stride that is ",
              number.kind == pickle_kind::integer ? std::to_string(number.integer)
                                                  : std::string(number.kind_name()),
              ", expected a count");
      numbers.push_back(dim(number.integer));
    }
    return numbers;
  }

  /// Throws unless every element lies within the storage, and there are no more of them than the storage has:
  /// a stride of 0 could make a few bytes claim to be terabytes.
  static void check_inside(const std::string& where, const strided_tensor& tensor, std::uint64_t offset,
                           std::uint64_t elements) {
    require(tensor.shape.size() == tensor.strides.size(), where, " has the shape ", tensor.shape,
            " and the strides ", tensor.strides);
    if (std::ranges::count(tensor.shape, 0) > 0) return;
    std::uint64_t count = 1, last = offset;
    bool fits = offset < elements;
    for (std::size_t axis = 0; fits && axis < tensor.shape.size(); ++axis) {
      const auto extent = std::uint64_t(tensor.shape[axis]), stride = std::uint64_t(tensor.strides[axis]);
      fits = extent <= elements / count && (extent == 1 || stride <= (elements - 1 - last) / (extent - 1));
      if (fits) count *= extent, last += (extent - 1) * stride;
    }
    require(fits, where, " of shape ", tensor.shape, ", strides ", tensor.strides, " and offset ", offset,
            " does not fit into its storage of ", elements, " elements");
  }

  std::string path_;
  std::optional<mapped_file> file_;
  torch_layout layout_;
  std::map<std::string, strided_tensor> tensors_;
  std::vector<std::string> left_out_;
};

}  // namespace eev::io
