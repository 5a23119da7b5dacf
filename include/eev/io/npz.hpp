// In:  a .npz file.  Out: its arrays of numbers, in double.  Rests on: io/inflate, io/mapped_file, io/npy,
// io/zip_file.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <eev/core/finite.hpp>
#include <eev/io/inflate.hpp>
#include <eev/io/mapped_file.hpp>
#include <eev/io/npy.hpp>
#include <eev/io/zip_file.hpp>

namespace eev::io {

/// What numpy.savez and savez_compressed write: a zip archive of NAME.npy.
class npz_file {
 public:
  explicit npz_file(const std::string& path) : file_(path), zip_(path, file_.bytes()) {}

  const std::string& path() const { return zip_.path(); }

  /// The values of the array `name`, row-major. Throws if it is missing, of another shape, of other elements
  /// than float64 or float32, damaged, or not finite.
  std::vector<double> read(const std::string& name, const std::vector<dim>& shape) const {
    const std::string where = path() + ": array '" + name + "'";
    const auto found = zip_.entries().find(name + ".npy");
    require(found != zip_.entries().end(), path(), ": no array '", name, "' among its ",
            zip_.entries().size());
    const zip_entry& entry = found->second;
    std::vector<std::byte> inflated, scratch;
    if (entry.method == zip_method::deflated) inflated = inflate(where, entry.bytes, entry.size);
    const auto bytes =
        entry.method == zip_method::deflated ? std::span<const std::byte>(inflated) : entry.bytes;
    require(crc32(bytes) == entry.crc, where, ": damaged: its CRC-32 is not that of the archive");
    const strided_tensor array = read_npy(where, bytes);
    require(array.shape == shape, where, " is ", array.shape, ", expected ", shape);
    const auto elements = array.row_major(scratch);
    if (array.type == "F32") {
      const auto floats = finite_floats(where, array.type, elements);
      return {floats.begin(), floats.end()};
    }
    require(array.type == "F64", where, " is ", array.type, ", expected F64 or F32");
    std::vector<double> values(elements.size() / sizeof(double));
    if (!values.empty()) std::memcpy(values.data(), elements.data(), elements.size());
    const auto bad = std::ranges::find_if_not(values, [](double value) { return is_finite(value); });
    require(bad == values.end(), where, " holds ", bad == values.end() ? 0.0 : *bad, " at index ",
            bad - values.begin(), ", expected finite numbers");
    return values;
  }

 private:
  mapped_file file_;
  zip_file zip_;
};

}  // namespace eev::io
