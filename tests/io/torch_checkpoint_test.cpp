#include <cstring>

#include <doctest/doctest.h>

#include <eev/io/formula_weights.hpp>
#include <eev/io/torch_checkpoint.hpp>

#include "../golden.hpp"
#include "checkpoint_bytes.hpp"
#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

/// A file by torch.save that tools/golden/torch_checkpoints.py has put into the golden.
std::string saved_by_torch(const golden& expected, const std::string& name) {
  const auto bytes = expected[name].values;
  return {bytes.begin(), bytes.end()};
}

std::string legacy_magic() { return std::string(torch_legacy_magic) + pickled(std::string("M\xe9\x03")); }
std::string legacy_facts(const std::string& little_endian) {
  return pickled("}" + py::text("little_endian") + little_endian + "s");
}

const std::string storage_data(24, '\0');

std::string zip_checkpoint(const std::string& program, const std::vector<zip_record>& more = {}) {
  std::vector<zip_record> records{{"x/data.pkl", pickled(program)}, {"x/data/0", storage_data}};
  records.insert(records.end(), more.begin(), more.end());
  return zip_of(records);
}

/// The same in the older layout.
std::string legacy_checkpoint(const std::string& program, std::uint64_t elements = 6,
                              const std::string& key = "0") {
  return legacy_magic() + legacy_facts("\x88") + pickled(program) + pickled("](" + py::text(key) + "e") +
         little(elements, 8) + storage_data;
}

std::string checkpoint_complaint(const std::string& bytes) {
  const temporary_folder folder;
  write_file(folder / "c.pth", bytes);
  const std::string found = error_of([&] { torch_checkpoint checkpoint(folder / "c.pth"); });
  CHECK((found.empty() || found.starts_with(folder / "c.pth: ")));
  return found.substr(std::min(found.size(), (folder / "c.pth").size()));
}

std::string described(const described_tensor& tensor) { return state_dict({{"t", tensor.code()}}); }

}  // namespace

TEST_CASE("a training checkpoint by torch.save is read in both layouts, whatever the strides") {
  const golden expected("torch_checkpoints");
  const temporary_folder folder;
  for (const std::string layout : {"zip", "legacy"}) {
    CAPTURE(layout);
    write_file(folder / "c.pth", saved_by_torch(expected, "nested." + layout));
    const torch_checkpoint checkpoint(folder / "c.pth");
    CHECK(checkpoint.left_out() == std::vector<std::string>{"epoch", "optimizer", "best_corr"});
    REQUIRE(checkpoint.tensors().size() == 9);
    for (const auto& [name, tensor] : checkpoint.tensors()) {
      CAPTURE(name);
      if (name == "none") {
        CHECK(tensor.shape == std::vector<dim>{0, 3});
        CHECK(tensor.finite_floats("t").empty());
        continue;
      }
      const golden_array array = expected["tensor." + name];
      CHECK(tensor.shape == (name == "scalar" ? std::vector<dim>{} : array.shape));
      if (name == "index") {
        CHECK(tensor.type == "I64");
        std::vector<std::byte> scratch;
        std::int64_t values[6];
        REQUIRE(tensor.row_major(scratch).size() == sizeof values);
        std::memcpy(values, tensor.row_major(scratch).data(), sizeof values);
        CHECK(std::vector<double>(values, values + 6) == array.values);
        CHECK(error_of([&] { tensor.finite_floats("t"); }) == "t is I64, expected F32, F16 or BF16");
      } else {
        CHECK(tensor.finite_floats("t") == array.floats());
      }
    }
    CHECK(checkpoint.tensors().at("half").type == "F16");
    CHECK(checkpoint.tensors().at("brain").type == "BF16");
    CHECK(checkpoint.tensors().at("matrix").is_contiguous());
    CHECK(!checkpoint.tensors().at("corner").is_contiguous());
    // Views on one storage, not copies.
    CHECK(checkpoint.tensors().at("matrix").bytes.data() ==
          checkpoint.tensors().at("transposed").bytes.data());
  }
}

