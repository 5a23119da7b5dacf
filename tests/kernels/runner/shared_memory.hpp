// In:  the arrays that a block declares.  Out: their memory: full of not-a-number, with forbidden ground
// between them. Rests on: sanitizers.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "failure.hpp"
#include "sanitizers.hpp"

namespace eev::runner {

/// What every GPU from compute capability 8.0 on has for a block, how much of it may be static, and and what
/// those from 8.0 on have that data centres buy.
inline constexpr std::size_t most_shared_bytes = 99 * 1024, most_static_bytes = 48 * 1024,
                             most_shared_in_teams = 163 * 1024;

class shared_memory {
 public:
  /// `dynamic` bytes of at most `most` are asked for by the launch, at the beginning.
  shared_memory(std::size_t dynamic, std::size_t most) : dynamic_(dynamic), most_(most), size_(2 * most) {
    require_that(dynamic <= most, "a launch asks for ", dynamic, " bytes of dynamic shared memory; at most ",
                 most, " are everywhere");
    memory_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, size_)));
    clear();
  }
  ~shared_memory() { allow(memory_.get(), size_); }
  shared_memory(const shared_memory&) = delete;
  shared_memory& operator=(const shared_memory&) = delete;

  /// As a new block finds it. All bits set is not-a-number in every floating-point type, so whoever reads
  /// what nobody wrote will be found out.
  void clear() {
    arrays_.clear();
    used_ = dynamic_;
    allow(memory_.get(), size_);
    std::memset(memory_.get(), 0xff, size_);
    forbid(memory_.get() + dynamic_, size_ - dynamic_);
  }

  void* dynamic() const { return memory_.get(); }

  /// The static array of one declaration, told from others by the address `place`.
  void* array(const void* place, std::size_t bytes) {
    unchecked bookkeeping;
    for (const auto& known : arrays_)
      if (known.place == place) return memory_.get() + known.offset;
    static_bytes_needed(bytes);
    const std::size_t offset = round_up(used_ + redzone);
    used_ = offset + bytes;
    arrays_.push_back({place, offset, bytes});
    allow(memory_.get() + offset, bytes);
    return memory_.get() + offset;
  }

 private:
  struct declared {
    const void* place;
    std::size_t offset, bytes;
  };
  struct release_memory {
    void operator()(std::byte* memory) const { std::free(memory); }
  };

  static constexpr std::size_t alignment = 128, redzone = 128;

  static std::size_t round_up(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

  void static_bytes_needed(std::size_t bytes) const {
    for (const auto& known : arrays_) bytes += known.bytes;
    require_that(bytes <= most_static_bytes && bytes + dynamic_ <= most_, "a kernel declares ", bytes,
                 " bytes of static shared memory beside ", dynamic_, " dynamic ones; at most ",
                 most_static_bytes, ", and ", most_, " of both");
  }

  std::size_t dynamic_, most_, size_, used_ = 0;
  std::unique_ptr<std::byte, release_memory> memory_;
  std::vector<declared> arrays_;
};

}  // namespace eev::runner
