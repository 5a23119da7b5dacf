// In:  the bytes of a .npy file.  Out: the array, as a view on them.  Rests on: io/byte_reader,
// io/strided_tensor.
//
// NumPy's format (numpy.lib.format), versions 1 to 3: a magic number, a header that is a Python dictionary of
// three keys, the elements. Numbers of little-endian order only, no objects, and nothing after the last
// element.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <eev/io/byte_reader.hpp>
#include <eev/io/strided_tensor.hpp>

namespace eev::io {

namespace detail {

/// {'descr': '<f8', 'fortran_order': False, 'shape': (128, 128), } and spaces: this and no other Python.
class npy_header {
 public:
  npy_header(std::string where, std::string_view text) : where_(std::move(where)), rest_(text) {
    expect("{");
    int keys = 0;
    while (!take("}")) {
      const std::string_view key = quoted();
      expect(":");
      const int bit = key == "descr" ? 1 : key == "fortran_order" ? 2 : key == "shape" ? 4 : 0;
      require(bit != 0 && (keys & bit) == 0, where_, ": its header has the key '", key,
              "', unknown or twice");
      keys |= bit;
      if (bit == 1) descr = quoted();
      if (bit == 2) fortran_order = take("True") || (expect("False"), false);
      if (bit == 4) read_shape();
      if (!take(",")) {
        expect("}");
        break;
      }
    }
    skip_space();
    require(keys == 7 && rest_.empty(), where_, ": its header ",
            keys == 7 ? "goes on after its end" : "lacks one of descr, fortran_order and shape");
  }

  std::string_view descr;
  bool fortran_order = false;
  std::vector<dim> shape;

 private:
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size())); }

  bool take(std::string_view token) {
    skip_space();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect(std::string_view token) {
    require(take(token), where_, ": '", rest_.substr(0, 20), "' in its header, expected '", token, "'");
  }
  std::string_view quoted() {
    expect("'");
    const auto text = rest_.substr(0, rest_.find('\''));
    rest_.remove_prefix(text.size());
    expect("'");
    return text;
  }
  void read_shape() {
    expect("(");
    while (!take(")")) {
      skip_space();
      const auto digits = rest_.substr(0, rest_.find_first_not_of("0123456789"));
      require(!digits.empty() && digits.size() <= 12, where_, ": '", rest_.substr(0, 20),
              "' in its shape, expected a count");
      shape.push_back(dim(std::stoll(std::string(digits))));
      rest_.remove_prefix(digits.size());
      if (!take(",")) {
        expect(")");
        return;
      }
    }
  }

  std::string where_;
  std::string_view rest_;
};

}  // namespace detail

/// `where` names the array and its file in errors.
inline strided_tensor read_npy(const std::string& where, std::span<const std::byte> bytes) {
  static constexpr std::pair<std::string_view, std::string_view> types[] = {
      {"<f8", "F64"}, {"<f4", "F32"}, {"<f2", "F16"}, {"<i8", "I64"}, {"<i4", "I32"}, {"<i2", "I16"},
      {"|i1", "I8"},  {"<u8", "U64"}, {"<u4", "U32"}, {"<u2", "U16"}, {"|u1", "U8"},  {"|b1", "BOOL"}};
  byte_reader reader(where, bytes);
  require(bytes.size() >= 8 && reader.text(6) == "\x93NUMPY", where, ": not an array of NumPy's");
  const int version = reader.number<std::uint8_t>();
  require(version >= 1 && version <= 3 && reader.number<std::uint8_t>() == 0, where, ": version ", version,
          " of NumPy's format, expected 1 to 3");
  const std::uint64_t length = version == 1 ? reader.number<std::uint16_t>() : reader.number<std::uint32_t>();
  const detail::npy_header header(where, reader.text(length));
  const auto type = std::ranges::find(types, header.descr, [](const auto& pair) { return pair.first; });
  require(type != std::end(types), where, ": elements of the type '", header.descr,
          "', expected little-endian numbers such as '<f8'");

  strided_tensor array{type->second, header.shape, {}, {}};
  std::uint64_t count = 1;
  for (const dim extent : array.shape) {
    require(extent == 0 || count <= reader.left() / std::uint64_t(extent), where, ": ", reader.left(),
            " bytes of elements, too few for the shape ", array.shape);
    count *= std::uint64_t(extent);
  }
  require(reader.left() == count * array.element_size(), where, ": ", reader.left(),
          " bytes of elements, expected ", count * array.element_size(), " for ", array.type, " ",
          array.shape);
  array.strides = dense_strides(array.shape, header.fortran_order);
  array.bytes = reader.take(reader.left());
  return array;
}

}  // namespace eev::io
