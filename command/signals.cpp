// In:  SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ.  Out: an exception at the next safe place.
#include "signals.hpp"

#include <csignal>

#include "failures.hpp"

namespace eev::command {
namespace {

volatile std::sig_atomic_t pending = 0;

extern "C" void remember(int signal) { pending = signal; }

}  // namespace

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = int(SA_RESETHAND | SA_RESTART);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  // A terminal that is closed; not if whoever started us had it ignored (nohup).
  struct sigaction before {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  // What cannot be written is an error, which removes what is half-written.
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

void stop_if_interrupted() {
  if (pending != 0) throw interrupted{pending};
}

}  // namespace eev::command
