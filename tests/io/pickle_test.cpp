#include <array>

#include <doctest/doctest.h>

#include <eev/io/pickle.hpp>

#include "checkpoint_bytes.hpp"
#include "temporary.hpp"

using namespace eev;
using namespace eev::io;
using namespace eev::test;

namespace {

constexpr std::string_view allowed_globals[] = {"collections.OrderedDict", "torch.FloatStorage"};

pickle read_pickle(const std::string& bytes) {
  return {"p", std::as_bytes(std::span(bytes)), allowed_globals};
}

std::string pickle_complaint(const std::string& bytes) {
  return error_of([&] { read_pickle(bytes); });
}

std::string many_times(int count, const std::string& part) {
  std::string all;
  for (int i = 0; i < count; ++i) all += part;
  return all;
}

const std::string ordered_class = py::global("collections", "OrderedDict");

}  // namespace

TEST_CASE("a pickle's numbers, texts and containers are read as values") {
  const std::string bytes = pickled(py::tuple({"N",
                                               "\x88",
                                               "\x89",
                                               "J\xfe\xff\xff\xff",
                                               "K\xff",
                                               std::string("M\xe9\x03"),
                                               std::string("\x8a\0", 2),
                                               "\x8a\x01\xff",
                                               std::string("\x8a\x02\xff\0", 4),
                                               std::string("G\x3f\x89\x99\x99\x99\x99\x99\x9a"),
                                               py::text("h\u00e9"),
                                               "U\x02hi",
                                               "](K\1K\2eK\3a",
                                               "}(K\1K\2uK\3K\4s",
                                               "\x8f",
                                               ")",
                                               "K\1\x85",
                                               "K\1K\2\x86",
                                               "K\1K\2K\3\x87",
                                               "K\7q\5",
                                               "h\5",
                                               "K\x08r" + little(70000, 4),
                                               "j" + little(70000, 4)}));
  const pickle read = read_pickle(bytes);
  CHECK(read.size() == bytes.size());
  const auto& items = read.root().items;
  REQUIRE(items.size() == 23);
  const auto item = [&](int place) -> const pickle_value& { return read[items[place]]; };
  CHECK(item(0).kind == pickle_kind::none);
  const std::pair<int, std::int64_t> integers[] = {{1, 1},  {2, 0},   {3, -2}, {4, 255}, {5, 1001}, {6, 0},
                                                   {7, -1}, {8, 255}, {19, 7}, {20, 7},  {21, 8},   {22, 8}};
  for (const auto& [place, value] : integers) CHECK(item(place).integer == value);
  CHECK(item(1).kind == pickle_kind::boolean);
  CHECK(item(3).kind == pickle_kind::integer);
  CHECK(item(9).real == 0.0125);
  CHECK(item(10).text == "h\u00e9");
  CHECK(item(11).text == "hi");
  const std::pair<int, std::vector<std::int64_t>> containers[] = {
      {12, {1, 2, 3}}, {13, {1, 2, 3, 4}}, {14, {}}, {15, {}}, {16, {1}}, {17, {1, 2}}, {18, {1, 2, 3}}};
  for (const auto& [place, expected] : containers) {
    std::vector<std::int64_t> found;
    for (const pickle_index index : item(place).items) found.push_back(read[index].integer);
    CHECK(found == expected);
  }
  CHECK(item(12).kind == pickle_kind::list);
  CHECK(item(13).kind == pickle_kind::dictionary);
  CHECK(item(14).kind == pickle_kind::set);
}

TEST_CASE("ordered dictionaries are dictionaries, whatever is set on them; other calls are notes") {
  const std::string pairs = "]" + py::tuple({py::text("a"), "K\1"}) + "a](" + py::text("b") + "K\2ea\x85";
  for (const std::string& program :
       {ordered_class + ")R(" + py::text("a") + "K\1" + py::text("b") + "K\2u}" + py::text("_metadata") +
            "NsbN\x86",
        ordered_class + pairs + "RN\x86",
        ordered_class + ")\x81(" + py::text("a") + "K\1" + py::text("b") + "K\2uN\x86"}) {
    const std::string bytes = pickled(program);
    const pickle read = read_pickle(bytes);
    const pickle_value& dictionary = read[read.root().items[0]];
    CHECK(dictionary.kind == pickle_kind::dictionary);
    REQUIRE(dictionary.items.size() == 4);
    CHECK(read[dictionary.items[0]].text == "a");
    CHECK(read[dictionary.items[3]].integer == 2);
  }
  const std::string bytes = pickled(py::global("torch", "FloatStorage") + "K\1\x85RK\2b");
  const pickle read = read_pickle(bytes);
  CHECK(read.root().kind == pickle_kind::call);
  REQUIRE(read.root().items.size() == 3);
  CHECK(read[read.root().items[0]].text == "torch.FloatStorage");
  CHECK(read[read.root().items[2]].integer == 2);
}

