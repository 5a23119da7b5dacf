// In:  nothing.  Out: the ways in which a run of eev ends other than well, and their exit codes.  Rests on:
// core/error.
#pragma once

#include <eev/core/error.hpp>

namespace eev::command {

enum exit_code { all_done = 0, some_failed = 1, wrong_usage = 2, nothing_done = 3 };

/// The call itself is wrong: exit 2. Any other eev::error that nobody catches is exit 3.
struct usage_error : error {
  using error::error;
};

/// SIGINT, SIGTERM or SIGHUP came: exit 128 + signal, once everything half-done is cleaned up.
struct interrupted {
  int signal;
};

}  // namespace eev::command
