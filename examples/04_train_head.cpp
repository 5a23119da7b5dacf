// Features and labels in, a trained head out (05_interpolate.cpp uses it).
//
//   04_train_head features train.csv val.csv run
#include <cstdio>
#include <filesystem>

#include <eev/train.hpp>

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s FEATURES TRAIN.csv VAL.csv RUN\n", argv[0]);
    return 2;
  }
  try {
    auto recipe = eev::train::find_recipe("default");  // the paper's; this is a smaller head, trained faster
    recipe.visual_units = 64, recipe.audio_units = 32;
    recipe.batch_size = 16, recipe.learning_rate = 3e-3, recipe.epochs = 20;

    // Labels at 6 Hz, as EEV publishes them. Videos that lack features or labels are left out.
    const auto training = eev::train::read_labelled_set(argv[1], argv[2], recipe);
    const auto validation = eev::train::read_validation_set(argv[1], argv[3], recipe, training);
    std::filesystem::create_directories(argv[4]);

    eev::cpu::device device;
    eev::train::trainer trainer(device, recipe, training, validation, argv[4]);
    while (!trainer.finished()) {
      const auto epoch = trainer.run_epoch();  // one clip of 60 seconds of every video
      std::printf("epoch %2d: loss %.4f, Pearson's r in validation %.4f%s\n", epoch.epoch, epoch.train_loss,
                  epoch.val_pearson, epoch.is_best ? " (best)" : "");
    }
    std::printf("%s/best.safetensors is of epoch %d\n", argv[4], trainer.best_epoch());
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
