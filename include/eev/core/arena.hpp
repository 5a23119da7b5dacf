// In:  shapes.  Out: memory for them, given back in the reverse order.  Rests on: core/view.
//
// Activations live here. The first pass over a network grows the arena to what that pass needs; every later
// pass of that size allocates nothing.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include <eev/core/view.hpp>

namespace eev {

/// Where vectors of any processor begin, and what cuBLAS asks of its workspace: at multiples of so many
/// bytes.
inline constexpr std::size_t memory_alignment = 256;

/// Where an arena's blocks come from: the host's memory, unless told otherwise. What is allocated is aligned
/// to memory_alignment; `allocate` throws eev::error if there is none left.
struct memory_source {
  void* (*allocate)(int device, std::size_t bytes) = [](int, std::size_t bytes) {
    void* memory = std::aligned_alloc(memory_alignment, bytes);
    require(memory, "out of memory: ", bytes, " bytes for activations");
    return memory;
  };
  void (*release)(void* memory) = std::free;
  int device = 0;  // its number among those of its kind
};

class arena {
 public:
  explicit arena(memory_source source = {}) : source_(source) {}

  /// Uninitialised memory for a tensor, aligned to memory_alignment, valid until the innermost open scope
  /// closes.
  template <class T, class... Extents>
  view<T, int(sizeof...(Extents))> take(Extents... extents) {
    view<T, int(sizeof...(Extents))> tensor{nullptr, {dim(extents)...}};
    tensor.data = static_cast<T*>(take_bytes(std::size_t(tensor.size()) * sizeof(T)));
    return tensor;
  }

  /// While it lives, what is taken is its own; at its end all of that is given back.
  class scope {
   public:
    explicit scope(arena& owner) : owner_(owner), block_(owner.block_), used_(owner.used_) {}
    ~scope() { owner_.block_ = block_, owner_.used_ = used_; }
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;

   private:
    arena& owner_;
    std::size_t block_, used_;
  };

  scope open() { return scope(*this); }

  /// Bytes held from the system.
  std::size_t capacity() const {
    std::size_t bytes = 0;
    for (const block& b : blocks_) bytes += b.size;
    return bytes;
  }

 private:
  static constexpr std::size_t smallest_block = std::size_t{1} << 20, largest_step = std::size_t{64} << 20;

  struct block {
    std::unique_ptr<void, void (*)(void*)> memory;
    std::size_t size;
  };

  void* take_bytes(std::size_t bytes) {
    bytes = (bytes + memory_alignment - 1) / memory_alignment * memory_alignment;
    while (block_ < blocks_.size() && used_ + bytes > blocks_[block_].size) ++block_, used_ = 0;
    if (block_ == blocks_.size()) {
      // As much again as there is: a network's hundreds of tensors are few blocks.
      const std::size_t size = std::max(bytes, std::clamp(capacity(), smallest_block, largest_step));
      blocks_.push_back({{source_.allocate(source_.device, size), source_.release}, size});
    }
    void* memory = static_cast<std::byte*>(blocks_[block_].memory.get()) + used_;
    used_ += bytes;
    return memory;
  }

  memory_source source_;
  std::vector<block> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

}  // namespace eev
