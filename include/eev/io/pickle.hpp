// In:  the bytes of a Python pickle.  Out: the value it describes.  Rests on: io/byte_reader,
// io/pickle_value.
//
// A pickle is a program for a stack machine which, in Python, calls whatever functions it names. This one
// calls none: it knows the opcodes that state dicts are made of (protocol 2), knows classes and functions
// only by a list of allowed names, and turns "call f with these arguments" into a value that says so.
// Everything else is refused by its name. Each opcode adds at most one value, and the numbers of opcodes and
// of elements are bounded; so are memory and time.
#pragma once

#include <algorithm>
#include <bit>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <eev/io/byte_reader.hpp>
#include <eev/io/pickle_opcodes.hpp>
#include <eev/io/pickle_value.hpp>

namespace eev::io {

class pickle {
 public:
  static constexpr std::size_t most_opcodes = std::size_t{1} << 20;  // 25 times what 700 tensors take
  static constexpr std::size_t most_elements = 2 * most_opcodes;     // an ordered dictionary's are made twice
  static constexpr std::size_t deepest = 64;                         // a training checkpoint nests 6 deep

  /// Reads one pickle from the front of `bytes`, which have to outlive it. `globals` are the allowed classes
  /// and functions, as "module.name".
  pickle(const std::string& where, std::span<const std::byte> bytes,
         std::span<const std::string_view> globals)
      : reader_(where, bytes), globals_(globals) {
    std::size_t opcodes = 0;
    do require(++opcodes <= most_opcodes, where, ": more than ", most_opcodes, " opcodes");
    while (step(reader_.number<std::uint8_t>()));
  }

  const pickle_value& root() const { return values_[stack_.back()]; }
  const pickle_value& operator[](pickle_index index) const { return values_[index]; }
  const std::deque<pickle_value>& values() const { return values_; }

  /// How many bytes it takes, to the one after its end.
  std::size_t size() const { return reader_.position(); }

 private:
  /// False at the end of the program.
  bool step(std::uint8_t opcode) {
    switch (opcode) {
      case opcode::proto:
        return check_protocol();
      case opcode::stop:
        return !at_end();
      case opcode::mark:
        return push_mark();
      case opcode::none:
        return push({});
      case opcode::new_true:
        return push({.kind = pickle_kind::boolean, .integer = 1});
      case opcode::new_false:
        return push({.kind = pickle_kind::boolean});
      case opcode::binint:
        return push_integer(reader_.number<std::int32_t>());
      case opcode::binint1:
        return push_integer(reader_.number<std::uint8_t>());
      case opcode::binint2:
        return push_integer(reader_.number<std::uint16_t>());
      case opcode::long1:
        return push_integer(read_long());
      case opcode::binfloat:
        return push({.kind = pickle_kind::real, .real = read_float()});
      case opcode::binunicode:
        return push_text(reader_.number<std::uint32_t>());
      case opcode::short_binstring:
        return push_text(reader_.number<std::uint8_t>());
      case opcode::global:
        return push({.kind = pickle_kind::global, .text = read_global()});
      case opcode::empty_tuple:
        return push({.kind = pickle_kind::tuple});
      case opcode::empty_list:
        return push({.kind = pickle_kind::list});
      case opcode::empty_dict:
        return push({.kind = pickle_kind::dictionary});
      case opcode::empty_set:
        return push({.kind = pickle_kind::set});
      case opcode::tuple:
        return push_tuple(pop_to_mark());
      case opcode::tuple1:
        return push_tuple(pop(1));
      case opcode::tuple2:
        return push_tuple(pop(2));
      case opcode::tuple3:
        return push_tuple(pop(3));
      case opcode::append:
        return append(pop(1));
      case opcode::appends:
        return append(pop_to_mark());
      case opcode::setitem:
        return set_items(pop(2));
      case opcode::setitems:
        return set_items(pop_to_mark());
      case opcode::binput:
        return memoize(reader_.number<std::uint8_t>());
      case opcode::long_binput:
        return memoize(reader_.number<std::uint32_t>());
      case opcode::binget:
        return recall(reader_.number<std::uint8_t>());
      case opcode::long_binget:
        return recall(reader_.number<std::uint32_t>());
      case opcode::binpersid:
        return push_holding(pickle_kind::persistent, pop(1));
      case opcode::reduce:
      case opcode::newobj:
        return call(pop(2));
      case opcode::build:
        return build(pop(1)[0]);
    }
    throw error(message(reader_.where(), ": opcode ", opcode_name(opcode), " at byte ",
                        reader_.position() - 1, ", which no state dict needs; eev does not run pickles"));
  }

  template <class... Parts>
  void expect(bool condition, const Parts&... parts) const {
    require(condition, reader_.where(), ": at byte ", reader_.position() - 1, ": ", parts...);
  }

  // ---- what opcodes read ----

  bool check_protocol() {
    const int protocol = reader_.number<std::uint8_t>();
    expect(protocol == 2, "pickle protocol ", protocol, ", expected 2");
    return true;
  }

  std::int64_t read_long() {
    const int size = reader_.number<std::uint8_t>();
    expect(size <= 8, "an integer of ", size, " bytes, expected at most 8");
    const auto bytes = reader_.take(size);
    std::uint64_t bits = size > 0 && int(bytes.back()) >= 0x80 ? ~std::uint64_t{0} : 0;
    for (int i = size; i-- > 0;) bits = bits << 8 | std::uint64_t(bytes[i]);
    return std::int64_t(bits);
  }

  double read_float() {  // the only number whose first byte is its highest
    std::uint64_t bits = 0;
    for (const std::byte byte : reader_.take(8)) bits = bits << 8 | std::uint64_t(byte);
    return std::bit_cast<double>(bits);
  }