TEST_CASE("a module's state dict by torch.save is read, and TorchScript refused") {
  const golden expected("torch_checkpoints");
  const temporary_folder folder;
  for (const std::string layout : {"zip", "legacy"}) {
    write_file(folder / "c.pth", saved_by_torch(expected, "plain." + layout));
    const torch_checkpoint checkpoint(folder / "c.pth");
    CHECK(checkpoint.left_out().empty());
    REQUIRE(checkpoint.tensors().size() == 2);
    CHECK(checkpoint.tensors().at("weight").finite_floats("t") == formula_tensor("weight", {2, 3}));
    CHECK(checkpoint.tensors().at("bias").finite_floats("t") == formula_tensor("bias", {2}));
  }
  CHECK(checkpoint_complaint(saved_by_torch(expected, "script")) ==
        ": a TorchScript archive, which holds code; expected a state dict, saved by torch.save");
}

TEST_CASE("a tensor of early 2017, whose state is set, is read") {
  const golden expected("torch_checkpoints");
  const temporary_folder folder;
  write_file(folder / "c.pth", saved_by_torch(expected, "early"));
  const torch_checkpoint checkpoint(folder / "c.pth");
  REQUIRE(checkpoint.tensors().size() == 8);
  for (const std::string name : {"matrix", "transposed", "corner", "half"})
    CHECK_MESSAGE(checkpoint.tensors().at(name).finite_floats("t") == expected["tensor." + name].floats(),
                  name);
  CHECK(checkpoint.tensors().at("index").type == "I64");
  CHECK(checkpoint.tensors().at("none").shape == std::vector<dim>{0, 3});
  for (const char* early : {"torch.FloatTensor", "torch.nn.parameter.Parameter"})
    CHECK(checkpoint_complaint(legacy_checkpoint(described({.early = early}))).empty());
  const std::string parameter = py::global("torch.nn.parameter", "Parameter");
  const auto of = [&](const std::string& data) {
    return legacy_checkpoint(
        state_dict({{"t", parameter + data + "\x85R" + py::tuple({"\x88", "\x89", "N"}) + "b"}}));
  };
  CHECK(checkpoint_complaint(of(described_tensor{}.code())).empty());
  CHECK(checkpoint_complaint(of(parameter + described_tensor{}.code() + "\x85R")) ==
        ": tensor 't' is a parameter of an object, expected one of a tensor");
}

TEST_CASE("a storage of the older layout may be a part of another") {
  described_tensor part{.elements = 6, .offset = 1, .shape = {2}, .strides = {1}};
  part.part = py::tuple({py::text("view"), py::integer(2), py::integer(3)});
  const temporary_folder folder;
  std::string bytes = legacy_checkpoint(described(part));
  const float values[] = {0, 1, 2, 3, 4, 5};
  std::memcpy(bytes.data() + bytes.size() - sizeof values, values, sizeof values);
  write_file(folder / "c.pth", bytes);
  const torch_checkpoint checkpoint(folder / "c.pth");
  CHECK(checkpoint.tensors().at("t").finite_floats("t") == std::vector<float>{3, 4});
  part.offset = 2;
  CHECK(checkpoint_complaint(legacy_checkpoint(described(part)))
            .find("does not fit into its storage of 3 elements") != std::string::npos);
  part.part = py::tuple({py::text("view"), py::integer(4), py::integer(3)});
  CHECK(checkpoint_complaint(legacy_checkpoint(described(part))) ==
        ": storage '0' of 6 elements has a part of 3 from 4 on");
}

