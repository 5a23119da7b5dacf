// In:  the features of a video, and where they come from.  Out: a file of them, or whether there is one.
// Rests on: io/safetensors.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <eev/features/extractor.hpp>

#include "inputs.hpp"
#include "options.hpp"

namespace eev::command {

using metadata = std::map<std::string, std::string>;

/// The metadata that do not depend on the video: options and weights.
metadata describe_extraction(const features::extraction_options& options, const stream_options& streams,
                             const std::string& precision, const io::model_files& files);

/// `common` and what is known of a video before it is read: ID, source, size, time of the last change. Throws
/// if there is no such file.
metadata describe_source(const metadata& common, const input& input);

/// The duration D in seconds that the file at `path` tells, if its metadata say that it holds what would be
/// made again; nothing otherwise.
std::optional<std::string> find_same_features(const std::string& path, const metadata& common,
                                              const input& input);

/// Tensors `visual` [T, C] and `audio` [A, 128], float32.
void write_features(const std::string& path, metadata source, const features::feature_rows& rows);

}  // namespace eev::command
