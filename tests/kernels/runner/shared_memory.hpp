// In:  the arrays that a block declares.  Out: their memory: full of not-a-number, with forbidden ground
// behind each. Rests on: sanitizers.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "failure.hpp"
#include "sanitizers.hpp"

namespace eev::runner {

/// What every GPU from compute capability 8.0 on has for a block, how much of it may be static, and what
/// those from 8.0 on have that data centres buy.
inline constexpr std::size_t most_shared_bytes = 99 * 1024, most_static_bytes = 48 * 1024,
                             most_shared_in_teams = 163 * 1024;

class shared_memory {
 public:
  /// `dynamic` bytes of at most `most` are asked for by the launch, at the beginning.
  shared_memory(std::size_t dynamic, std::size_t most) : most_(most), dynamic_(dynamic) {
    require_that(dynamic <= most, "a launch asks for ", dynamic, " bytes of dynamic shared memory; at most ",
                 most, " are everywhere");
  }

  /// As a new block finds it. All bits set is not-a-number in every floating-point type, so whoever reads
  /// what nobody wrote will be found out.
  void clear() {
    dynamic_.fill();
    for (auto& known : arrays_) known.second.filled = false;
  }

  void* dynamic() const { return dynamic_.bytes.get(); }

  /// The static array of one declaration, told from others by the address `place`.
  void* array(const void* place, std::size_t bytes) {
    unchecked bookkeeping;
    auto known = std::ranges::find(arrays_, place, &std::pair<const void*, piece>::first);
    if (known == arrays_.end()) {
      static_bytes_needed(bytes);
      known = arrays_.emplace(known, place, bytes);
    }
    if (!known->second.filled) known->second.fill();
    return known->second.bytes.get();
  }

 private:
  /// Forbidden ground lies behind it.
  struct piece {
    explicit piece(std::size_t size) : size(size) {
      const std::size_t whole = (size + alignment - 1) / alignment * alignment + redzone;
      bytes.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, whole)));
      forbid(bytes.get() + size, whole - size);
    }
    void fill() {
      std::memset(bytes.get(), 0xff, size);
      filled = true;
    }

    struct release_memory {
      void operator()(std::byte* memory) const { std::free(memory); }
    };
    std::size_t size;
    std::unique_ptr<std::byte, release_memory> bytes;
    bool filled = false;  // for the block that runs now
  };

  /// As wide as what a block may have, so that an access rows away is found, too; none for the race checker,
  /// which does not look for such accesses.
  static constexpr std::size_t alignment = 128, redzone = race_checked ? 0 : most_shared_in_teams;

  void static_bytes_needed(std::size_t bytes) const {
    for (const auto& [_, known] : arrays_) bytes += known.size;
    require_that(bytes <= most_static_bytes && bytes + dynamic_.size <= most_, "a kernel declares ", bytes,
                 " bytes of static shared memory beside ", dynamic_.size, " dynamic ones; at most ",
                 most_static_bytes, ", and ", most_, " of both");
  }

  std::size_t most_;
  piece dynamic_;
  std::vector<std::pair<const void*, piece>> arrays_;
};

}  // namespace eev::runner
