// In:  messages, a line of progress.  Out: both on stderr, without getting into each other's way.
#include "console.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

namespace eev::command {
namespace {

constexpr double between_bars = 0.1, between_lines = 10;  // seconds

/// What printf makes of it.
template <class... Values>
std::string text(const char* format, Values... values) {
  char line[200];
  std::snprintf(line, sizeof line, format, values...);
  return line;
}

}  // namespace

console::console(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0) {}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

void console::say(const char* prefix, const std::string& text) {
  clear();
  std::fprintf(stderr, "%s\n", one_line(prefix + text).c_str());
}

void console::draw(const std::string& line) {
  if (!terminal_ || quiet_) return;
  winsize size{};
  const std::size_t width =
      ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
  std::fprintf(stderr, "\r%s\x1b[K", one_line(line.substr(0, width - 1)).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void console::clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

void progress::begin(const std::string& name, double bytes, double claimed) {
  ++video_;
  name_ = name, own_bytes_ = bytes, claimed_ = claimed, seconds_ = 0;
  began_ = now();
}

void progress::at(double seconds) {
  seconds_ = seconds;
  const double time = now();
  if (console_.quiet() || time - said_ < (console_.is_terminal() ? between_bars : between_lines)) return;
  said_ = time;
  if (console_.is_terminal())
    console_.draw(bar(time));
  else
    console_.note(name_ + text(": %.0f s of video so far, ", seconds) + bar(time));
}

void progress::end() {
  const double took = std::max(now() - began_, 1e-3);
  if (seconds_ > 0)
    console_.note(name_ + text(": %.1f s of video in %.1f s, %.1fx realtime (%d of %d)", seconds_, took,
                               seconds_ / took, video_, videos_));
  bytes_done_ += own_bytes_, seconds_done_ += seconds_, seconds_ = 0;
}

std::string progress::bar(double time) const {
  const double share = claimed_ > 0 ? std::min(1.0, seconds_ / claimed_) : 0;
  const double done = bytes_ > 0 ? (bytes_done_ + share * own_bytes_) / bytes_ : 0;
  const double rate = (seconds_done_ + seconds_) / std::max(time, 1e-3);
  std::string line = console_.is_terminal() ? bar_of(done) : "";
  line += text("%3.0f %%, %d of %d, %.1fx realtime", 100 * done, video_, videos_, rate);
  if (done > 0.01) line += ", " + clock_time(time * (1 - done) / done) + " left";
  if (console_.is_terminal()) line += "  " + name_.substr(name_.rfind('/') + 1);
  return line;
}

std::string bar_of(double share) {
  constexpr int width = 24;
  const int filled = int(std::clamp(share, 0.0, 1.0) * width);
  return "[" + std::string(filled, '#') + std::string(width - filled, '-') + "] ";
}

std::string clock_time(double seconds) {
  const auto whole = static_cast<long long>(std::lround(std::clamp(seconds, 0.0, 1e9)));
  const int s = int(whole % 60), m = int(whole / 60 % 60);
  return whole < 3600 ? text("%02d:%02d", m, s) : text("%lld:%02d:%02d", whole / 3600, m, s);
}

}  // namespace eev::command
