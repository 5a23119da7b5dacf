// The CUDA device: each kernel file is compiled here, once. With kernels/device/*.cu it makes the library
// eev::cuda; tests compile it with a plain C++ compiler too, to run the kernels on the CPU.
#include "device/device.cuh"
#include "gru.cuh"
#include "layer_norm.cuh"
#include "linear.cuh"
#include "window_attention.cuh"
