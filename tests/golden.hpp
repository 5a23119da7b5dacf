// In:  the stem of a file in tests/golden/ (made by tools/make_golden.py).  Out: its arrays.  Rests on: io.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include <eev/io/safetensors.hpp>

#include "source_dir.hpp"

namespace eev::test {

/// A golden array: values in double whatever they are stored as (F64, F32, I64, I32, U8), and its shape.
struct golden_array {
  std::vector<double> values;
  std::vector<dim> shape;

  std::vector<float> floats() const { return {values.begin(), values.end()}; }
};

class golden {
 public:
  explicit golden(const std::string& stem) : file_(source_dir() + "/tests/golden/" + stem + ".safetensors") {}

  golden_array operator[](const std::string& name) const {
    const auto& tensor = file_.tensor(name);
    golden_array array{{}, tensor.shape};
    if (tensor.type == "F64") copy<double>(tensor, array);
    if (tensor.type == "F32") copy<float>(tensor, array);
    if (tensor.type == "I64") copy<std::int64_t>(tensor, array);
    if (tensor.type == "I32") copy<std::int32_t>(tensor, array);
    if (tensor.type == "U8") copy<std::uint8_t>(tensor, array);
    return array;
  }

 private:
  template <class T, class Tensor>
  static void copy(const Tensor& tensor, golden_array& array) {
    std::vector<T> stored(tensor.bytes.size() / sizeof(T));
    std::memcpy(stored.data(), tensor.bytes.data(), tensor.bytes.size());
    array.values.assign(stored.begin(), stored.end());
  }

  io::safetensors_file file_;
};

}  // namespace eev::test
