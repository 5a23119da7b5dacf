// In:  features and labels of a corpus.  Out: trained heads, and how they do on clips that nothing was
// learned from.  Rests on: training.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <eev/train/labelled_set.hpp>

#include "curve_writers.hpp"
#include "options.hpp"

namespace eev::command {

/// What is compared: heads on both modalities and on one alone, and the mean of all training labels at each
/// second.
inline constexpr std::array<std::string_view, 4> contestants{"both", "visual", "audio", "mean_curve"};

/// How the demo trains a head, one of the first three contestants.
train::recipe demo_recipe(std::string_view contestant, std::uint64_t seed);

/// Trains heads in FOLDER/both, FOLDER/visual and FOLDER/audio, on FOLDER/features
/// and FOLDER/SET.csv, and scores all contestants on the test set. at_epoch(contestant, epochs, epochs of
/// all) is called after each epoch.
std::array<double, contestants.size()> train_and_score(
    const std::string& folder, std::uint64_t seed, const device_options& device,
    const std::function<void(std::string_view, int, int)>& at_epoch);

/// What the head on both modalities predicts for the test set, beside its labels.
std::vector<curve_of_video> predict_test_set(const std::string& folder, const device_options& device);

}  // namespace eev::command
