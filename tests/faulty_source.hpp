// In:  a source of tensors and a fault.  Out: the same tensors with the fault in them; and the soundest of
// sources, the formula.  Rests on: core/weights, io/formula_weights.
//
// A golden proves itself by refusing a network with a planted fault. Most faults can be planted in the
// weights.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <eev/core/weights.hpp>
#include <eev/io/formula_weights.hpp>

namespace eev::test {

inline weights formula_weights() { return {std::make_shared<io::formula_source>()}; }

using fault =
    std::function<void(const std::string& name, const std::vector<dim>& shape, std::vector<float>& values)>;

class faulty_source : public tensor_source {
 public:
  faulty_source(std::shared_ptr<tensor_source> sound, fault fault)
      : sound_(std::move(sound)), fault_(std::move(fault)) {}

  std::vector<float> read(const std::string& name, const std::vector<dim>& shape) override {
    auto values = sound_->read(name, shape);
    fault_(name, shape, values);
    return values;
  }
  bool has(const std::string& name) const override { return sound_->has(name); }

 private:
  std::shared_ptr<tensor_source> sound_;
  fault fault_;
};

}  // namespace eev::test
