// In:  the features of a video, and where they come from.  Out: a file of them, or whether there is one.
#include "feature_file.hpp"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>

#include <eev/io/decimal.hpp>
#include <eev/io/safetensors_writer.hpp>
#include <eev/io/sha256.hpp>

#include "weights.hpp"

namespace eev::command {

metadata describe_extraction(const features::extraction_options& options, const stream_options& streams,
                             const std::string& precision, const io::model_files& files) {
  const auto stream = [](std::optional<int> index) { return index ? std::to_string(*index) : "lowest"; };
  const std::string visual_hash = sha256_of(files.visual);
  const bool one_file = files.visual.path() == files.audio.path();
  metadata all{{"eev.version", EEV_VERSION},
               {"eev.rate", io::decimal(options.rate)},
               {"eev.visual", files.visual.name},
               {"eev.visual_sha256", visual_hash},
               {"eev.audio", files.audio.name},
               {"eev.audio_sha256", one_file ? visual_hash : sha256_of(files.audio)},
               {"eev.video_stream", stream(streams.video)},
               {"eev.audio_stream", stream(streams.audio)},
               {"eev.precision", precision}};
  for (const row_option& option : row_options()) all[option.key] = streams.row(option.key);
  all["eev.audio_hop"] = io::decimal(rational(1) / options.audio_rate.value_or(options.rate));
  if (options.audio_pca) all["eev.audio_pca_sha256"] = io::sha256_of_file(streams.audio_pca_file());
  return all;
}

metadata describe_source(const metadata& common, const input& input) {
  struct stat status {};
  require(::stat(input.path.c_str(), &status) == 0, input.path, ": cannot be opened: ", std::strerror(errno));
  metadata all = common;
  const auto nanoseconds = rational::reduced(status.st_mtim.tv_nsec, 1'000'000'000);
  all.insert({{"eev.id", input.id},
              {"eev.source", input.path},
              {"eev.source_size", std::to_string(status.st_size)},
              {"eev.source_mtime", io::decimal(rational(status.st_mtim.tv_sec) + nanoseconds)}});
  return all;
}

std::optional<std::string> find_same_features(const std::string& path, const metadata& common,
                                              const input& input) {
  if (::access(path.c_str(), F_OK) != 0) return std::nullopt;
  try {
    const io::safetensors_file file(path);
    for (const auto& [key, value] : describe_source(common, input))
      // (The path has the ID, and not every name of a file can be said in metadata as it is.)
      if (key != "eev.version" && key != "eev.source" && key != "eev.id" &&
          io::find_metadata(file, key) != value)
        return std::nullopt;
    return io::find_metadata(file, "eev.duration");
  } catch (const error&) {  // a damaged file is made anew; a source that is not there will be told of then
    return std::nullopt;
  }
}

void write_features(const std::string& path, metadata source, const features::feature_rows& rows) {
  source["eev.duration"] = io::decimal(rows.duration);
  source["eev.audio_track"] = rows.has_sound ? "present" : "none";
  const auto rows_of = [&](const std::string& name) -> const table& {
    return name == "visual" ? rows.visual : rows.audio;
  };
  std::vector<io::tensor_entry> tensors;
  for (const char* name : {"visual", "audio"})
    tensors.push_back({name, {rows_of(name).rows(), rows_of(name).columns()}});
  io::write_safetensors(path, source, tensors, [&](const io::tensor_entry& tensor) {
    const auto values = rows_of(tensor.name).tensor();
    return std::span(values.begin(), values.end());
  });
}

}  // namespace eev::command
