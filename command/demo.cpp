// In:  a seed or several.  Out: the whole of eev on clips whose viewers' feelings are known: videos,
// features, heads, scores, a report, a model.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "batch.hpp"
#include "demo_corpus.hpp"
#include "demo_model.hpp"
#include "demo_training.hpp"
#include "engine.hpp"
#include "failures.hpp"
#include "feature_file.hpp"
#include "formula_networks.hpp"
#include "html_report.hpp"
#include "output.hpp"
#include "subcommands.hpp"
#include "training.hpp"
#include "weights.hpp"

namespace eev::command {
namespace {

struct demo_options {
  std::string output = "eev-demo";
  int seeds = 1, clips = 80;
  device_options device;
};

/// Of one contestant, over the seeds.
struct statistics {
  double mean = 0, deviation = 0;

  explicit statistics(const std::vector<double>& scores) {
    for (const double score : scores) mean += score / double(scores.size());
    for (const double score : scores) deviation += (score - mean) * (score - mean);
    // Of the seeds as a sample; of one alone there is none.
    deviation = scores.size() > 1 ? std::sqrt(deviation / double(scores.size() - 1)) : 0;
  }
};

/// Calls work(), and says how long it took.
template <class Work>
void timed(console& console, const std::string& what, const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  console.draw(what);
  work();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  console.note(message(what, ": ", clock_time(taken.count())));
}

class demo {
 public:
  demo(const demo_options& options, console& console) : options_(options), console_(console) {
    make_folder(options.output);
    write_formula_weights("demo", backbones());
  }

  /// The scores of all contestants.
  std::array<double, contestants.size()> run(std::uint64_t seed) {
    const std::string folder = folder_of(seed), name = message("seed ", seed, ": ");
    const int threads = options_.device.threads > 0 ? options_.device.threads : cpu_threads();
    timed(console_, name + "clips rendered and encoded", [&] {
      write_corpus(folder, seed, options_.clips, threads,
                   [&](int done, int all) { console_.draw(message(name, "clip ", done, " of ", all)); });
    });
    timed(console_, name + "features extracted", [&] { extract(folder); });
    std::array<double, contestants.size()> scores;
    timed(console_, name + "three heads trained and scored", [&] {
      scores = train_and_score(folder, seed, options_.device, [&](std::string_view head, int epoch, int all) {
        console_.draw(message(name, "head on ", head, ": epoch ", epoch, " of ", all));
      });
    });
    return scores;
  }

  /// The head of the first seed with its backbones: what `eev predict` has built in.
  void write_model() {
    write_demo_model(options_.output + "/demo.safetensors", backbones(),
                     folder_of(1) + "/both/best.safetensors",
                     message("eev demo --precision ", precision_on(options_.device), " --clips ",
                             options_.clips, " (eev ", EEV_VERSION, "): DIR/demo.safetensors"));
  }

  void write_report(const std::vector<std::pair<std::string, std::string>>& facts) {
    output out(options_.output + "/report.html");
    const auto writer = make_html_writer(out, {"swin-demo + vggish-demo + head-demo", demo_note, facts});
    for (const auto& curve : predict_test_set(folder_of(1), options_.device)) writer->add(curve);
    writer->finish();
    out.commit();
  }

 private:
  std::string backbones() const { return options_.output + "/backbones.safetensors"; }
  std::string folder_of(std::uint64_t seed) const { return message(options_.output, "/seed-", seed); }

  /// FOLDER/clips to FOLDER/features.
  void extract(const std::string& folder) {
    auto files = io::open_bundle(backbones());
    files.heads.clear();
    const stream_options streams;
    const auto options = streams.extraction(1);
    const auto common = describe_extraction(options, streams, precision_on(options_.device), files);
    const auto extract_video = make_extractor(files, options_.device, options);
    const auto inputs = find_inputs({folder + "/clips"}, false);
    make_folder(folder + "/features");
    batch batch(console_, inputs, streams, 1);
    for (const input& input : inputs)
      batch.run(input, [&](video& video) {
        const auto source = describe_source(common, input);
        write_features(message(folder, "/features/", input.id, ".safetensors"), source, extract_video(video));
      });
    require(batch.status() == all_done, folder, ": not all clips could be read");
  }

  const demo_options& options_;
  console& console_;
};

int run_demo(demo_options options) {
  console console(options.device.quiet);
  options.device = choose_device(options.device, console).device;
  // What the device cannot do is told before the clips are made.
  for_training(options.device);
  make_extractor(open_backbones({}), options.device, stream_options().extraction(1));
  demo demo(options, console);
  std::array<std::vector<double>, contestants.size()> scores;
  for (int seed = 1; seed <= options.seeds; ++seed) {
    const auto found = demo.run(std::uint64_t(seed));
    for (std::size_t i = 0; i < found.size(); ++i) scores[i].push_back(found[i]);
  }

  nlohmann::ordered_json json;
  std::vector<std::pair<std::string, std::string>> facts;
  output table("-");
  table.write(message("Pearson's r with the faulty labels, mean over ",
                      clips_of(corpus::set::test, options.clips), " clips held out and 15 expressions",
                      options.seeds > 1 ? message(", of ", options.seeds, " seeds") : std::string(), "\n"));
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    const statistics of(scores[i]);
    json[std::string(contestants[i])] = {{"mean", of.mean}, {"std", of.deviation}};
    char text[64];
    std::snprintf(text, sizeof text, "%.3f +- %.3f", of.mean, of.deviation);
    std::string name(contestants[i]);
    facts.emplace_back("r, " + name, text);
    table.write(message("  ", name, std::string(12 - name.size(), ' '), text, "\n"));
  }
  output file(options.output + "/scores.json");
  file.write(json.dump(2) + "\n");
  file.commit();
  demo.write_model();
  demo.write_report(facts);
  table.write(
      message("in ", options.output, ": scores.json, report.html, demo.safetensors (the model), seed-*\n"));
  table.commit();
  return all_done;
}

}  // namespace

void add_demo(CLI::App& program, int& status) {
  auto options = std::make_shared<demo_options>();
  CLI::App& app = *program.add_subcommand("demo",
                                          "From nothing to a trained model: renders clips with known "
                                          "feelings, extracts, trains, predicts, scores");
  app.add_option("--output", options->output, "folder for everything that is made")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--seeds", options->seeds, "how many times, each with clips and weights of its own")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--clips", options->clips,
                 "clips that are learned from; half as many are added to choose and to test")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  add_device_options(app, options->device);
  app.callback([options, &status] { status = run_demo(*options); });
}

}  // namespace eev::command
