// In:  a checkpoint, or formula:NAME.  Out: a safetensors file that eev reads.
#include <algorithm>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "failures.hpp"
#include "formula_networks.hpp"
#include "subcommands.hpp"

namespace eev::command {
namespace {

constexpr std::string_view formula = "formula:";

struct convert_options {
  std::string checkpoint, output;
};

std::string known_names() {
  std::string names;
  for (const std::string& name : formula_networks()) names += (names.empty() ? "" : ", ") + name;
  return names;
}

void convert(const convert_options& options) {
  require(options.checkpoint.starts_with(formula), options.checkpoint,
          ": cannot be converted: this version of eev converts formula:NAME alone, NAME one of ",
          known_names());
  const std::string network = options.checkpoint.substr(formula.size());
  const auto known = formula_networks();
  if (std::ranges::find(known, network) == known.end())
    throw usage_error("no network '" + network + "'; formula:NAME knows " + known_names());
  write_formula_weights(network, options.output);
}

}  // namespace

void add_convert(CLI::App& program, int& status) {
  auto options = std::make_shared<convert_options>();
  CLI::App& app = *program.add_subcommand("convert", "Weights as a safetensors file that eev reads");
  app.add_option("CHECKPOINT", options->checkpoint,
                 "formula:NAME, weights by formula, which stand in for trained ones in tests and timings; "
                 "NAME is one "
                 "of " +
                     known_names())
      ->type_name("")
      ->required();
  app.add_option("--output", options->output, "the safetensors file")->type_name("FILE")->required();
  app.callback([options, &status] {
    convert(*options);
    status = all_done;
  });
}

}  // namespace eev::command
