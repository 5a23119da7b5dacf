// In:  the bytes of a file by torch.save.  Out: its pickle and its storages.  Rests on: io/pickle,
// io/zip_file.
//
// Two layouts. Since PyTorch 1.6: a zip archive of STEM/data.pkl and STEM/data/KEY. Before: five pickles (a
// magic number, a version, facts of the machine, the object, the keys of the storages), then for each key the
// number of its elements and the elements. The object's pickle names a storage by a tuple, its persistent
// identification:
//   ("storage", class, key, device, elements [, None or (key, offset, elements) of a part of it])
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <eev/io/byte_reader.hpp>
#include <eev/io/pickle.hpp>
#include <eev/io/safetensors.hpp>
#include <eev/io/zip_file.hpp>

namespace eev::io {

/// What a state dict's pickle may name.
inline constexpr std::string_view torch_globals[] = {
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_parameter",
    "torch.nn.parameter.Parameter",
    "torch.FloatTensor",
    "torch.HalfTensor",
    "torch.DoubleTensor",
    "torch.LongTensor",
    "torch.IntTensor",
    "torch.ShortTensor",
    "torch.CharTensor",
    "torch.ByteTensor",
    "torch.FloatStorage",
    "torch.HalfStorage",
    "torch.BFloat16Storage",
    "torch.DoubleStorage",
    "torch.LongStorage",
    "torch.IntStorage",
    "torch.ShortStorage",
    "torch.CharStorage",
    "torch.ByteStorage",
    "torch.BoolStorage",
};

/// The type of the elements of a storage of that class; "" if it is no storage.
inline std::string_view storage_element_type(std::string_view storage_class) {
  static constexpr std::pair<std::string_view, std::string_view> types[] = {
      {"torch.FloatStorage", "F32"},  {"torch.HalfStorage", "F16"}, {"torch.BFloat16Storage", "BF16"},
      {"torch.DoubleStorage", "F64"}, {"torch.LongStorage", "I64"}, {"torch.IntStorage", "I32"},
      {"torch.ShortStorage", "I16"},  {"torch.CharStorage", "I8"},  {"torch.ByteStorage", "U8"},
      {"torch.BoolStorage", "BOOL"}};
  for (const auto& [name, type] : types)
    if (name == storage_class) return type;
  return "";
}

/// The same of a class of tensors, such as torch.FloatTensor, by which PyTorch wrote them until early in
/// 2017.
inline std::string_view tensor_element_type(std::string_view tensor_class) {
  constexpr std::string_view ending = "Tensor";
  if (!tensor_class.ends_with(ending)) return "";
  tensor_class.remove_suffix(ending.size());
  return storage_element_type(message(tensor_class, "Storage"));
}

/// A persistent identification, understood.
struct storage_name {
  std::string_view type, key;
  std::uint64_t offset = 0, elements = 0;  ///< the part of the storage that is meant
  std::uint64_t all = 0;                   ///< elements of the whole storage

