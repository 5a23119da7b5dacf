// In:  planted MISTAKE, or healthy.  Out: a line for each order of threads saying what came of that mistake,
// or of all kernels without it; before it, what a sanitizer has to say. Exit 1 unless every line is "right".
#include <cstdio>
#include <cstring>

#include "planted.hpp"

using namespace eev;

int main(int count, char** arguments) {
  if (count != 2 && count != 3) return 2;
  const bool planted = std::strcmp(arguments[1], "planted") == 0;
  bool right = true;
  for (const auto& mistake : planted::mistakes) {
    if (planted && mistake.name != arguments[count - 1]) continue;
    for (auto order : {runner::order::forward, runner::order::reverse, runner::order::random}) {
      const std::string outcome = planted::outcome(mistake, planted, order);
      std::printf("%s: %s\n", std::string(mistake.name).c_str(), outcome.c_str());
      right &= outcome == "right";
    }
  }
  return right ? 0 : 1;
}
