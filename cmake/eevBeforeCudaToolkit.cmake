# To be included before find_package(CUDAToolkit): CMake 3.25.1, which Debian 12 has, does not get through CUDA 13,
# where it sets a property of CUDA::nvToolsExt, a library that is there no more. So there is a target of that name.
if(NOT TARGET CUDA::nvToolsExt)
  add_library(CUDA::nvToolsExt INTERFACE IMPORTED)
endif()
