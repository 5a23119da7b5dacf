#include <cmath>
#include <optional>

#include <doctest/doctest.h>

#include <eev/train.hpp>

#include "tiny_corpus.hpp"

using namespace eev;
using namespace eev::test;

namespace {

/// A small head that is done in a moment.
train::recipe small_recipe() {
  train::recipe recipe;
  recipe.visual_units = 4, recipe.audio_units = 3;
  recipe.clip_seconds = 10;
  recipe.epochs = 4, recipe.batch_size = 3;
  recipe.learning_rate = 0.01;
  return recipe;
}

struct tiny_run {
  const train::recipe recipe;
  const train::labelled_set training;
  const train::validation_set validation;
  cpu::device device;
  std::optional<train::trainer<cpu::device>> trainer;

  tiny_run(const tiny_corpus& corpus, const train::recipe& recipe, const std::string& folder,
           bool resume = false, int threads = 1)
      : recipe(recipe),
        training(train::read_labelled_set(corpus.features(), corpus.labels("train"), recipe)),
        validation(train::read_validation_set(corpus.features(), corpus.labels("val"), recipe, training)),
        device(threads) {
    trainer.emplace(device, recipe, training, validation, folder, resume);
  }

  /// All of it; what its last epoch was.
  train::epoch_report finish() {
    train::epoch_report last{};
    while (!trainer->finished()) last = trainer->run_epoch();
    return last;
  }
};

/// The tensors of a file, all one after the other.
std::string data_of(const std::string& path) {
  const std::string bytes = read_file(path);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);
  return bytes.substr(sizeof header + header);
}

/// A log without its column of seconds.
std::string log_of(const std::string& folder) {
  std::string log;
  std::istringstream lines(read_file(folder + "/log.csv"));
  for (std::string line; std::getline(lines, line);) log += line.substr(0, line.rfind(',')) + "\n";
  return log;
}

void check_same(const std::string& folder, const std::string& expected) {
  CHECK(log_of(folder) == log_of(expected));
  for (const char* file : {"/best.safetensors", "/last.safetensors"})
    CHECK_MESSAGE(data_of(folder + file) == data_of(expected + file), file);
}

}  // namespace

TEST_CASE("training finds what the features carry") {
  const tiny_corpus corpus;
  auto recipe = small_recipe();
  recipe.epochs = 60, recipe.learning_rate = 0.05;
  tiny_run run(corpus, recipe, corpus.run("run"));
  const auto first = run.trainer->run_epoch(), last = run.finish();
  CHECK(first.train_loss > 2 * last.train_loss);
  CHECK(last.val_pearson > 0.55);  // 0.61; the rows of zeros cannot be foreseen
  CHECK(run.trainer->best_score() >= last.val_pearson);
}

TEST_CASE("training with rounded factors finds as much") {
  const tiny_corpus corpus;
  auto recipe = small_recipe();
  recipe.epochs = 60, recipe.learning_rate = 0.05;
  tiny_run exact(corpus, recipe, corpus.run("exact")), rounding(corpus, recipe, corpus.run("rounding"));
  rounding.device.round_factors(true);
  const double expected = exact.trainer->run_epoch().train_loss;
  const double first = rounding.trainer->run_epoch().train_loss;
  CHECK(first != expected);
  CHECK(std::abs(first - expected) < 1e-4 * expected);  // measured: 6e-7
  CHECK(rounding.finish().val_pearson > 0.55);          // 0.61, as without
}

TEST_CASE("best.safetensors is a head whose score is the one reported") {
  const tiny_corpus corpus;
  const std::string folder = corpus.run("run");
  tiny_run run(corpus, small_recipe(), folder);
  run.finish();

  cpu::device device;
  const io::safetensors_source best(folder + "/best.safetensors");
  const auto shape = head_shape_in(best);
  CHECK(shape == train::shape_of(run.recipe, run.training));
  auto source = std::make_shared<io::safetensors_source>(folder + "/best.safetensors");
  const head<cpu::device> network(device, weights(source), shape);
  source->require_all_read();
  const auto scores =
      train::score_videos(device, run.recipe, run.validation.set,
                          [&](auto y, auto visual, auto audio) { network(device, y, visual, audio); });
  // Training multiplies its changing weights by other loops than prediction: the last bits differ.
  CHECK(std::abs(train::score_against(run.validation, run.recipe, scores).mean - run.trainer->best_score()) <
        1e-5);
}

TEST_CASE("last.safetensors is a head, too") {
  const tiny_corpus corpus;
  const std::string folder = corpus.run("run");
  tiny_run run(corpus, small_recipe(), folder);
  run.finish();
  cpu::device device;
  auto source = std::make_shared<io::safetensors_source>(folder + "/last.safetensors");
  const head<cpu::device> network(device, weights(source), train::shape_of(run.recipe, run.training));
  source->require_all_read();
}

TEST_CASE("a run that is resumed after any epoch ends as one that was not stopped, to the bit") {
  const tiny_corpus corpus;
  for (const int average_from : {0, 2}) {
    auto recipe = small_recipe();
    recipe.average_from = average_from;
    const std::string whole = corpus.run(message("whole", average_from));
    tiny_run(corpus, recipe, whole).finish();
    for (const int epochs : {0, 1, 3, 4}) {
      const std::string folder = corpus.run(message("resumed", average_from, epochs));
      {
        tiny_run run(corpus, recipe, folder, true);
        for (int i = 0; i < epochs; ++i) run.trainer->run_epoch();
        if (!run.trainer->finished())  // and killed in the middle of the next
          CHECK_THROWS_AS(run.trainer->run_epoch([](int step, int) {
            if (step == 2) throw 1;
          }),
                          int);
      }
      tiny_run run(corpus, recipe, folder, true, 2);
      CHECK(run.trainer->epochs_done() == epochs);
      run.finish();
      check_same(folder, whole);
    }
  }
}