TEST_CASE("a tensor that does not fit into its storage is refused, however it is claimed") {
  const std::int64_t huge = std::int64_t{1} << 40, most = std::int64_t((std::uint64_t{1} << 63) - 1);
  CHECK(checkpoint_complaint(zip_checkpoint(described({}))).empty());
  const described_tensor lies[] = {
      {.offset = 1},
      {.offset = most},
      {.shape = {3, 3}},
      {.strides = {4, 1}},
      {.strides = {1, 3}},
      {.shape = {huge, huge}, .strides = {0, 0}},  // a few bytes that claim to be terabytes
      {.shape = {7}, .strides = {0}},
      {.shape = {2, 2}, .strides = {most, 1}},
      {.shape = {most, most}, .strides = {most, most}},
      {.shape = {2, 3, 1}},
  };
  for (described_tensor lie : lies)
    for (const char* early : {"", "torch.FloatTensor", "torch.nn.parameter.Parameter"}) {
      lie.early = early;
      const std::string program = described(lie);
      CHECK(checkpoint_complaint(zip_checkpoint(program)).starts_with(": tensor 't'"));
      CHECK(checkpoint_complaint(legacy_checkpoint(program)).starts_with(": tensor 't'"));
    }
  CHECK(checkpoint_complaint(zip_checkpoint(described({.offset = 1}))) ==
        ": tensor 't' of shape [2, 3], strides [3, 1] and offset 1 does not fit into its storage of 6 "
        "elements");
  // Storages shorter than they are said to be.
  for (const std::int64_t elements : {std::int64_t{7}, huge})
    CHECK(checkpoint_complaint(zip_checkpoint(described({.elements = elements})))
              .find("' of 24 bytes, expected ") != std::string::npos);
  CHECK(checkpoint_complaint(legacy_checkpoint(described({.elements = huge}), huge))
            .find("cut off: 24 bytes are left") != std::string::npos);
  CHECK(checkpoint_complaint(legacy_checkpoint(described({.elements = huge}))) ==
        ": storage '0' has 6 elements, expected " + std::to_string(huge));
  CHECK(checkpoint_complaint(zip_checkpoint(described({.elements = -1}))).find("size is -1") !=
        std::string::npos);
  CHECK(checkpoint_complaint(zip_checkpoint(described({.shape = {-2, -3}})))
            .find("that is -2, expected a count") != std::string::npos);
  CHECK(checkpoint_complaint(zip_checkpoint(described(
            {.shape = std::vector<std::int64_t>(65, 1), .strides = std::vector<std::int64_t>(65, 1)}))) ==
        ": tensor 't' has 65 dimensions, expected at most 64");
  // Extents that are 0 or 1 need no room.
  CHECK(checkpoint_complaint(zip_checkpoint(described({.offset = 99, .shape = {0, 9}, .strides = {9, 1}})))
            .empty());
  CHECK(checkpoint_complaint(zip_checkpoint(described({.offset = 5, .shape = {1, 1}, .strides = {most, 9}})))
            .empty());
  CHECK(checkpoint_complaint(
            zip_checkpoint(described({.shape = {most, 0, most}, .strides = {most, most, most}})))
            .empty());
}

