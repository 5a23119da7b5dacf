// In:  messages, a line of progress.  Out: both on stderr, without getting into each other's way.
#pragma once

#include <chrono>
#include <string>

namespace eev::command {

/// The text without control characters, which names in files may have: they could fake lines or steer a
/// terminal.
std::string one_line(std::string text);

/// Everything that is said to people. One message is one line, whatever characters a file name has.
class console {
 public:
  explicit console(bool quiet = false);
  ~console() { clear(); }
  console(const console&) = delete;
  console& operator=(const console&) = delete;

  /// Always said. What is wrong, beginning with the file.
  void error(const std::string& text) { say("eev: ", text); }

  /// Always said: what nobody may overlook.
  void caution(const std::string& text) { say("eev: note: ", text); }

  /// Not with --quiet.
  void warning(const std::string& text) { unless_quiet("eev: warning: ", text); }
  void note(const std::string& text) { unless_quiet("eev: ", text); }

  bool quiet() const { return quiet_; }
  bool is_terminal() const { return terminal_; }

  /// A line that the next one overwrites; only on a terminal.
  void draw(const std::string& line);
  void clear();

 private:
  void say(const char* prefix, const std::string& text);
  void unless_quiet(const char* prefix, const std::string& text) {
    if (!quiet_) say(prefix, text);
  }

  bool quiet_, terminal_, drawn_ = false;
};

/// How far a list of videos has come, as a bar on a terminal and as lines elsewhere. It is measured in bytes
/// of files, which are known beforehand; lengths of videos are not.
class progress {
 public:
  progress(console& console, int videos, double bytes) : console_(console), videos_(videos), bytes_(bytes) {}

  /// The next video. `claimed`: the seconds its file claims to have, 0 if unknown; no more than a guess.
  void begin(const std::string& name, double bytes, double claimed);
  void at(double seconds);
  void end();

 private:
  using clock = std::chrono::steady_clock;

  std::string bar(double now) const;
  double now() const { return std::chrono::duration<double>(clock::now() - start_).count(); }

  console& console_;
  const int videos_;
  const double bytes_;
  const clock::time_point start_ = clock::now();
  int video_ = 0;
  double bytes_done_ = 0, seconds_done_ = 0;  // of the videos before
  std::string name_;                          // of this video
  double own_bytes_ = 0, claimed_ = 0, seconds_ = 0, began_ = 0;
  double said_ = 0;  // when the last line was
};

/// As "[######------------------] ", before what a line of progress tells.
std::string bar_of(double share);

/// Whole seconds as 1:02:03 or 02:03.
std::string clock_time(double seconds);

}  // namespace eev::command
