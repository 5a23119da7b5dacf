#!/usr/bin/env bash
# Prints how long g++ takes for a file that includes a front door and does nothing: the best of five runs.
#     tools/compile_time.sh [HEADER...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
(($#)) || set -- eev/model.hpp
for header in "$@"; do
  best=999999
  for _ in 1 2 3 4 5; do
    start=$(date +%s%3N)
    g++ -std=c++20 -O2 -fopenmp -I include -x c++ -c -o /dev/null - <<<"#include <$header>
int main() {}"
    took=$(($(date +%s%3N) - start))
    ((took < best)) && best=$took
  done
  printf '<%s> %d.%03d s\n' "$header" $((best / 1000)) $((best % 1000))
done