TEST_CASE("a pickle that wants more than a state dict is refused by name") {
  const struct {
    std::string program, complaint;
  } cases[] = {
      {py::global("os", "system") + py::text("true") + "\x85R",
       "asks for os.system, which no state dict needs"},
      {py::global("builtins", "eval") + py::text("1") + "\x85R", "asks for builtins.eval"},
      {py::global("torch", "FloatStorage.x") + ")R", "asks for torch.FloatStorage.x"},
      {py::global("torch.FloatStorage", "") + ")R", "asks for torch.FloatStorage., "},
      {py::text("os") + py::text("system") + "\x93", "opcode STACK_GLOBAL at byte"},
      {"(ios\nsystem\n", "opcode INST"},
      {"(K\1o", "opcode OBJ"},
      {"\x95" + little(3, 8), "opcode FRAME"},
      {"K\1\x94", "opcode MEMOIZE"},
      {"I1\n", "opcode INT"},
      {"\x82\1", "opcode EXT1"},
      {"K\1"
       "2",
       "opcode DUP"},
      {"\xff", "opcode 255"},
      {py::text("print") + ")R", "calls a text, expected a class or function"},
      {ordered_class + "NR", "arguments are None, expected a tuple"},
      {ordered_class + "K\1\x85R", "collections.OrderedDict of an integer, expected a list"},
      {ordered_class + "]](K\1ea\x85R", "collections.OrderedDict of a list with a list, expected pairs"},
      {"}}b", "sets the state of a dictionary"},
      {"K\1}b", "sets the state of an integer"},
      {py::global("torch", "FloatStorage") + ")RNbNb", "sets the state of an object"},
  };
  for (const auto& [program, complaint] : cases) {
    const std::string found = pickle_complaint(pickled(program));
    CHECK_MESSAGE(found.find(complaint) != found.npos, found, " | ", complaint);
  }
}

TEST_CASE("a pickle whose program makes no sense is refused") {
  const struct {
    std::string bytes, complaint;
  } cases[] = {
      {"", "cut off"},
      {"\x80\x02", "cut off"},
      {"\x80\x04N.", "pickle protocol 4, expected 2"},
      {pickled(""), "ends with 0 values"},
      {pickled("NN"), "ends with 2 values"},
      {pickled("(N"), "ends with 1 values and 1 marks"},
      {pickled("t"), "no mark on the stack"},
      {pickled("N\x86"), "takes 2 values from a stack of 1"},
      {pickled("N(\x85"), "takes 1 values from a stack of 0"},
      {pickled("NR"), "takes 2 values from a stack of 1"},
      {pickled("(q\1"), "the stack is empty"},
      {pickled("h\1"), "nothing was memoized as 1"},
      {pickled("NNa"), "found None, expected a list"},
      {pickled("](NNu"), "found a list, expected a dictionary"},
      {pickled("}(Nu"), "a key without a value"},
      {pickled("}NNNs"), "found None, expected a dictionary"},
      {"\x80\x02X\xff\xff\xff\xffzz.", "3 bytes are left"},
      {"\x80\x02"
       "cos",
       "no line ends"},
      {"\x80\x02\x8a\xff" + std::string(255, '\1'), "an integer of 255 bytes, expected at most 8"},
  };
  for (const auto& [bytes, complaint] : cases) {
    const std::string found = pickle_complaint(bytes);
    CHECK_MESSAGE(found.find(complaint) != found.npos, found, " | ", complaint);
  }
}

TEST_CASE("a pickle that would grow without end is refused in bounded time and memory") {
  const int many = int(pickle::most_opcodes);
  CHECK(pickle_complaint(pickled(many_times(many, "N"))).find("more than 1048576 opcodes") !=
        std::string::npos);
  CHECK(pickle_complaint(pickled("N" + many_times(many, "q\1"))).find("opcodes") != std::string::npos);
  std::string memo = "N";  // a memo bomb: another place each time
  for (int i = 0; i < many; ++i) memo += "r" + little(std::uint64_t(i) * 4099, 4);
  CHECK(pickle_complaint(pickled(memo)).find("opcodes") != std::string::npos);
  CHECK(pickle_complaint(pickled("]q\1(" + many_times(many, "h\1") + "e")).find("opcodes") !=
        std::string::npos);
  CHECK(
      pickle_complaint(pickled(many_times(1000, "]") + many_times(999, "a"))).find("nested deeper than 64") !=
      std::string::npos);
  CHECK(pickle_complaint(pickled("N" + many_times(1000, "\x85"))).find("nested deeper") != std::string::npos);
  CHECK(pickle_complaint(pickled(many_times(1000, "("))).find("more than 64 marks") != std::string::npos);
  // Each list holds the one before twice: 2^60 leaves, if anybody went through them.
  std::string billion = "]q" + little(0, 1);
  for (int i = 1; i < 60; ++i)
    billion += "]q" + little(i, 1) + "(h" + little(i - 1, 1) + "h" + little(i - 1, 1) + "e";
  CHECK(read_pickle(pickled("](" + std::string(billion) + "e")).values().size() == 61);
  // One list of pairs, of which ordered dictionaries are made again and again: elements by the square.
  const std::string pairs = "](" + many_times(3000, "K\1K\2\x86") + "eq\1", made = ordered_class + "h\1\x85R";
  CHECK(pickle_complaint(pickled(pairs + many_times(3000, made))).find("more than 2097152 elements") !=
        std::string::npos);
  // One that holds itself.
  CHECK(read_pickle(pickled("]q\1h\1a")).values().size() == 1);
}

TEST_CASE("a pickle cut anywhere, or with any wrong bit, is refused or harmless") {
  const std::string whole =
      pickled(ordered_class + ")R(" + py::text("a") + described_tensor{}.code().substr(34) + "u");
  const std::string good =
      pickled(ordered_class + ")Rq\1(" + py::text("a") + py::tuple({"K\1", "h\1", "N"}) + "u");
  CHECK(pickle_complaint(good).empty());
  for (const std::string& bytes : {whole, good}) {
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK(!pickle_complaint(bytes.substr(0, size)).empty());
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string wrong = bytes;
      wrong[bit / 8] = char(wrong[bit / 8] ^ 1 << bit % 8);
      pickle_complaint(wrong);
    }
  }
}
