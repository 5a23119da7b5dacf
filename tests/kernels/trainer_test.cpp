#include <vector>

#include <doctest/doctest.h>

#include <eev/cuda.hpp>
#include <eev/reference/adam.hpp>
#include <eev/reference/class_loss.hpp>
#include <eev/reference/clip_norm.hpp>
#include <eev/reference/concatenate.hpp>
#include <eev/reference/concatenate_backward.hpp>
#include <eev/reference/correlation_loss.hpp>
#include <eev/reference/dropout.hpp>
#include <eev/reference/elementwise_loss.hpp>
#include <eev/reference/gate_backward.hpp>
#include <eev/reference/gru_backward.hpp>
#include <eev/reference/linear_backward.hpp>
#include <eev/reference/mean_pool_backward.hpp>
#include <eev/reference/mixture_of_experts.hpp>
#include <eev/reference/running_mean.hpp>
#include <eev/reference/standardise.hpp>
#include <eev/reference/unit_rows.hpp>
#include <eev/train/trainer.hpp>

#include "train/tiny_corpus.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// What each of two epochs came to.
template <class Device>
std::vector<train::epoch_report> train_two_epochs(const tiny_corpus& corpus, const std::string& folder) {
  train::recipe recipe;
  recipe.visual_units = 4, recipe.audio_units = 3;
  recipe.clip_seconds = 10;
  recipe.epochs = 2, recipe.batch_size = 3;
  recipe.learning_rate = 0.01, recipe.clip_norm = 0.1, recipe.average_from = 2;
  const auto training = train::read_labelled_set(corpus.features(), corpus.labels("train"), recipe);
  const auto validation =
      train::read_validation_set(corpus.features(), corpus.labels("val"), recipe, training);
  Device device;
  train::trainer<Device> trainer(device, recipe, training, validation, corpus.run(folder));
  std::vector<train::epoch_report> epochs;
  while (!trainer.finished()) epochs.push_back(trainer.run_epoch());
  return epochs;
}

}  // namespace

TEST_CASE("training goes as the reference's, epoch by epoch") {
  const tiny_corpus corpus;
  const auto exact = train_two_epochs<reference::device<double>>(corpus, "exact");
  const auto epochs = train_two_epochs<cuda::device>(corpus, "cuda");
  REQUIRE(epochs.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(epochs[i].train_loss == doctest::Approx(exact[i].train_loss).epsilon(1e-5));
    CHECK(epochs[i].val_pearson == doctest::Approx(exact[i].val_pearson).epsilon(1e-3));
  }
}
