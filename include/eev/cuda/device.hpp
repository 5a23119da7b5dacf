// In:  the number of a GPU.  Out: its streams, scratch memory, parameters in its memory, copies to it and
// back. Rests on: core; the library eev::cuda.
//
// No header of the CUDA toolkit: any C++20 compiler reads this, and the library eev::cuda, which nvcc makes
// of kernels/, is linked. What an operation does is begun when it returns, and done after wait() or
// download().
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <eev/core/arena.hpp>
#include <eev/core/bfloat16.hpp>

struct CUstream_st;  // what cudaStream_t and cudaEvent_t point to
struct CUevent_st;

namespace eev::cuda {

struct library_state;  // what cuBLASLt and cuDNN keep for a device

class device {
 public:
  using scalar = float;
  template <class T>
  using matrix = view<const T, 2>;  ///< weights of a linear layer, [N, K]
  template <class T>
  using filters = view<const T, 4>;  ///< weights of a convolution, channels last: [N, height, width, C]

  /// GPU `number`. Throws eev::error if there is none, or if its driver or the GPU itself is too old.
  explicit device(int number = 0);
  ~device();
  device(const device&) = delete;
  device& operator=(const device&) = delete;

  int number() const { return number_; }
  const std::string& name() const { return name_; }
  CUstream_st* stream() const { return lane_->stream.get(); }
  library_state& libraries() const { return *libraries_; }

  /// May linear(), gru(), and what training has of both, round factors of float, as tensor cores want them?
  /// To bfloat16 in recurrences, to TF32 elsewhere; sums are of float. Not at first.
  bool rounds_factors() const { return rounds_factors_; }
  void round_factors(bool may) { rounds_factors_ = may; }

  /// Until everything that was begun is done.
  void wait();

  /// Begins `one` in the stream and `other` in a second one, which begins where the first one is; what is
  /// begun afterwards comes after both. Neither may touch what the other one writes, nor do this itself.
  template <class One, class Other>
  void side_by_side(One one, Other other) {
    auto& [first, second] = lanes_;
    require(lane_ == &first, "side_by_side: there are two streams, and both are taken");
    first.together = second.together = 0;
    record(first.mark, first);
    one();
    hold(second, first.mark);
    lane_ = &second;
    const auto join = [&] {
      lane_ = &first;  // before anything that may fail
      first.together = second.together = 0;
      record(second.mark, second);
      hold(first, second.mark);
    };
    try {
      other();
    } catch (...) {
      join();
      throw;
    }
    join();
  }

  /// Calls begin(), which begins a kernel of `blocks` that wait for each other. Such blocks do not go until
  /// all have come, and a GPU has `room` for so many at once: where those of both streams could fill it, the
  /// kernel waits for the other stream's.
  template <class Begin>
  void begin_together(dim blocks, dim room, Begin begin) {
    const lane& other = lanes_[lane_ == &lanes_[0]];
    if (other.together != 0 && other.together + blocks > room) hold(*lane_, other.together_done);
    begin();
    lane_->together = std::max(lane_->together, blocks);
    record(lane_->together_done, *lane_);
  }

  /// Scratch memory, as core/arena.hpp explains; each stream has its own. Operations run one after the other
  /// in a stream, so what a scope gives back may be taken again before the GPU has come so far.
  template <class U, class... Extents>
  auto take(Extents... extents) {
    return lane_->scratch.take<U>(extents...);
  }
  auto scope() {
    struct scopes {
      arena::scope first, second;
    };
    return scopes{lanes_[0].scratch.open(), lanes_[1].scratch.open()};
  }

  /// Parameters live as long as the device, and do not change.
  view<const float, 1> keep(const std::vector<float>& values) {
    const auto kept = stored<float>(values);
    rounded_[kept.data] = stored<bfloat16>(values).data;
    return kept;
  }
  template <class T>
  view<const T, 2> pack(const std::vector<float>& values, dim N, dim K) {
    return stored<T>(values).as(N, K);
  }
  template <class T>
  view<const T, 4> pack(const std::vector<float>& values, dim N, dim C, dim height, dim width);

