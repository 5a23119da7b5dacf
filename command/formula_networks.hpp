// In:  the name of a network.  Out: a file of its weights by formula.  Rests on: features, head,
// io/formula_weights.
#pragma once

#include <string>
#include <vector>

namespace eev::command {

/// Every network that has weights by formula; "demo" is a bundle of three.
std::vector<std::string> formula_networks();

/// Writes them with the metadata that eev expects. Throws usage_error if there is no such network.
void write_formula_weights(const std::string& network, const std::string& path);

}  // namespace eev::command
