// In:  heads.  Out: how the rows of features were made that they have learned from.  Rests on:
// io/model_files.
//
// A head makes nothing of other rows. What it has learned from, its metadata say (io::shared_metadata).
#pragma once

#include <map>
#include <string>

#include <eev/io/model_files.hpp>

#include "options.hpp"

namespace eev::command {

class learned_rows {
 public:
  struct claim {
    std::string value, head;  // what is said, and by whom
  };

  /// Throws if a head before has learned from other rows.
  void add(const io::safetensors_file& head);

  /// What the heads say under `key`; null if none says anything.
  const claim* find(const std::string& key) const;

  /// Throws, naming the head, if one has learned from rows that are other than `found`; `whose` that is.
  void check(const std::string& key, const std::string& found, const std::string& whose) const;

 private:
  std::map<std::string, claim> claims_;
};

/// Rows as the heads of a model have learned them, by options where nothing was given. Throws if what was
/// given, or the model's backbones, are not what they have learned from.
stream_options rows_for(const io::model_files& files, stream_options given);

}  // namespace eev::command