  std::string_view read_global() {
    const std::string_view module = reader_.line(), name = reader_.line();
    const std::string full = message(module.substr(0, 100), ".", name.substr(0, 100));
    const auto known = std::ranges::find(globals_, full);
    expect(known != globals_.end(), "asks for ", full, ", which no state dict needs; eev runs nothing");
    return *known;
  }

  // ---- the stack ----

  bool push(pickle_value value) {
    stack_.push_back(pickle_index(values_.size()));
    values_.push_back(std::move(value));
    return true;
  }
  bool push_integer(std::int64_t value) { return push({.kind = pickle_kind::integer, .integer = value}); }
  bool push_text(std::uint64_t size) { return push({.kind = pickle_kind::text, .text = reader_.text(size)}); }

  bool push_holding(pickle_kind kind, std::vector<pickle_index> items) {
    push({.kind = kind});
    put_in(values_.back(), items);
    return true;
  }
  bool push_tuple(std::vector<pickle_index> items) {
    return push_holding(pickle_kind::tuple, std::move(items));
  }

  void put_in(pickle_value& container, const std::vector<pickle_index>& items) {
    elements_ += items.size();
    expect(elements_ <= most_elements, "more than ", most_elements, " elements");
    for (const pickle_index item : items) {
      container.items.push_back(item);
      const std::size_t depth = values_[item].depth + 1u;
      expect(depth <= deepest, "nested deeper than ", deepest);
      container.depth = std::max(container.depth, std::uint8_t(depth));
    }
  }

  bool push_mark() {
    marks_.push_back(stack_.size());
    expect(marks_.size() <= deepest, "more than ", deepest, " marks");
    return true;
  }

  std::size_t above_mark() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }

  std::vector<pickle_index> pop(std::size_t count) {
    expect(above_mark() >= count, "takes ", count, " values from a stack of ", above_mark());
    const std::vector<pickle_index> values(stack_.end() - count, stack_.end());
    stack_.resize(stack_.size() - count);
    return values;
  }
  std::vector<pickle_index> pop_to_mark() {
    expect(!marks_.empty(), "no mark on the stack");
    auto values = pop(above_mark());
    marks_.pop_back();
    return values;
  }

  pickle_value& top() {
    expect(above_mark() > 0, "the stack is empty");
    return values_[stack_.back()];
  }
  pickle_value& top(pickle_kind kind) {
    expect(top().kind == kind, "found ", top().kind_name(), ", expected ", pickle_kind_names[int(kind)]);
    return top();
  }

  bool at_end() const {
    expect(stack_.size() == 1 && marks_.empty(), "ends with ", stack_.size(), " values and ", marks_.size(),
           " marks on the stack, expected one value");
    return true;
  }

  // ---- what opcodes do ----

  bool append(const std::vector<pickle_index>& items) {
    put_in(top(pickle_kind::list), items);
    return true;
  }

  bool set_items(const std::vector<pickle_index>& items) {
    expect(items.size() % 2 == 0, "a key without a value");
    put_in(top(pickle_kind::dictionary), items);
    return true;
  }

  bool memoize(std::uint32_t place) {
    top();
    memo_[place] = stack_.back();
    return true;
  }
  bool recall(std::uint32_t place) {
    const auto found = memo_.find(place);
    expect(found != memo_.end(), "nothing was memoized as ", place);
    stack_.push_back(found->second);
    return true;
  }

  /// An ordered dictionary is made; every other call is noted.
  bool call(const std::vector<pickle_index>& items) {
    const pickle_value &callable = values_[items[0]], &arguments = values_[items[1]];
    expect(callable.kind == pickle_kind::global, "calls ", callable.kind_name(),
           ", expected a class or function");
    expect(arguments.kind == pickle_kind::tuple, "arguments are ", arguments.kind_name(),
           ", expected a tuple");
    if (callable.text != ordered_dictionary) return push_holding(pickle_kind::call, items);
    push({.kind = pickle_kind::dictionary, .text = ordered_dictionary});
    if (!arguments.items.empty()) put_in(top(), pairs_of(values_[arguments.items[0]]));
    return true;
  }

  /// Python 2 hands an ordered dictionary its elements as a list of pairs.
  std::vector<pickle_index> pairs_of(const pickle_value& list) const {
    expect(list.kind == pickle_kind::list, ordered_dictionary, " of ", list.kind_name(), ", expected a list");
    std::vector<pickle_index> items;
    for (const pickle_index index : list.items) {
      const pickle_value& pair = values_[index];
      expect(pair.items.size() == 2 && (pair.kind == pickle_kind::list || pair.kind == pickle_kind::tuple),
             ordered_dictionary, " of a list with ", pair.kind_name(), ", expected pairs");
      items.insert(items.end(), pair.items.begin(), pair.items.end());
    }
    return items;
  }

  /// What is set on an ordered dictionary (modules leave their versions there) is of no use.
  bool build(pickle_index state) {
    pickle_value& object = top();
    if (object.kind == pickle_kind::dictionary && object.text == ordered_dictionary) return true;
    expect(object.kind == pickle_kind::call && object.items.size() == 2, "sets the state of ",
           object.kind_name());
    put_in(object, {state});
    return true;
  }

  static constexpr std::string_view ordered_dictionary = "collections.OrderedDict";

  byte_reader reader_;
  std::span<const std::string_view> globals_;
  std::deque<pickle_value> values_;  // a deque: it grows without a copy beside it
  std::vector<pickle_index> stack_;
  std::vector<std::size_t> marks_;
  std::size_t elements_ = 0;
  std::unordered_map<std::uint32_t, pickle_index> memo_;
};

}  // namespace eev::io
