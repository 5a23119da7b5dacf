// In:  heads.  Out: how the rows of features were made that they have learned from.
#include "learned_rows.hpp"

#include <eev/io/feature_store.hpp>
#include <eev/io/sha256.hpp>

#include "weights.hpp"

namespace eev::command {

void learned_rows::add(const io::safetensors_file& head) {
  for (const char* key : io::shared_metadata) {
    const auto value = io::find_metadata(head, key);
    if (!value) continue;
    check(key, *value, "that of " + head.path());
    claims_.insert({key, {*value, head.path()}});
  }
}

const learned_rows::claim* learned_rows::find(const std::string& key) const {
  const auto found = claims_.find(key);
  return found == claims_.end() ? nullptr : &found->second;
}

void learned_rows::check(const std::string& key, const std::string& found, const std::string& whose) const {
  const claim* said = find(key);
  require(!said || said->value == found, said ? said->head : "", ": has learned from rows whose ", key,
          " is '", said ? said->value : "", "', but ", whose, " is '", found, "'");
}

stream_options rows_for(const io::model_files& files, stream_options given) {
  learned_rows learned;
  for (const auto& head : files.heads) learned.add(head.source->file());
  learned.check("eev.rate", "1", "that of predict, whose heads learn with --rate 1,");
  for (const row_option& option : row_options()) {
    const auto* claim = learned.find(option.key);
    if (!claim) continue;
    if (const auto said = given.rows.find(option.key); said != given.rows.end())
      learned.check(option.key, option.value_of(said->second).value(), option.name);
    require(option.value_of(claim->value).has_value(), claim->head, ": metadata '", option.key, "' is '",
            claim->value, "', expected a value of ", option.name);
    given.rows.emplace(option.key, claim->value);
  }
  // A bundle's backbones are the head's own.
  for (const auto& [key, backbone] :
       {std::pair("eev.visual_sha256", &files.visual), {"eev.audio_sha256", &files.audio}})
    if (*backbone && learned.find(key) && backbone->path() != files.heads[0].path())
      learned.check(key, sha256_of(*backbone), "that of " + backbone->path());
  if (given.row("eev.audio_pca") != "none") {
    given.audio_pca_weights = given.audio_pca_file();
    if (learned.find("eev.audio_pca_sha256"))
      learned.check("eev.audio_pca_sha256", io::sha256_of_file(given.audio_pca_weights),
                    "that of " + given.audio_pca_weights);
  }
  return given;
}

}  // namespace eev::command
