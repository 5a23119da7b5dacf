// The front door to the GPU: the same fifteen curves by CUDA.
//
//   eev::cuda::device device;                                    // GPU 0
//   eev::model model(device, "weights/demo.safetensors");
//   eev::curves curves = model.predict(video);
//
// No header of the CUDA toolkit, so any C++20 compiler reads it: link the CMake target eev::cuda. It needs
// neither oneDNN nor OpenMP; with <eev/model.hpp> beside it a program has both devices.
#pragma once

#include <eev/cuda/adam.hpp>
#include <eev/cuda/average_pool.hpp>
#include <eev/cuda/class_loss.hpp>
#include <eev/cuda/clip_norm.hpp>
#include <eev/cuda/concatenate.hpp>
#include <eev/cuda/concatenate_backward.hpp>
#include <eev/cuda/conv2d.hpp>
#include <eev/cuda/correlation_loss.hpp>
#include <eev/cuda/device.hpp>
#include <eev/cuda/dropout.hpp>
#include <eev/cuda/elementwise_loss.hpp>
#include <eev/cuda/excite.hpp>
#include <eev/cuda/gate.hpp>
#include <eev/cuda/gate_backward.hpp>
#include <eev/cuda/gpus.hpp>
#include <eev/cuda/gru.hpp>
#include <eev/cuda/gru_backward.hpp>
#include <eev/cuda/image_patches.hpp>
#include <eev/cuda/layer_norm.hpp>
#include <eev/cuda/linear.hpp>
#include <eev/cuda/linear_backward.hpp>
#include <eev/cuda/log_mel.hpp>
#include <eev/cuda/max_pool.hpp>
#include <eev/cuda/mean_pool.hpp>
#include <eev/cuda/mean_pool_backward.hpp>
#include <eev/cuda/mixture_of_experts.hpp>
#include <eev/cuda/normalise_image.hpp>
#include <eev/cuda/nv12_to_rgb.hpp>
#include <eev/cuda/patch_merging.hpp>
#include <eev/cuda/place_columns.hpp>
#include <eev/cuda/recorded.hpp>
#include <eev/cuda/resize.hpp>
#include <eev/cuda/running_mean.hpp>
#include <eev/cuda/standardise.hpp>
#include <eev/cuda/unit_rows.hpp>
#include <eev/cuda/window_attention.hpp>
#include <eev/pipeline.hpp>