  std::uint64_t element_size() const { return find_element_type(type)->bits / 8; }
};

struct torch_layout {
  pickle object;
  std::map<std::string_view, std::span<const std::byte>> storages;
};

/// What `value`, of the kind persistent, identifies.
inline storage_name read_storage_name(const std::string& path, const pickle& object,
                                      const pickle_value& value) {
  const pickle_value& id = object[value.items[0]];
  const auto item = [&](std::size_t place, pickle_kind kind) -> const pickle_value& {
    require(place < id.items.size() && object[id.items[place]].kind == kind, path, ": item ", place,
            " of a storage's identification is ",
            place < id.items.size() ? object[id.items[place]].kind_name() : "missing", ", expected ",
            pickle_kind_names[int(kind)]);
    return object[id.items[place]];
  };
  const auto count = [&](const pickle_value& number, const char* what) {
    require(
        number.kind == pickle_kind::integer && number.integer >= 0 && number.integer < std::int64_t{1} << 56,
        path, ": a storage's ", what, " is ", number.integer, ", expected a count");
    return std::uint64_t(number.integer);
  };
  require(id.kind == pickle_kind::tuple && item(0, pickle_kind::text).text == "storage", path,
          ": something else than a storage is stored outside of the pickle");
  storage_name name;
  const std::string_view storage_class = item(1, pickle_kind::global).text;
  name.type = storage_element_type(storage_class);
  require(!name.type.empty(), path, ": a storage of the class ", storage_class);
  name.key = item(2, pickle_kind::text).text;
  name.all = name.elements = count(item(4, pickle_kind::integer), "size");
  if (id.items.size() > 5 && object[id.items[5]].kind != pickle_kind::none) {
    const pickle_value& part = item(5, pickle_kind::tuple);
    require(part.items.size() == 3, path, ": part of a storage in ", part.items.size(),
            " values, expected 3");
    name.offset = count(object[part.items[1]], "offset"),
    name.elements = count(object[part.items[2]], "size");
    require(name.offset <= name.all && name.elements <= name.all - name.offset, path, ": storage '", name.key,
            "' of ", name.all, " elements has a part of ", name.elements, " from ", name.offset, " on");
  }
  return name;
}

/// All storages that the pickle names, by key.
inline std::map<std::string_view, storage_name> named_storages(const std::string& path,
                                                               const pickle& object) {
  std::map<std::string_view, storage_name> named;
  for (const pickle_value& value : object.values()) {
    if (value.kind != pickle_kind::persistent) continue;
    const storage_name name = read_storage_name(path, object, value);
    const storage_name& first = named.emplace(name.key, name).first->second;
    require(first.type == name.type && first.all == name.all, path, ": storage '", name.key, "' is ",
            name.all, " ", name.type, ", and ", first.all, " ", first.type);
  }
  return named;
}

inline torch_layout read_torch_zip(const std::string& path, std::span<const std::byte> bytes) {
  const zip_file zip(path, bytes);
  const std::string stem = zip.first().substr(0, zip.first().find('/') + 1);
  require(!zip.find_stored(stem + "constants.pkl"), path,
          ": a TorchScript archive, which holds code; expected a state dict, saved by torch.save");
  if (const auto order = zip.find_stored(stem + "byteorder"))
    require(byte_reader(path, *order).text(order->size()) == "little", path, ": saved in big-endian order");
  torch_layout layout{pickle(path + ": data.pkl", zip.stored(stem + "data.pkl"), torch_globals), {}};
  for (const auto& [key, name] : named_storages(path, layout.object))
    layout.storages[key] = zip.stored(message(stem, "data/", key));
  return layout;
}

/// How a file of the older layout begins: the pickle of the magic number.
inline constexpr std::string_view torch_legacy_magic{
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15};

inline torch_layout read_torch_legacy(const std::string& path, std::span<const std::byte> bytes) {
  byte_reader reader(path, bytes);
  reader.skip(torch_legacy_magic.size());
  const auto next = [&](const char* what) {
    pickle part(message(path, ": ", what), bytes.subspan(reader.position()), torch_globals);
    reader.skip(part.size());
    return part;
  };
  const pickle version = next("version");
  require(version.root().kind == pickle_kind::integer && version.root().integer == 1001, path, ": version ",
          version.root().integer, " of PyTorch's older layout, expected 1001");
  const pickle machine = next("facts of the machine");
  const auto& facts = machine.root().items;
  for (std::size_t i = 0; i + 1 < facts.size(); i += 2)
    require(machine[facts[i]].text != "little_endian" || machine[facts[i + 1]].integer == 1, path,
            ": saved in big-endian order");
  torch_layout layout{next("object"), {}};
  const pickle keys = next("keys of the storages");
  const auto named = named_storages(path, layout.object);
  require(keys.root().kind == pickle_kind::list, path, ": keys of the storages are ", keys.root().kind_name(),
          ", expected a list");
  for (const pickle_index index : keys.root().items) {
    const std::string_view key = keys[index].text;
    const auto found = named.find(key);
    require(found != named.end(), path, ": storage '", key, "' is of no tensor");
    const auto elements = reader.number<std::uint64_t>();
    require(elements == found->second.all, path, ": storage '", key, "' has ", elements,
            " elements, expected ", found->second.all);
    const bool is_new =
        layout.storages.emplace(found->first, reader.take(elements * found->second.element_size())).second;
    require(is_new, path, ": two storages of the key '", key, "'");
  }
  require(reader.left() == 0, path, ": ", reader.left(), " bytes after the last storage");
  return layout;
}

/// True if the bytes begin as a file by torch.save does.
inline bool is_torch_checkpoint(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return zip_file::is_zip(bytes) || text.starts_with(torch_legacy_magic);
}

inline torch_layout read_torch_layout(const std::string& path, std::span<const std::byte> bytes) {
  require(is_torch_checkpoint(bytes), path,
          ": not a checkpoint by torch.save: neither a zip archive nor its older layout");
  return zip_file::is_zip(bytes) ? read_torch_zip(path, bytes) : read_torch_legacy(path, bytes);
}

}  // namespace eev::io
