// The paper's tables, on any features and labels: EEV's or those of `eev demo`.
//
//   06_ablation FEATURES FEATURES_6HZ TRAIN.csv VAL.csv TEST.csv RUNS [seeds=5] [SETTING=VALUE ...]
//
// Settings are those of `eev train` and change its recipe `default`, the paper's sizes; README.md has the
// call for the demo's corpus. Runs are kept in RUNS: a call that is repeated goes on where it was stopped.
#include <cstdlib>

#include "ablation.hpp"

using namespace ablation;

struct line {
  const char* name;
  const char* paper;  // what the paper has in its place
  settings changes;
};

/// A table of the paper, line by line, over the seeds. Its runs are added to `runs`.
void print_table(const data& data, const settings& base, int seeds, const char* title,
                 const std::vector<line>& lines, std::vector<run>& runs,
                 const std::vector<std::string>& more = {}) {
  std::printf("\n%s\n%-28s %-20s %s\n", title, "", "best in validation", "the paper's");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<double> scores;
    for (int seed = 1; seed <= seeds; ++seed) {
      runs.push_back(train(data, lines[i].name, recipe_of(base, lines[i].changes, seed)));
      scores.push_back(runs.back().validation);
    }
    std::printf("%-28s %-20s %-8s %s\n", lines[i].name, mean_and_spread(scores).c_str(), lines[i].paper,
                i < more.size() ? more[i].c_str() : "");
    std::fflush(stdout);
  }
}

/// How well labels go with themselves once they are smoothed, sampled and interpolated again: Table 2,
/// column 2.
std::string label_correlation(const data& data, const settings& base, const settings& changes) {
  const auto recipe = recipe_of(base, changes, 1);
  const auto set = eev::train::read_validation_set(data.features, data.training, recipe);
  std::vector<eev::table> labels;
  for (const auto& video : set.set.videos) labels.push_back(video.labels);
  return eev::message("label correlation ", score(set, recipe, labels));
}

/// Section 4.5: the best seven on validation and one that has learned from it, too, averaged.
void print_ensemble(const data& data, const settings& base, std::vector<run> runs) {
  std::erase_if(runs, [](const run& run) { return run.recipe.rate != 1; });
  std::ranges::stable_sort(runs, std::greater(), &run::validation);
  runs.resize(std::min<std::size_t>(runs.size(), 7));
  runs.push_back(train(data, "train and validation", recipe_of(base, {{"merge_validation", "true"}}, 1)));

  std::printf("\nEnsemble of the top 7 and one trained on train+val (section 4.5), on the test set\n");
  const auto test = eev::train::read_validation_set(data.features, data.test, runs[0].recipe);
  std::vector<eev::table> sum;
  std::vector<double> alone;
  for (const run& member : runs) {
    const auto curves = predict(member, test.set);
    alone.push_back(score(test, member.recipe, curves));
    std::printf("%-50s %.4f\n", member.head.c_str(), alone.back());
    if (sum.empty())
      sum = curves;
    else
      for (std::size_t i = 0; i < sum.size(); ++i)
        for (eev::dim j = 0; j < sum[i].tensor().size(); ++j)
          sum[i].tensor().data[j] += curves[i].tensor().data[j];
  }
  std::printf("%-50s %s\n%-50s %.4f\n", "mean of the members", mean_and_spread(alone).c_str(), "ensemble",
              score(test, runs[0].recipe, sum));  // r does not mind the factor 8
}

int main(int argc, char** argv) {
  if (argc < 7) {
    std::fprintf(
        stderr,
        "usage: %s FEATURES FEATURES_6HZ TRAIN.csv VAL.csv TEST.csv RUNS [seeds=5] [SETTING=VALUE ...]\n",
        argv[0]);
    return 2;
  }
  try {
    const data data{argv[1], argv[2], argv[3], argv[4], argv[5], argv[6]};
    settings base;
    int seeds = 5;
    for (int i = 7; i < argc; ++i) {
      const std::string text = argv[i];
      const std::size_t equals = text.find('=');
      eev::require(equals != text.npos, text, ": expected SETTING=VALUE");
      if (text.starts_with("seeds="))
        seeds = std::atoi(text.c_str() + equals + 1);
      else
        base[text.substr(0, equals)] = text.substr(equals + 1);
    }
    std::vector<run> runs;
    const std::vector<line> filters{{"butterworth", "0.0089", {{"label_filter", "butterworth"}}},
                                    {"median", "0.0090", {{"label_filter", "median"}}},
                                    {"gaussian", "0.0071", {{"label_filter", "gaussian"}}}};
    std::vector<std::string> correlations;
    for (const line& filter : filters) correlations.push_back(label_correlation(data, base, filter.changes));

    print_table(
        data, base, seeds, "Table 3: losses",
        {{"l1", "0.0121", {}}, {"kl", "0.0137", {{"loss", "kl"}}}, {"ccc", "0.0117", {{"loss", "ccc"}}}},
        runs);
    print_table(data, base, seeds,
                "Table 2: filtered labels (the paper's label correlations: 0.63, 0.66, 0.69)", filters, runs,
                correlations);
    std::printf("unfiltered at 1 Hz, interpolated: %s\n", label_correlation(data, base, {}).c_str());
    print_ensemble(data, base, runs);
    print_table(data, base, seeds,
                "The head: the paper's, and the data set's authors' with a mixture of experts",
                {{"l1", "0.0121", {}}, {"baseline", "", {{"head", "baseline"}}}}, runs);

    std::vector<double> shuffled;
    for (int seed = 1; seed <= seeds; ++seed)
      shuffled.push_back(train(data, "shuffled", recipe_of(base, {}, seed), true).validation);
    std::printf("\nTrained on shuffled labels, best in validation: %s\n", mean_and_spread(shuffled).c_str());

    print_table(data, base, seeds, "Table 1: sampling",
                {{"6 Hz 10 s", "0.0077", {{"rate", "6"}, {"clip_seconds", "10"}}},
                 {"6 Hz 60 s", "0.0106", {{"rate", "6"}, {"clip_seconds", "60"}}},
                 {"l1", "0.0121", {}}},  // 1 Hz 60 s, interpolated
                runs);
  } catch (const eev::error& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
