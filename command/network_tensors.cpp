// In:  the name of a network, or the sizes of a head.  Out: its tensors' names and shapes.
//
// Names and shapes are not listed anywhere: the network itself is constructed, on a device that forgets all
// parameters, and asks for them.
#include "network_tensors.hpp"

#include <memory>

#include <eev/features/vggish.hpp>
#include <eev/features/visual_network.hpp>
#include <eev/head/head.hpp>

namespace eev::command {
namespace {

struct forgetful_device {
  using scalar = float;
  template <class>
  using matrix = view<const float, 2>;
  template <class>
  using filters = view<const float, 4>;

  view<const float, 1> keep(const std::vector<float>& values) { return {nullptr, {dim(values.size())}}; }
  template <class>
  view<const float, 2> pack(const std::vector<float>&, dim, dim) {
    return {};
  }
  template <class>
  view<const float, 4> pack(const std::vector<float>&, dim, dim, dim, dim) {
    return {};
  }
};

/// Remembers what is asked for, and answers with zeros.
class recorder : public tensor_source {
 public:
  std::vector<float> read(const std::string& name, const std::vector<dim>& shape) override {
    tensors.push_back({name, shape});
    return std::vector<float>(std::size_t(tensors.back().size()));
  }
  bool has(const std::string&) const override { return false; }  // optional tensors are left out

  std::vector<io::tensor_entry> tensors;
};

/// What `construct` asks for.
template <class Construct>
std::vector<io::tensor_entry> asked_by(const Construct& construct) {
  const auto asked = std::make_shared<recorder>();
  forgetful_device device;
  construct(device, weights(asked));
  return asked->tensors;
}

}  // namespace

std::vector<io::tensor_entry> tensors_of(const std::string& network) {
  if (network.starts_with("head")) return tensors_of(find_head_shape(network));
  return asked_by([&](forgetful_device& device, const weights& from) {
    if (network.starts_with("vggish"))
      features::vggish<forgetful_device>(device, from, features::find_vggish(network));
    else
      features::with_visual_shape(network, [&]<class Shape>(const Shape& shape) {
        typename Shape::template network<forgetful_device, float>(device, from, shape);
      });
  });
}

std::vector<io::tensor_entry> tensors_of(const head_shape& shape) {
  return asked_by(
      [&](forgetful_device& device, const weights& from) { head<forgetful_device>(device, from, shape); });
}

}  // namespace eev::command