  /// What keep() returned, rounded: libraries add a bias of bfloat16 to products of bfloat16. Null for
  /// others.
  const bfloat16* rounded(const float* kept) const {
    const auto found = rounded_.find(kept);
    return found == rounded_.end() ? nullptr : found->second;
  }

  /// Copies a tensor of the host's memory to the GPU, converting elements. `from` may be changed as soon as
  /// this returns.
  template <class To, class From, int Rank>
  void upload(view<To, Rank> to, view<From, Rank> from) {
    require(to.shape == from.shape, "upload: to ", to.shape, ", from ", from.shape,
            "; expected the same shape");
    in_pieces(to.size(), sizeof(To), [&](dim begin, dim count) {
      std::copy_n(from.data + begin, count, static_cast<To*>(free_staging()));
      send(to.data + begin, count * sizeof(To));
    });
  }

  /// Waits for the GPU and copies a tensor to the host's memory, converting elements.
  template <class To, class From, int Rank>
  void download(view<To, Rank> to, view<From, Rank> from) {
    require(to.shape == from.shape, "download: to ", to.shape, ", from ", from.shape,
            "; expected the same shape");
    in_pieces(to.size(), sizeof(From), [&](dim begin, dim count) {
      const void* here = fetch(from.data + begin, count * sizeof(From));
      std::copy_n(static_cast<const From*>(here), count, to.data + begin);
    });
  }

  /// Where what is taken next will lie, of each stream's memory.
  std::array<const void*, 2> next_scratch() {
    return {lanes_[0].scratch.take<std::byte>(0).data, lanes_[1].scratch.take<std::byte>(0).data};
  }

 private:
  using event = std::unique_ptr<CUevent_st, void (*)(CUevent_st*)>;

  /// A stream, up to where the other one waits for it, and the scratch memory of its work. Of kernels whose
  /// blocks wait for each other: the blocks of the largest since the streams parted, and the end of the last.
  struct lane {
    std::unique_ptr<CUstream_st, void (*)(CUstream_st*)> stream;
    event mark, together_done;
    arena scratch;
    dim together = 0;
  };
  void record(const event& here, const lane& of);
  void hold(const lane& held, const event& until);

  /// Memory that the GPU reads by itself, and the event that says when it has read it.
  struct staging {
    std::unique_ptr<void, void (*)(void*)> memory;
    event read;
  };
  static constexpr std::size_t staging_bytes = std::size_t{4} << 20;

  template <class Piece>
  static void in_pieces(dim size, std::size_t element, Piece piece) {
    const dim most = dim(staging_bytes / element);
    for (dim begin = 0; begin < size; begin += most) piece(begin, std::min(most, size - begin));
  }

  template <class T>
  view<const T, 1> stored(const std::vector<float>& values) {
    const auto memory = parameters_.take<T>(values.size());
    upload(memory, view<const float, 1>{values.data(), memory.shape});
    return memory;
  }

  static lane make_lane(int number);
  static staging make_staging();
  static event make_event();
  void* free_staging();                                    // staging_bytes that no copy reads any more
  void send(void* to, std::size_t bytes);                  // what free_staging() was filled with
  const void* fetch(const void* from, std::size_t bytes);  // waits until it is here

  int number_;
  bool rounds_factors_ = false;
  std::string name_;
  std::array<lane, 2> lanes_;
  lane* lane_ = &lanes_[0];
  std::array<staging, 2> staging_;  // one is filled while the other one is sent
  int turn_ = 0;
  arena parameters_;
  std::map<const float*, const bfloat16*> rounded_;
  std::unique_ptr<library_state, void (*)(library_state*)> libraries_;
};

template <class T>
view<const T, 4> device::pack(const std::vector<float>& values, dim N, dim C, dim height, dim width) {
  const view<const float, 4> filters{values.data(), {N, C, height, width}};
  std::vector<float> channels_last;
  channels_last.reserve(values.size());
  for (dim n = 0; n < N; ++n)
    for (dim y = 0; y < height; ++y)
      for (dim x = 0; x < width; ++x)
        for (dim c = 0; c < C; ++c) channels_last.push_back(filters(n, c, y, x));
  return stored<T>(channels_last).as(N, height, width, C);
}

}  // namespace eev::cuda
