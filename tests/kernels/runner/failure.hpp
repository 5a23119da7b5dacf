// In:  what a kernel did wrong.  Out: the exception that says it.  Rests on: core/error.
#pragma once

#include <source_location>
#include <string>

#include <eev/core/error.hpp>

namespace eev::runner {

/// A kernel broke a rule of CUDA.
class failure : public error {
 public:
  using error::error;
};

/// file:line
inline std::string text_of(const std::source_location& place) {
  const std::string file = place.file_name();
  return message(file.substr(file.rfind('/') + 1), ":", place.line());
}
template <class Part>
const Part& text_of(const Part& part) {
  return part;
}

/// The parts may be places, too.
template <class... Parts>
void require_that(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]]
    throw failure(message(text_of(parts)...));
}

}  // namespace eev::runner
