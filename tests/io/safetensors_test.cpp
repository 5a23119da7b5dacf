#include <cstring>

#include <doctest/doctest.h>

#include <eev/io/safetensors.hpp>

#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

/// A file of this header and as many bytes of data.
std::string file_of(const std::string& header, std::size_t data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data, '\1');
}

/// A file of one tensor, described by these members.
std::string one_tensor(const std::string& members, std::size_t data) {
  return file_of("{\"t\":{" + members + "}}", data);
}

std::string length_only(std::uint64_t length, const std::string& rest) {
  return std::string(reinterpret_cast<const char*>(&length), 8) + rest;
}

/// Opens the file and touches all that it hands out.
unsigned read_all(const std::string& path) {
  const safetensors_file file(path);
  unsigned sum = 0;
  for (const auto& [name, tensor] : file.tensors())
    for (std::byte byte : tensor.bytes) sum += unsigned(byte);
  return sum + unsigned(file.metadata().size());
}

/// Written by Python's safetensors 0.8.0 with PyTorch: norm.weight F32 [2, 2], scalar F32, brain BF16 [2],
/// half F16 [3], empty I64 [0, 3]; metadata eev.id.
const std::string from_python = from_hex(
    "60010000000000007b225f5f6d657461646174615f5f223a7b226565762e6964223a22636c697020c3a920f09f9880205c22"
    "715c22227d2c22656d707479223a7b226474797065223a22493634222c227368617065223a5b302c335d2c22646174615f6f"
    "666673657473223a5b302c305d7d2c226e6f726d2e776569676874223a7b226474797065223a22463332222c227368617065"
    "223a5b322c325d2c22646174615f6f666673657473223a5b302c31365d7d2c227363616c6172223a7b226474797065223a22"
    "463332222c227368617065223a5b5d2c22646174615f6f666673657473223a5b31362c32305d7d2c22627261696e223a7b22"
    "6474797065223a2242463136222c227368617065223a5b325d2c22646174615f6f666673657473223a5b32302c32345d7d2c"
    "2268616c66223a7b226474797065223a22463136222c227368617065223a5b335d2c22646174615f6f666673657473223a5b"
    "32342c33305d7d7d20200000803f000020c0cdcccc3d00e07f470000e040ab3e62ff553501806054");

}  // namespace

TEST_CASE("a safetensors file by Python is read as it was meant") {
  const temporary_folder folder;
  write_file(folder / "python.safetensors", from_python);
  const safetensors_file file(folder / "python.safetensors");
  CHECK(file.path() == folder / "python.safetensors");
  CHECK(file.metadata() == std::map<std::string, std::string>{{"eev.id", "clip \u00e9 \U0001f600 \"q\""}});
  REQUIRE(file.tensors().size() == 5);
  const struct {
    const char *name, *type;
    std::vector<dim> shape;
    std::size_t size;
  } cases[] = {{"norm.weight", "F32", {2, 2}, 16},
               {"scalar", "F32", {}, 4},
               {"brain", "BF16", {2}, 4},
               {"half", "F16", {3}, 6},
               {"empty", "I64", {0, 3}, 0}};
  for (const auto& [name, type, shape, size] : cases) {
    CHECK(file.tensor(name).type == type);
    CHECK(file.tensor(name).shape == shape);
    CHECK(file.tensor(name).bytes.size() == size);
  }
  float values[4];
  std::memcpy(values, file.tensor("norm.weight").bytes.data(), sizeof values);
  CHECK(values[0] == 1.0f);
  CHECK(values[1] == -2.5f);
  CHECK(values[2] == 0.1f);
  CHECK(values[3] == 65504.0f);
  CHECK_THROWS_WITH_AS(file.tensor("bias"), (file.path() + ": no tensor 'bias' among its 5").c_str(), error);
}

