// In:  the command line.  Out: the options that predict and extract share.  Rests on: CLI11, the library.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <eev/core/rational.hpp>
#include <eev/features/extractor.hpp>

namespace CLI {
class App;
}

namespace eev::command {

/// An option whose value is a number above 0 and at most `most`, such as 6, 0.96 or 30000/1001.
void add_number(CLI::App& app, const std::string& name, std::optional<rational>& number, int most,
                const std::string& help);

/// Which networks.
struct weights_options {
  std::vector<std::string> weights;  // heads, or one bundle; none: the demo bundle
  std::string visual;                // the name of the visual network
  std::string visual_weights, audio_weights;
};
void add_backbone_options(CLI::App& app, weights_options& options);

/// --quiet, which every subcommand has; the second form is for those that tell no more than what is asked
/// for.
void add_quiet_option(CLI::App& app, bool& quiet, const std::string& help = "errors alone are told");
void add_quiet_option(CLI::App& app);

/// Where and how exactly is computed: of the subcommands that run networks.
struct device_options {
  std::string device = "auto", precision = "auto";
  int threads = 0;  // 0: one a core
  bool quiet = false;
};
void add_device_options(CLI::App& app, device_options& options);

/// The number of the GPU that `cuda` or `cuda:N` names; nothing for any other text.
std::optional<int> gpu_named(const std::string& text);

/// An option of how rows of features are made, which features and heads carry in their metadata.
struct row_option {
  std::string name, key;            // "--resize", "eev.resize"
  std::string usual;                // what holds where nothing is said
  std::vector<std::string> values;  // those that there are; none: seconds
  std::string help;

  /// The text as metadata have it, or nothing if it is no value of this option.
  std::optional<std::string> value_of(const std::string& text) const;
};
const std::vector<row_option>& row_options();

/// What of a video is looked at and listened to.
struct stream_options {
  std::optional<int> video, audio;  // indices in the file
  std::string decode = "cpu";
  std::map<std::string, std::string> rows;  // what was said, by the options' keys
  std::string audio_pca_weights;

  /// What holds of the option with that key: what was said, or what is usual.
  const std::string& row(const std::string& key) const;

  /// The file of the post-processor's parameters: the one that is named, or the one that is found.
  std::string audio_pca_file() const;

  /// For the library; `rate` visual rows a second.
  features::extraction_options extraction(rational rate) const;
};
void add_stream_options(CLI::App& app, stream_options& options);

}  // namespace eev::command
