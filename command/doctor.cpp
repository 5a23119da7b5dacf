// In:  this machine.  Out: what eev finds on it, what is missing, and how to get that.
#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <eev/media/ffmpeg.hpp>

#include "demo_bundle.hpp"
#include "engine.hpp"
#include "failures.hpp"
#include "instruction_sets.hpp"
#include "output.hpp"
#include "subcommands.hpp"
#include "weights.hpp"

namespace eev::command {
namespace {

using nlohmann::ordered_json;

/// The processor's own name, from the system.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.find(": ") + 2, line.size()));
  return "unknown";
}

/// libav's version numbers have a byte for each of minor and micro.
std::string libav_version(unsigned version) {
  return message(version >> 16, ".", version >> 8 & 255, ".", version & 255);
}

ordered_json devices(const gpu_findings& gpus) {
  const bool bfloat16 = cpu_multiplies_bfloat16();
  auto all = ordered_json::array({{{"name", "cpu"},
                                   {"available", true},
                                   {"what", processor()},
                                   {"threads", cpu_threads()},
                                   {"precision", bfloat16 ? "bf16, fp32" : "fp32"}},
                                  {{"name", "reference"},
                                   {"available", true},
                                   {"what", "the specification, slow"},
                                   {"threads", 1},
                                   {"precision", "fp32"}}});
  for (std::size_t number = 0; number < gpus.usable.size(); ++number)
    all.push_back({{"name", message("cuda:", number)},
                   {"available", true},
                   {"what", message(gpus.usable[number], ", driver for CUDA ", gpus.driver)},
                   {"threads", 1},
                   {"precision", "bf16, fp32"}});
  if (gpus.usable.empty()) all.push_back({{"name", "cuda"}, {"available", false}, {"what", gpus.reason}});
  return all;
}

ordered_json libraries() {
  return {{"eev", EEV_VERSION},
          {"oneDNN", onednn_version()},
          {"libavformat", libav_version(avformat_version())},
          {"libavcodec", libav_version(avcodec_version())},
          {"libavutil", libav_version(avutil_version())},
          {"libswscale", libav_version(swscale_version())},
          {"libswresample", libav_version(swresample_version())},
          {"compiler", message("g++ ", __VERSION__)}};
}

/// What common videos need and this FFmpeg lacks.
std::vector<std::string> missing_decoders() {
  const std::pair<AVCodecID, const char*> common[] = {
      {AV_CODEC_ID_H264, "h264"},    {AV_CODEC_ID_HEVC, "hevc"}, {AV_CODEC_ID_VP8, "vp8"},
      {AV_CODEC_ID_VP9, "vp9"},      {AV_CODEC_ID_AV1, "av1"},   {AV_CODEC_ID_MPEG4, "mpeg4"},
      {AV_CODEC_ID_AAC, "aac"},      {AV_CODEC_ID_MP3, "mp3"},   {AV_CODEC_ID_OPUS, "opus"},
      {AV_CODEC_ID_VORBIS, "vorbis"}};
  std::vector<std::string> missing;
  for (const auto& [id, name] : common)
    if (!avcodec_find_decoder(id)) missing.push_back(name);
  return missing;
}

ordered_json missing(const gpu_findings& gpus) {
  auto all = ordered_json::array();
  const auto add = [&](const std::string& what, const std::string& remedy) {
    all.push_back({{"what", what}, {"remedy", remedy}});
  };
  for (const std::string& decoder : missing_decoders())
    add("FFmpeg's decoder of " + decoder,
        "install an FFmpeg that has it (on Debian: apt install libavcodec-extra)");
  const auto sets = instruction_sets();
  const auto wider =
      std::ranges::find_if(sets, [](const auto& set) { return set.available && !set.compiled_for; });
  if (wider != sets.end())
    add(message("code for this processor's ", wider->name),
        "build on this machine, without -DEEV_NATIVE=OFF");
  if (!cpu_multiplies_bfloat16())
    add("bf16 on the CPU", "a processor with AVX512_BF16; without, fp32 is used, at half the speed");
  if (gpus.usable.empty())
    add("the device cuda", gpus.reason + (gpus.reason.starts_with("cuda:") ? "" : "; build where nvcc is"));
  add("trained weights", "the built-in ones are a demonstration; name yours with --weights");
  return all;
}

ordered_json examine() {
  auto sets = ordered_json::array();
  for (const auto& set : instruction_sets())
    sets.push_back({{"name", set.name}, {"compiled_for", set.compiled_for}, {"available", set.available}});
  const auto demo = open_model({});
  const auto gpus = find_gpus();
  return {{"devices", devices(gpus)},
          {"instruction_sets", sets},
          {"libraries", libraries()},
          {"built_in_weights",
           {{"what", name_of(demo)}, {"sha256", sha256_of(demo.visual)}, {"note", demo.note}}},
          {"missing", missing(gpus)}};
}

std::string text_of_machine(const ordered_json& all) {
  const auto padded = [](std::string text) {
    text.resize(std::max<std::size_t>(text.size() + 1, 16), ' ');
    return "  " + text;
  };
  const auto text = [](const ordered_json& value) { return value.get<std::string>(); };
  std::string lines = "devices\n";
  for (const auto& device : all["devices"]) {
    lines += padded(text(device["name"])) + (device["available"] ? "" : "none: ") + text(device["what"]);
    if (device["available"])
      lines += message(", threads: ", device["threads"].get<int>(), ", ", text(device["precision"]));
    lines += "\n";
  }
  lines += "instruction sets\n";
  for (const auto& set : all["instruction_sets"])
    lines += padded(text(set["name"])) + (set["available"] ? "available" : "not available") +
             (set["compiled_for"] ? ", used" : "") + "\n";
  lines += "libraries\n";
  for (const auto& [name, version] : all["libraries"].items()) lines += padded(name) + text(version) + "\n";
  lines += "built-in weights\n";
  for (const auto& [name, value] : all["built_in_weights"].items())
    lines += padded(name) + text(value) + "\n";
  lines += "missing\n";
  for (const auto& item : all["missing"])
    lines += "  " + text(item["what"]) + ": " + text(item["remedy"]) + "\n";
  return lines;
}

}  // namespace

void add_doctor(CLI::App& program, int& status) {
  auto format = std::make_shared<std::string>("text");
  CLI::App& app =
      *program.add_subcommand("doctor", "What eev finds on this machine, what is missing, how to get it");
  app.add_option("--format", *format, "text or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json"}));
  add_quiet_option(app);
  app.callback([format, &status] {
    const ordered_json all = examine();
    output out("-");
    out.write(*format == "json" ? all.dump(2) + "\n" : text_of_machine(all));
    out.commit();
    status = all_done;
  });
}

}  // namespace eev::command