TEST_CASE("a checkpoint of something else than a state dict is refused by what it is") {
  const std::string tensor = described_tensor{}.code();
  const struct {
    std::string bytes, complaint;
  } cases[] = {
      {"hello", ": not a checkpoint by torch.save"},
      {zip_of({{"x/data/0", storage_data}}), ": no entry 'x/data.pkl' among its 1"},
      {zip_of({{.name = "x/data.pkl", .data = pickled("N"), .method = 8}}),
       ": entry 'x/data.pkl' is compressed"},
      {zip_checkpoint(described({}), {{"x/byteorder", "big"}}), ": saved in big-endian order"},
      {zip_checkpoint("N"), ": holds None, expected a state dict"},
      {zip_checkpoint(tensor), ": holds an object, expected a state dict"},
      {zip_checkpoint("}"), ": the state dict has no tensors"},
      {zip_checkpoint(state_dict({{"t", "K\1"}})), ": 't' is an integer, expected a tensor"},
      {zip_checkpoint("}K\1" + tensor + "s"), ": an integer as a key of the state dict, expected a name"},
      {zip_checkpoint(state_dict({{"t", tensor}, {"t", tensor}})), ": two tensors of the name 't'"},
      {zip_checkpoint(state_dict({{"model", "}"}, {"state_dict", "}"}})),
       ": two state dicts, 'model' and 'state_dict'"},
      {zip_checkpoint(described({.key = "1"})), ": no entry 'x/data/1' among its 2"},
      {zip_checkpoint(described({.key = "../../../etc/passwd"})), ": no entry 'x/data/../../../etc/passwd'"},
      {zip_checkpoint(described({.storage = "QInt8Storage"})), "asks for torch.QInt8Storage"},
      {zip_checkpoint(described({.storage = "LongStorage"})), "expected 48"},
      {zip_checkpoint(state_dict({{"a", tensor}, {"b", described_tensor{.storage = "IntStorage"}.code()}})),
       ": storage '0' is 6 I32, and 6 F32"},
      {zip_checkpoint(described({.function = "_rebuild_parameter"})), "is a parameter of a storage"},
      {zip_checkpoint(state_dict({{"t", py::global("torch", "FloatStorage") + ")R"}})),
       "is made by torch.FloatStorage of 0"},
      {zip_checkpoint(described({.early = "torch.DoubleTensor"})),
       "is a torch.DoubleTensor in a storage of F32"},
      {zip_checkpoint(described({.early = "torch.QInt8Tensor"})), "asks for torch.QInt8Tensor"},
      {zip_checkpoint(state_dict({{"t", py::global("torch", "FloatTensor") + ")R"}})),
       "is made by torch.FloatTensor of 0"},
      {zip_checkpoint(
           state_dict({{"t", py::global("torch", "FloatTensor") + ")R" + py::numbers({0, 2, 3}) + "b"}})),
       "is made by torch.FloatTensor of 3"},
      {zip_checkpoint(
           state_dict({{"t", py::global("torch", "FloatTensor") + py::numbers({6, 0, 2, 3}) + "R"}})),
       "is made by torch.FloatTensor of 4 values, expected a tensor's storage"},
      {zip_checkpoint(state_dict({{"t", py::global("os", "system") + py::text("true") + "\x85R"}})),
       "asks for os.system"},
      {zip_checkpoint(state_dict({{"t", py::tuple({py::text("module"), "N", "N", "N"}) + "Q"}})),
       "something else than a storage"},
      {legacy_checkpoint(described({}), 6, "1"), ": storage '1' is of no tensor"},
      {legacy_checkpoint(described({})) + "!", ": 1 bytes after the last storage"},
      {legacy_magic() + legacy_facts("\x89") + pickled("}"), ": saved in big-endian order"},
      {std::string(torch_legacy_magic) + pickled("K\1"),
       ": version 1 of PyTorch's older layout, expected 1001"},
  };
  for (const auto& [bytes, complaint] : cases) {
    const std::string found = checkpoint_complaint(bytes);
    CHECK_MESSAGE(found.find(complaint) != found.npos, found, " | ", complaint);
  }
}

TEST_CASE("a checkpoint by torch.save cut anywhere, or with a wrong bit, is refused or harmless") {
  const golden expected("torch_checkpoints");
  const temporary_folder folder;
  const std::string path = folder / "c.pth";
  const auto complaint = [&](const std::string& bytes) {
    write_file(path, bytes);
    return error_of([&] {
      const torch_checkpoint checkpoint(path);
      std::vector<std::byte> scratch;
      for (const auto& [name, tensor] : checkpoint.tensors()) tensor.row_major(scratch);
    });
  };
  for (const char* name : {"plain.zip", "plain.legacy", "early"}) {
    const std::string whole = saved_by_torch(expected, name);
    CHECK(complaint(whole).empty());
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(!complaint(whole.substr(0, size)).empty());
    for (std::size_t byte = 0; byte < whole.size(); ++byte) {
      std::string wrong = whole;
      wrong[byte] = char(wrong[byte] ^ 1 << byte * 5 % 8);
      complaint(wrong);
    }
  }
}
