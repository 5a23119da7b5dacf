// In:  a byte.  Out: the opcode of a pickle that it is, and its name.  Rests on: core/error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <eev/core/error.hpp>

namespace eev::io {

/// Those that PyTorch's own restricted unpickler runs for a state dict.
namespace opcode {
inline constexpr std::uint8_t mark = '(', stop = '.', none = 'N', reduce = 'R', build = 'b', global = 'c',
                              binint = 'J', binint1 = 'K', binint2 = 'M', binfloat = 'G', binunicode = 'X',
                              short_binstring = 'U', append = 'a', appends = 'e', setitem = 's',
                              setitems = 'u', empty_tuple = ')', empty_list = ']', empty_dict = '}',
                              empty_set = 0x8f, tuple = 't', binget = 'h', long_binget = 'j', binput = 'q',
                              long_binput = 'r', binpersid = 'Q', proto = 0x80, newobj = 0x81, tuple1 = 0x85,
                              tuple2 = 0x86, tuple3 = 0x87, new_true = 0x88, new_false = 0x89, long1 = 0x8a;
}  // namespace opcode

/// The name of any other opcode, for the message that refuses it.
inline std::string opcode_name(std::uint8_t opcode) {
  static constexpr std::pair<std::uint8_t, std::string_view> names[] = {{'0', "POP"},
                                                                        {'1', "POP_MARK"},
                                                                        {'2', "DUP"},
                                                                        {'F', "FLOAT"},
                                                                        {'I', "INT"},
                                                                        {'L', "LONG"},
                                                                        {'S', "STRING"},
                                                                        {'T', "BINSTRING"},
                                                                        {'V', "UNICODE"},
                                                                        {'P', "PERSID"},
                                                                        {'g', "GET"},
                                                                        {'p', "PUT"},
                                                                        {'d', "DICT"},
                                                                        {'l', "LIST"},
                                                                        {'i', "INST"},
                                                                        {'o', "OBJ"},
                                                                        {'B', "BINBYTES"},
                                                                        {'C', "SHORT_BINBYTES"},
                                                                        {0x82, "EXT1"},
                                                                        {0x83, "EXT2"},
                                                                        {0x84, "EXT4"},
                                                                        {0x8b, "LONG4"},
                                                                        {0x8c, "SHORT_BINUNICODE"},
                                                                        {0x8d, "BINUNICODE8"},
                                                                        {0x8e, "BINBYTES8"},
                                                                        {0x90, "ADDITEMS"},
                                                                        {0x91, "FROZENSET"},
                                                                        {0x92, "NEWOBJ_EX"},
                                                                        {0x93, "STACK_GLOBAL"},
                                                                        {0x94, "MEMOIZE"},
                                                                        {0x95, "FRAME"},
                                                                        {0x96, "BYTEARRAY8"},
                                                                        {0x97, "NEXT_BUFFER"},
                                                                        {0x98, "READONLY_BUFFER"}};
  for (const auto& [value, name] : names)
    if (value == opcode) return std::string(name);
  return std::to_string(int(opcode));
}

}  // namespace eev::io
