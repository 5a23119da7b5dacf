// The front door: frames and samples in, fifteen curves out, on the CPU.
//
//   eev::cpu::device device;
//   eev::model model(device, "weights/demo.safetensors");
//   eev::memory_video video(frames, samples);        // [T, H, W, 3], 8 bits, one a second; 16 kHz mono
//   eev::curves curves = model.predict(video);       // curves.scores: [6 T, 15]
//
// A device and what is built on it serve one thread at a time; threads of yours have devices of their own.
// Needs oneDNN and OpenMP: link the CMake target eev::eev. Video files are read by <eev/media.hpp>.
#pragma once

#include <eev/cpu/average_pool.hpp>
#include <eev/cpu/concatenate.hpp>
#include <eev/cpu/conv2d.hpp>
#include <eev/cpu/excite.hpp>
#include <eev/cpu/gate.hpp>
#include <eev/cpu/gru.hpp>
#include <eev/cpu/image_patches.hpp>
#include <eev/cpu/layer_norm.hpp>
#include <eev/cpu/linear.hpp>
#include <eev/cpu/log_mel.hpp>
#include <eev/cpu/max_pool.hpp>
#include <eev/cpu/mean_pool.hpp>
#include <eev/cpu/mixture_of_experts.hpp>
#include <eev/cpu/normalise_image.hpp>
#include <eev/cpu/nv12_to_rgb.hpp>
#include <eev/cpu/patch_merging.hpp>
#include <eev/cpu/place_columns.hpp>
#include <eev/cpu/resize.hpp>
#include <eev/cpu/standardise.hpp>
#include <eev/cpu/window_attention.hpp>
#include <eev/pipeline.hpp>
