// In:  values, or how many.  Out: a tensor in the memory of the CUDA device, not a byte larger than it is.
// Rests on: cuda/device, the runtime's seam.
#pragma once

#include <limits>
#include <memory>
#include <type_traits>

#include <eev/cuda/device.hpp>

#include "device/runtime.hpp"

namespace eev::test {

/// Beyond its last element there is nothing, which a memory checker sees; before an operation has written to
/// it, it is full of not-a-number. It begins `skip` elements behind a whole vector.
template <class T>
class device_tensor {
 public:
  template <class From = float>
  device_tensor(cuda::device& device, const std::vector<From>& values, dim skip = 0)
      : device_(device),
        size_(values.size()),
        skip_(skip),
        memory_(cuda::runtime::allocate((skip + size_) * sizeof(T)), release) {
    device_.upload(tensor(), view<const From, 1>{values.data(), {size_}});
  }
  device_tensor(cuda::device& device, dim size, dim skip = 0)
      : device_tensor(device, std::vector<float>(size, std::numeric_limits<float>::quiet_NaN()), skip) {}

  view<T, 1> tensor() const { return {static_cast<T*>(memory_.get()) + skip_, {size_}}; }
  template <class... Extents>
  view<T, int(sizeof...(Extents))> as(Extents... extents) const {
    return tensor().as(extents...);
  }

  /// Back on the host.
  std::vector<T> values() const {
    std::vector<T> host(size_);
    device_.download(view<T, 1>{host.data(), {size_}}, tensor());
    return host;
  }

 private:
  static constexpr auto release = [](void* memory) { cuda::runtime::release(memory); };

  cuda::device& device_;
  dim size_, skip_;
  std::unique_ptr<void, void (*)(void*)> memory_;
};

}  // namespace eev::test
