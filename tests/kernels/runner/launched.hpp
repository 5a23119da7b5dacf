// In:  kernels as they are launched.  Out: at the program's end, where each lies in it, one a line, in the
// file that EEV_KERNELS_LAUNCHED names.  Rests on: ELF.
//
// tools/check_kernel_coverage.py looks their names up and finds the kernels that no test has run.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>

extern const char __ehdr_start;  // the linker's: where the program was loaded

namespace eev::runner {

class launched_kernels {
 public:
  void add(const void* kernel) {
    places_.insert(reinterpret_cast<std::uintptr_t>(kernel) -
                   reinterpret_cast<std::uintptr_t>(&__ehdr_start));
  }

  ~launched_kernels() {
    const char* path = std::getenv("EEV_KERNELS_LAUNCHED");
    std::FILE* file = path ? std::fopen(path, "w") : nullptr;
    if (!file) return;
    for (std::uintptr_t place : places_) std::fprintf(file, "%llx\n", static_cast<unsigned long long>(place));
    std::fclose(file);
  }

 private:
  std::set<std::uintptr_t> places_;
};
inline launched_kernels launched;

}  // namespace eev::runner
