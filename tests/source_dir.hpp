// In:  nothing.  Out: the folder of the sources, where files that tests read lie.  Rests on: std.
#pragma once

#include <cstdlib>
#include <string>

namespace eev::test {

/// Where this was compiled; elsewhere (tools/gpu-check carries programs along) the environment variable
/// EEV_SOURCE_DIR says.
inline std::string source_dir() {
  const char* moved = std::getenv("EEV_SOURCE_DIR");
  return moved ? moved : EEV_SOURCE_DIR;
}

}  // namespace eev::test
