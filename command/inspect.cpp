// In:  a safetensors file.  Out: its tensors, shapes, metadata and hash.
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <eev/io/safetensors.hpp>
#include <eev/io/sha256.hpp>

#include "console.hpp"
#include "failures.hpp"
#include "options.hpp"
#include "output.hpp"
#include "subcommands.hpp"

namespace eev::command {
namespace {

using nlohmann::ordered_json;

ordered_json describe(const std::string& path) {
  const io::safetensors_file file(path);
  ordered_json all = {{"file", path},
                      {"sha256", io::sha256_of_file(path)},
                      {"metadata", ordered_json::object()},
                      {"parameters", 0},
                      {"bytes", 0},
                      {"tensors", ordered_json::array()}};
  for (const auto& [key, value] : file.metadata()) all["metadata"][key] = value;
  std::size_t parameters = 0, bytes = 0;
  for (const auto& [name, tensor] : file.tensors()) {
    std::size_t size = 1;
    for (const dim extent : tensor.shape) size *= std::size_t(extent);
    parameters += size, bytes += tensor.bytes.size();
    all["tensors"].push_back({{"name", name}, {"dtype", tensor.type}, {"shape", tensor.shape}});
  }
  all["parameters"] = parameters, all["bytes"] = bytes;
  return all;
}

std::string text_of_file(const ordered_json& all) {
  const auto text = [](const ordered_json& value) { return one_line(value.get<std::string>()); };
  std::string lines = text(all["file"]) + "\nsha256      " + text(all["sha256"]);
  lines +=
      message("\ntensors     ", all["tensors"].size(), "\nparameters  ", all["parameters"].get<std::size_t>(),
              "\nbytes       ", all["bytes"].get<std::size_t>(), "\n");
  if (!all["metadata"].empty()) lines += "\nmetadata\n";
  for (const auto& [key, value] : all["metadata"].items())
    lines += "  " + one_line(key) + " = " + text(value) + "\n";
  lines += "\ntensors\n";
  for (const auto& tensor : all["tensors"]) {
    std::string type = text(tensor["dtype"]);
    type.resize(std::max<std::size_t>(type.size(), 5), ' ');
    lines += "  " + type + " " + text(tensor["name"]) +
             message(" ", tensor["shape"].get<std::vector<dim>>()) + "\n";
  }
  return lines;
}

void inspect(const std::string& path, bool json) {
  const ordered_json all = describe(path);
  output out("-");
  out.write(json ? all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n"
                 : text_of_file(all));
  out.commit();
}

}  // namespace

void add_inspect(CLI::App& program, int& status) {
  struct inspect_options {
    std::string file, format = "text";
  };
  auto options = std::make_shared<inspect_options>();
  CLI::App& app =
      *program.add_subcommand("inspect", "What is in a safetensors file: tensors, metadata, hash");
  app.add_option("FILE", options->file, "weights, features or a checkpoint")->type_name("")->required();
  app.add_option("--format", options->format, "text or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  add_quiet_option(app);
  app.callback([options, &status] {
    inspect(options->file, options->format == "json");
    status = all_done;
  });
}

}  // namespace eev::command