TEST_CASE("a safetensors header that lies is refused for what it is") {
  const std::string whole = "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]";
  const std::string a = "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":";
  const std::string b = "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":";
  std::string attack = "{";
  for (int i = 0; i < 10; ++i) attack += message(i ? "," : "", "\"w", i, "\":{", whole, "}");
  const struct {
    std::string lie, bytes, complaint;
  } cases[] = {
      {"empty file", "", "the file is empty"},
      {"shorter than the length", "1234567", "7 bytes, too short for a safetensors file"},
      {"header above the limit", length_only(100'000'001, "{}"),
       "a header of 100000001 bytes, expected at most"},
      {"length that overflows", length_only(~std::uint64_t{0}, "{}"),
       "a header of 18446744073709551615 bytes"},
      {"header longer than the file", length_only(3, "{}"), "a header of 3 bytes in a file of 10"},
      {"no header", length_only(0, ""), "does not start with '{'"},
      {"a zip archive", std::string("PK\3\4\24\0\10\0\10\0\0\0", 12),
       "expected at most 100000000; not a safetensors file"},
      {"leading white space", file_of(" {}", 0), "does not start with '{'"},
      {"not UTF-8 at all", file_of("\xff", 0), "does not start with '{'"},
      {"not UTF-8 in a name", file_of("{\"\xff\":1}", 0), "header, byte 2: not UTF-8"},
      {"not UTF-8 in metadata", file_of("{\"__metadata__\":{\"a\":\"\xc0\xaf\"}}", 0), "not UTF-8"},
      {"an array", file_of("[]", 0), "does not start with '{'"},
      {"no JSON", file_of("{", 0), "header, byte 1: expected '\"', found the end"},
      {"no comma", file_of("{\"t\":{" + whole + "}\"u\":{" + whole + "}}", 8), "expected '}', found '\"u"},
      {"a comma too many", one_tensor(whole + ",", 8), "expected '\"', found '}"},
      {"garbage after the header", file_of("{\"t\":{" + whole + "}}x", 8), "expected the end, found 'x'"},
      {"zero bytes after the header", file_of(std::string("{}\0\0", 4), 0), "expected the end"},
      {"a second object", file_of("{}{}", 0), "expected the end, found '{}'"},
      {"a tensor that is no object", file_of("{\"t\":[0,8]}", 8), "expected '{', found '[0,8]}'"},
      {"a tensor that is null", file_of("{\"t\":null}", 0), "expected '{', found 'null}'"},
      {"metadata with a number", file_of("{\"__metadata__\":{\"a\":1}}", 0), "expected '\"', found '1}}'"},
      {"metadata with null", file_of("{\"__metadata__\":{\"a\":null}}", 0), "expected '\"', found 'null}}'"},
      {"metadata with an object", file_of("{\"__metadata__\":{\"a\":{}}}", 0), "expected '\"', found '{}}}'"},
      {"metadata that is no object", file_of("{\"__metadata__\":\"a\"}", 0), "expected '{', found '\"a\"}'"},
      {"metadata twice", file_of("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
       "duplicate key '__metadata__'"},
      {"a metadata key twice", file_of("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0),
       "duplicate key 'a'"},
      {"a tensor twice", file_of("{\"t\":{" + whole + "},\"\\u0074\":{" + whole + "}}", 8),
       "duplicate key 't'"},
      {"a dtype twice", one_tensor(whole + ",\"dtype\":\"F32\"", 8), "duplicate key 'dtype'"},
      {"unknown key", one_tensor(whole + ",\"stride\":[1]", 8), "tensor 't' has the unknown key 'stride'"},
      {"unknown dtype", one_tensor("\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]", 8),
       "tensor 't' has the unknown dtype 'F33'"},
      {"dtype in lower case", one_tensor("\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]", 8),
       "unknown dtype 'f32'"},
      {"no dtype", one_tensor("\"shape\":[2],\"data_offsets\":[0,8]", 8), "tensor 't' lacks one of dtype"},
      {"no shape", one_tensor("\"dtype\":\"F32\",\"data_offsets\":[0,8]", 8),
       "tensor 't' lacks one of dtype"},
      {"no offsets", one_tensor("\"dtype\":\"F32\",\"shape\":[2]", 8), "tensor 't' lacks one of dtype"},
      {"one offset", one_tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]", 8),
       "tensor 't' has 1 data_offsets, expected 2"},
      {"three offsets", one_tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]", 8),
       "tensor 't' has 3 data_offsets, expected 2"},
      {"negative extent", one_tensor("\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]", 8),
       "found '-2]"},
      {"fractional extent", one_tensor("\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]", 8),
       "found '2.0]"},
      {"extent with an exponent", one_tensor("\"dtype\":\"F32\",\"shape\":[2e0],\"data_offsets\":[0,8]", 8),
       "found '2e0]"},
      {"extent with a leading zero", one_tensor("\"dtype\":\"F32\",\"shape\":[02],\"data_offsets\":[0,8]", 8),
       "found '02]"},
      {"extent of 2^64",
       one_tensor("\"dtype\":\"U8\",\"shape\":[18446744073709551616],\"data_offsets\":[0,0]", 0),
       "found '18446744073709551616"},
      {"extent of 2^63",
       one_tensor("\"dtype\":\"U8\",\"shape\":[9223372036854775808],\"data_offsets\":[0,0]", 0),
       "tensor 't' has an extent of 9223372036854775808"},
      {"shape that overflows",
       one_tensor("\"dtype\":\"I32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]", 0),
       "tensor 't' is too large to be true: I32 [4294967296, 4294967296]"},
      {"size that overflows",
       one_tensor("\"dtype\":\"I32\",\"shape\":[2,9223372036854775807],\"data_offsets\":[0,16]", 16),
       "too large to be true"},
      {"bits that overflow to none",
       one_tensor("\"dtype\":\"U64\",\"shape\":[288230376151711744],\"data_offsets\":[0,0]", 0),
       "too large to be true"},
      {"end within a byte", one_tensor("\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]", 2),
       "tensor 't' ends within a byte: F4 [3]"},
      {"too few bytes", one_tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]", 4),
       "tensor 't' has 4 bytes, expected 8 for F32 [2]"},
      {"too many bytes", one_tensor("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9]", 9),
       "tensor 't' has 9 bytes, expected 8 for F32 [2]"},
      {"bytes for an empty tensor", one_tensor("\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,4]", 4),
       "tensor 't' has 4 bytes, expected 0"},
      {"hole at the start", file_of("{" + a + "[1,5]}}", 5),
       "tensor 'a' starts at byte 1 of the data, expected 0"},
      {"hole between", file_of("{" + a + "[0,4]}," + b + "[5,9]}}", 9),
       "tensor 'b' starts at byte 5 of the data"},
      {"overlap", file_of("{" + a + "[0,4]}," + b + "[3,7]}}", 7), "tensor 'b' starts at byte 3 of the data"},
      {"the same bytes twice", file_of("{" + a + "[0,4]}," + b + "[0,4]}}", 4),
       "starts at byte 0 of the data"},
      {"ten tensors in one place", file_of(attack + "}", 8), "starts at byte 0 of the data, expected 8"},
      {"end before start", file_of("{" + a + "[0,4]}," + b + "[4,0]}}", 4),
       "ends at byte 0, before its start at 4"},
      {"something after the last tensor", one_tensor(whole, 9),
       "9 bytes of data, expected 8; there is something"},
      {"data without tensors", file_of("{}", 1), "1 bytes of data, expected 0"},
      {"data cut off", one_tensor(whole, 7), "7 bytes of data, expected 8; the file is cut off"},
      {"offsets far outside",
       one_tensor("\"dtype\":\"U8\",\"shape\":[9007199254740992],\"data_offsets\":[0,9007199254740992]", 4),
       "4 bytes of data, expected 9007199254740992; the file is cut off"},
  };
  const temporary_folder folder;
  const std::string path = folder / "lie.safetensors";
  for (const auto& [lie, bytes, complaint] : cases) {
    CAPTURE(lie);
    write_file(path, bytes);
    const std::string found = error_of([&] { read_all(path); });
    CHECK(found.starts_with(path));
    CHECK_MESSAGE(found.find(complaint) != found.npos, found);
  }
}