TEST_CASE("the mean of the weights is validated and kept, but training goes on from the weights") {
  const tiny_corpus corpus;
  auto recipe = small_recipe();
  recipe.validate_every = recipe.epochs;  // so that the last epoch is the best
  const std::string plain = corpus.run("plain"), averaged = corpus.run("averaged");
  tiny_run(corpus, recipe, plain).finish();
  recipe.average_from = 2;
  tiny_run run(corpus, recipe, averaged);
  run.finish();
  const auto weight = [](const std::string& folder, const std::string& file, const std::string& name) {
    return io::safetensors_source(folder + "/" + file + ".safetensors").read(name, {15, 14});
  };
  CHECK(weight(averaged, "last", "linear.weight") == weight(plain, "last", "linear.weight"));
  CHECK(weight(averaged, "last", "training.average.linear.weight") != weight(plain, "last", "linear.weight"));
  CHECK(run.trainer->best_epoch() == recipe.epochs);
  CHECK(weight(averaged, "best", "linear.weight") ==
        weight(averaged, "last", "training.average.linear.weight"));
}

TEST_CASE("threads change no bit, seeds all") {
  const tiny_corpus corpus;
  const std::string one = corpus.run("one"), three = corpus.run("three"), other = corpus.run("other");
  tiny_run(corpus, small_recipe(), one, false, 1).finish();
  tiny_run(corpus, small_recipe(), three, false, 3).finish();
  check_same(three, one);
  auto recipe = small_recipe();
  recipe.seed = 2;
  tiny_run(corpus, recipe, other).finish();
  CHECK(data_of(other + "/last.safetensors") != data_of(one + "/last.safetensors"));
}

TEST_CASE("a run that diverges stops with one error and keeps its last epoch") {
  const tiny_corpus corpus;
  const std::string folder = corpus.run("run");
  auto recipe = small_recipe();
  recipe.clip_norm = 0, recipe.schedule = "milestones", recipe.milestones = {1},
  recipe.milestone_factor = 1e40;
  tiny_run run(corpus, recipe, folder);
  run.trainer->run_epoch();
  const std::string kept = read_file(folder + "/last.safetensors");
  const std::string problem = error_of([&] { run.trainer->run_epoch(); });
  CHECK_MESSAGE(problem.find("training diverges in epoch 2") != problem.npos, problem);
  CHECK_MESSAGE(problem.find("last.safetensors is as epoch 1 left it") != problem.npos, problem);
  CHECK(read_file(folder + "/last.safetensors") == kept);
}

TEST_CASE("a checkpoint of other settings or data is refused by name") {
  const tiny_corpus corpus;
  const std::string folder = corpus.run("run");
  tiny_run(corpus, small_recipe(), folder).trainer->run_epoch();
  auto recipe = small_recipe();
  recipe.batch_size = 2;
  CHECK(error_of([&] { tiny_run(corpus, recipe, folder, true); }) ==
        folder +
            "/last.safetensors: is of a run whose batch_size is '3', but this one's is '2'; a run goes on "
            "with the settings and data that it began with");
  std::string labels = read_file(corpus.labels("train"));
  write_file(corpus.labels("train"), labels.substr(0, labels.find("train6")));
  CHECK(error_of([&] { tiny_run(corpus, small_recipe(), folder, true); }).find("training_data") !=
        std::string::npos);
}

TEST_CASE("what a killed run had not finished writing is removed") {
  const tiny_corpus corpus;
  const std::string folder = corpus.run("run");
  write_file(folder + "/last.safetensors.tmp-123-4", "half");
  write_file(folder + "/mine.txt", "whole");
  tiny_run run(corpus, small_recipe(), folder, true);
  CHECK(read_file(folder + "/last.safetensors.tmp-123-4").empty());
  CHECK(read_file(folder + "/mine.txt") == "whole");
}

TEST_CASE("the paper's recipe, one modality and every loss run") {
  const tiny_corpus corpus;
  int number = 0;
  const auto loss_after = [&](const train::recipe& recipe) {
    tiny_run run(corpus, recipe, corpus.run(message("run", number++)));
    return run.finish().train_loss;
  };
  for (const char* loss : {"l1", "kl", "kl+l1", "ccc", "mse", "pearson"}) {
    auto recipe = small_recipe();
    recipe.loss = loss, recipe.epochs = 1;
    CHECK_MESSAGE(std::isfinite(loss_after(recipe)), loss);
  }
  auto paper = train::find_recipe("paper");
  paper.visual_units = 4, paper.audio_units = 3, paper.epochs = 4, paper.batch_size = 3;
  CHECK(std::isfinite(loss_after(paper)));
  auto baseline = small_recipe();
  baseline.head = "baseline", baseline.epochs = 1;
  CHECK(std::isfinite(loss_after(baseline)));
  for (const char* cross_modal : {"instance", "contrastive"}) {
    auto recipe = small_recipe();
    recipe.cross_modal = cross_modal, recipe.epochs = 2;
    CHECK_MESSAGE(std::isfinite(loss_after(recipe)), cross_modal);
    recipe.audio_units = 0;
    CHECK(error_of([&] { train::check(recipe); }).find("cross_modal is '") == 0);
  }
  for (const auto& [visual, audio] : {std::pair(4, 0), {0, 3}}) {
    auto recipe = small_recipe();
    recipe.visual_units = visual, recipe.audio_units = audio;
    CHECK(std::isfinite(loss_after(recipe)));
  }
  auto recipe = small_recipe();
  recipe.batch_size = 100, recipe.drop_last = true;
  CHECK(error_of([&] { loss_after(recipe); }).find("drop_last") == 0);
}
