// In:  a checkpoint, or formula:NAME.  Out: a safetensors file that eev reads.
#include <algorithm>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "convert_checkpoint.hpp"
#include "failures.hpp"
#include "formula_networks.hpp"
#include "options.hpp"
#include "output.hpp"
#include "subcommands.hpp"

namespace eev::command {
namespace {

constexpr std::string_view formula = "formula:";

struct convert_options {
  std::string checkpoint, output, precision = "fp32";
  bool quiet = false;
};

std::string known_names() {
  std::string names;
  for (const std::string& name : formula_networks()) names += (names.empty() ? "" : ", ") + name;
  return names;
}

/// Weights by formula, whose precision is the network's own.
void convert_formula(const std::string& network, const std::string& path) {
  const auto known = formula_networks();
  if (std::ranges::find(known, network) == known.end())
    throw usage_error("no network '" + network + "'; formula:NAME knows " + known_names());
  write_formula_weights(network, path);
}

/// The report is told even if nothing comes of it, unless nobody wants it.
void convert(const convert_options& options) {
  std::string report;
  const auto tell = [&] {
    if (options.quiet) return;
    output out("-");
    out.write(report);
    out.commit();
  };
  try {
    convert_checkpoint(options.checkpoint, options.output, options.precision == "bf16" ? "BF16" : "F32",
                       report);
  } catch (const error&) {
    tell();
    throw;
  }
  tell();
}

}  // namespace

void add_convert(CLI::App& program, int& status) {
  auto options = std::make_shared<convert_options>();
  CLI::App& app = *program.add_subcommand("convert", "Weights as a safetensors file that eev reads");
  app.add_option(
         "CHECKPOINT", options->checkpoint,
         "weights of Swin as Microsoft, timm or Hugging Face publish them, of SE-ResNet by Cadene, of "
         "Inception-v3 by torchvision, of VGGish by torchvggish, or of a head by the authors' code: a "
         "file by torch.save, of which nothing is run, or "
         "safetensors; or formula:NAME, weights by formula, which stand in for trained ones in tests "
         "and timings; NAME is one of " +
             known_names())
      ->type_name("")
      ->required();
  app.add_option("--output", options->output, "the safetensors file")->type_name("FILE")->required();
  app.add_option("--precision", options->precision,
                 "fp32 or bf16, of the file; weights by formula have their own")
      ->capture_default_str()
      ->check(CLI::IsMember({"fp32", "bf16"}));
  add_quiet_option(app, options->quiet, "no report of the tensors: errors alone are told");
  app.callback([options, &status] {
    if (options->checkpoint.starts_with(formula))
      convert_formula(options->checkpoint.substr(formula.size()), options->output);
    else
      convert(*options);
    status = all_done;
  });
}

}  // namespace eev::command
