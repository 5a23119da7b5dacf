// In:  the command line.  Out: what the named subcommand does; exit codes of failures.hpp.
#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "console.hpp"
#include "failures.hpp"
#include "patient_threads.hpp"
#include "signals.hpp"
#include "subcommands.hpp"

using namespace eev::command;

constexpr auto subcommands = {add_predict,  add_extract,     add_train,  add_evaluate,
                              add_ensemble, add_interpolate, add_filter, add_convert,
                              add_verify,   add_inspect,     add_demo,   add_doctor};

namespace {

/// The last first, as CLI11 wants them. [a,b] would be a list of a and b for it: ./[a,b] is the same file.
std::vector<std::string> arguments_of(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  for (std::string& argument : arguments)
    if (argument.starts_with('[') && argument.ends_with(']')) argument.insert(0, "./");
  std::ranges::reverse(arguments);
  return arguments;
}

int run(int argc, char** argv) {
  CLI::App program("From a video to fifteen curves of what its viewers feel.", "eev");
  program.footer("`eev SUBCOMMAND --help` lists the options of each.");
  program.set_version_flag("--version", EEV_VERSION);
  program.require_subcommand(1);

  int status = all_done;
  for (const auto add : subcommands) add(program, status);
  try {
    program.parse(arguments_of(argc, argv));
  } catch (const CLI::Success& wanted) {  // --help, --version
    return program.exit(wanted);
  } catch (const CLI::ParseError& problem) {
    // What should not be there says more than what is missing: `eev pridict a.mp4` lacks a subcommand, too.
    const auto unexpected = program.remaining(true);
    throw usage_error((unexpected.empty() ? problem.what() : "did not expect " + unexpected.front()) +
                      " (--help lists what there is)");
  }
  return status;
}

/// Where a standard stream is closed, the next file that is opened would take its number, and what is told
/// would go into that file. Nothing can be written to what stands there instead.
void fill_standard_streams() {
  int opened;
  do opened = ::open("/dev/null", O_RDONLY);
  while (opened >= 0 && opened <= STDERR_FILENO);
  if (opened >= 0) ::close(opened);
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_streams();
  let_threads_sleep(argv);
  console messages;
  try {
    catch_signals();
    return run(argc, argv);
  } catch (const usage_error& problem) {
    messages.error(problem.what());
    return wrong_usage;
  } catch (const interrupted& stop) {
    return 128 + stop.signal;
  } catch (const std::bad_alloc&) {
    messages.error("out of memory");
  } catch (const std::exception& problem) {
    messages.error(problem.what());
  }
  return nothing_done;
}
