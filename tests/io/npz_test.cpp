#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>
#include <eev/io/npz.hpp>

#include "../golden.hpp"
#include "checkpoint_bytes.hpp"
#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

std::vector<double> doubled(const std::vector<float>& values) { return {values.begin(), values.end()}; }

std::string npy_of(const std::string& header, const std::string& data, int version = 1) {
  return "\x93NUMPY" + little(version, 2) + little(header.size(), version == 1 ? 2 : 4) + header + data;
}

std::string npy_complaint(const std::string& bytes) {
  return error_of([&] { read_npy("a", std::as_bytes(std::span(bytes))); });
}

constexpr const char* pair_header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }  \n";

/// The file of one array, of these two numbers.
std::string npz_of(const std::string& npy, std::int64_t crc_error = 0) {
  const auto crc = crc32(std::as_bytes(std::span(npy)));
  return zip_of({{.name = "pair.npy", .data = npy, .crc = std::uint32_t(crc + crc_error)}});
}

}  // namespace

TEST_CASE("arrays that NumPy has saved are read, deflated or not, in either order") {
  const golden expected("npz");
  const temporary_folder folder;
  for (const char* name : {"plain", "packed"}) {
    CAPTURE(name);
    const auto bytes = expected[name].values;
    write_file(folder / "f.npz", std::string(bytes.begin(), bytes.end()));
    const npz_file file(folder / "f.npz");
    const auto matrix = doubled(formula_tensor("matrix", {5, 7}));
    CHECK(file.read("matrix", {5, 7}) == matrix);
    CHECK(file.read("transposed", {5, 7}) == matrix);
    CHECK(file.read("single", {2, 3, 4}) == doubled(formula_tensor("single", {2, 3, 4})));
    CHECK(file.read("scalar", {}) == std::vector<double>{2.5});
    CHECK(file.read("none", {0, 3}).empty());
    CHECK(file.read("zeros", {300}) == std::vector<double>(300));
    const auto complaint = [&](const std::string& array, const std::vector<dim>& shape) {
      return error_of([&] { file.read(array, shape); });
    };
    CHECK(complaint("index", {6}) == file.path() + ": array 'index' is I64, expected F64 or F32");
    CHECK(complaint("flags", {2}) == file.path() + ": array 'flags' is BOOL, expected F64 or F32");
    CHECK(complaint("matrix", {7, 5}) == file.path() + ": array 'matrix' is [5, 7], expected [7, 5]");
    CHECK(complaint("means", {5}) == file.path() + ": no array 'means' among its 8");
  }
}

TEST_CASE("an array's header is read strictly") {
  const std::string two(16, '\0');
  for (const char* header : {pair_header, "{'shape':(2,),'descr':'<f8','fortran_order':True}",
                             "{ 'fortran_order' : False , 'descr' : '<f8' , 'shape' : ( 2 , ) , } \n"})
    for (int version : {1, 2, 3}) CHECK(npy_complaint(npy_of(header, two, version)) == "");
  const struct {
    std::string bytes, complaint;
  } cases[] = {
      {"", "not an array of NumPy's"},
      {"\x93NUMPX" + little(1, 4), "not an array of NumPy's"},
      {npy_of(pair_header, two, 4), "version 4 of NumPy's format, expected 1 to 3"},
      {npy_of(pair_header, two, 257), "version 1 of NumPy's format, expected 1 to 3"},
      {npy_of(pair_header, two).substr(0, 40), "cut off"},
      {npy_of(pair_header, two + "!"), "17 bytes of elements, expected 16 for F64 [2]"},
      {npy_of(pair_header, two.substr(1)), "15 bytes of elements, expected 16"},
      {npy_of("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", two), "elements of the type '|O'"},
      {npy_of("{'descr': '>f8', 'fortran_order': False, 'shape': (2,), }", two),
       "elements of the type '>f8'"},
      {npy_of("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", two), "expected '''"},
      {npy_of("{'descr': '<f8', 'fortran_order': 0, 'shape': (2,), }", two), "expected 'False'"},
      {npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", two),
       "in its shape, expected a count"},
      {npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (2 2), }", two), "expected ')'"},
      {npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (__import__('os'),), }", two),
       "expected a count"},
      {npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 999999999999), }", two),
       "too few"},
      {npy_of("{'descr': '<f8', 'fortran_order': False}", two), "lacks one of descr"},
      {npy_of("{'descr': '<f8', 'descr': '<f8'}", two), "has the key 'descr', unknown or twice"},
      {npy_of("{'strides': '<f8'}", two), "has the key 'strides', unknown or twice"},
      {npy_of(std::string(pair_header) + "x", two), "goes on after its end"},
      {npy_of("", two), "expected '{'"},
  };
  for (const auto& [bytes, complaint] : cases) {
    const std::string found = npy_complaint(bytes);
    CHECK_MESSAGE(found.find(complaint) != found.npos, found, " | ", complaint);
  }
}

TEST_CASE("an array without elements may claim any other extents") {
  for (const char* order : {"True", "False"})
    for (const char* shape : {"(0, 999999999999, 999999999999)", "(0, 999999999999, 999999999999, 2)"}) {
      const auto bytes =
          npy_of(message("{'descr': '<f8', 'fortran_order': ", order, ", 'shape': ", shape, ", }"), "");
      const auto array = read_npy("a", std::as_bytes(std::span(bytes)));
      CHECK(array.size() == 0);
      std::vector<std::byte> scratch;
      CHECK(array.row_major(scratch).empty());
    }
}

TEST_CASE("an array that is damaged or not finite is refused") {
  const temporary_folder folder;
  const auto complaint = [&](const std::string& bytes) {
    write_file(folder / "f.npz", bytes);
    const std::string found = error_of([&] { npz_file(folder / "f.npz").read("pair", {2}); });
    return found.substr(std::min(found.size(), (folder / "f.npz").size()));
  };
  const auto with = [](const std::string& second) {
    return npy_of(pair_header, std::string(8, '\0') + from_hex(second));
  };
  CHECK(complaint(npz_of(with("000000000000f03f"))) == "");
  CHECK(complaint(npz_of(with("000000000000f03f"), 1)) ==
        ": array 'pair': damaged: its CRC-32 is not that of the archive");
  CHECK(complaint(npz_of(with("000000000000f07f"))) ==
        ": array 'pair' holds inf at index 1, expected finite numbers");
  CHECK(complaint(npz_of(with("000000000000f87f"))).find("holds nan at index 1") != std::string::npos);
  CHECK(complaint("PK").find("too short for a zip archive") != std::string::npos);

  const auto whole = golden("npz")["packed"].values;
  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    std::string wrong(whole.begin(), whole.end());
    wrong[byte] = char(wrong[byte] ^ 1 << byte * 5 % 8);
    complaint(wrong);
  }
}