TEST_CASE("a safetensors header may be unusual") {
  const temporary_folder folder;
  const std::string path = folder / "unusual.safetensors";
  auto open = [&](const std::string& bytes) {
    write_file(path, bytes);
    return safetensors_file(path);
  };
  CHECK(open(file_of("{}", 0)).tensors().empty());
  CHECK(open(file_of("{}      ", 0)).tensors().empty());
  CHECK(open(file_of("{ \"__metadata__\" : { } }", 0)).metadata().empty());

  // Sorted otherwise than its data, empty tensors that share an offset, F4 and a header of odd length.
  const auto file =
      open(file_of("{\"z\":{\"data_offsets\":[0,3],\"shape\":[3],\"dtype\":\"BOOL\"},"
                   "\"e\":{\"dtype\":\"F64\",\"shape\":[2,0],\"data_offsets\":[3,3]},"
                   "\"a\":{\"dtype\":\"F4\",\"shape\":[2,3],\"data_offsets\":[3,6]},"
                   "\"d\":{\"dtype\":\"C64\",\"shape\":[0],\"data_offsets\":[3,3]},"
                   "\"\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[6,7]}}",
                   7));
  CHECK(file.tensors().size() == 5);
  CHECK(file.tensor("a").bytes.data() == file.tensor("z").bytes.data() + 3);
  CHECK(file.tensor("d").bytes.empty());
  CHECK(file.tensor("").bytes.size() == 1);
}

TEST_CASE("a safetensors file cut anywhere is refused") {
  const temporary_folder folder;
  for (std::size_t size = 0; size < from_python.size(); ++size) {
    CAPTURE(size);
    write_file(folder / "cut", from_python.substr(0, size));
    CHECK_THROWS_AS(read_all(folder / "cut"), error);
  }
}

TEST_CASE("a safetensors file with a wrong bit is refused or harmless") {
  const temporary_folder folder;
  int refused = 0;
  for (std::size_t bit = 0; bit < from_python.size() * 8; ++bit) {
    std::string bytes = from_python;
    bytes[bit / 8] = char(bytes[bit / 8] ^ 1 << bit % 8);
    write_file(folder / "flipped", bytes);
    refused += !error_of([&] { read_all(folder / "flipped"); }).empty();
  }
  // Names, metadata and data may become others; all of the rest of the header is noticed.
  CHECK(refused > 2500);
  CHECK(refused < int(from_python.size() * 8));
}
