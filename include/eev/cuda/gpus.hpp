// In:  this machine.  Out: its GPUs, or why there is none.  Rests on: the library eev::cuda.
#pragma once

#include <string>
#include <vector>

namespace eev::cuda {

struct gpu {
  std::string name;
  bool usable = false;
  std::string reason;  // if it is not usable
};

/// By number. Throws eev::error if there is no GPU, no driver, or one that is too old.
std::vector<gpu> gpus();

/// The newest CUDA that the driver knows, such as "13.0"; empty where there is no driver.
std::string driver_version();

}  // namespace eev::cuda
