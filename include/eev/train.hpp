// Training, on the CPU: features and labels in, a head out.
//
//   eev::cpu::device device;
//   const auto recipe = eev::train::find_recipe("default");
//   const auto training = eev::train::read_labelled_set("features", "train.csv", recipe);
//   const auto validation = eev::train::read_validation_set("features", "val.csv", recipe, training);
//   eev::train::trainer trainer(device, recipe, training, validation, "run");
//   while (!trainer.finished()) trainer.run_epoch();      // run/best.safetensors, a row in run/log.csv
//
// Needs what <eev/model.hpp> needs.
#pragma once

#include <eev/cpu/adam.hpp>
#include <eev/cpu/class_loss.hpp>
#include <eev/cpu/clip_norm.hpp>
#include <eev/cpu/concatenate_backward.hpp>
#include <eev/cpu/correlation_loss.hpp>
#include <eev/cpu/dropout.hpp>
#include <eev/cpu/elementwise_loss.hpp>
#include <eev/cpu/gate_backward.hpp>
#include <eev/cpu/gru_backward.hpp>
#include <eev/cpu/linear_backward.hpp>
#include <eev/cpu/mean_pool_backward.hpp>
#include <eev/cpu/running_mean.hpp>
#include <eev/cpu/unit_rows.hpp>
#include <eev/model.hpp>
#include <eev/train/trainer.hpp>
