// In:  work that is begun in the stream of a GPU.  Out: how long it takes, and its share of what this GPU can
// do, measured in the same run.  Rests on: eev::cuda, the CUDA runtime.
//
// Events enclose each call, and a memset of 256 MB goes before them. It takes an H100 some 90 us, in which
// the host begins the call: what the events tell is the GPU's time, not that of the launch. And the call
// finds nothing of its inputs in L2, but what others have written there, as behind an earlier kernel; so does
// the copy that the roof is taken from, and tools/gpu/peers.py times PyTorch in the same way. Small copies
// are told beside the roof: they show how much of it work can reach whose tensors L2 could hold.
//
// Every line of the output is one measurement: stem,what,precision,batch,seconds,share_of_roof.
#pragma once

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <cuda_runtime.h>

#include <eev/cuda/device.hpp>

namespace eev::bench {

inline void check(cudaError_t status) {
  require(status == cudaSuccess, "cuda: ", cudaGetErrorString(status));
}

template <class T>
constexpr const char* precision_of = sizeof(T) == 2 ? "bf16" : "fp32";

/// What one call of the work must do at the least.
struct amount {
  double flops = 0, bytes = 0;
};

class meter {
 public:
  explicit meter(cuda::device& device) : device(device) {
    for (cudaEvent_t& event : events_) check(cudaEventCreate(&event));
    check(cudaMalloc(&swept_, swept_bytes));
  }
  ~meter() {
    cudaFree(swept_);
    for (cudaEvent_t event : events_) cudaEventDestroy(event);
  }
  meter(const meter&) = delete;
  meter& operator=(const meter&) = delete;

  cuda::device& device;
  bool quiet = false;  // measures, and tells nobody

  /// The median of at least 11 calls, and of as many as 0.2 s allow, after 3 that are not counted: seconds.
  double seconds_of(const std::function<void()>& work) {
    for (int i = 0; i < 3; ++i) work();
    std::vector<double> times;
    for (double sum = 0; times.size() < 11 || (sum < 0.2 && times.size() < 201); sum += times.back()) {
      check(cudaMemsetAsync(swept_, 0, swept_bytes, device.stream()));
      check(cudaEventRecord(events_[0], device.stream()));
      work();
      check(cudaEventRecord(events_[1], device.stream()));
      check(cudaEventSynchronize(events_[1]));
      float milliseconds = 0;
      check(cudaEventElapsedTime(&milliseconds, events_[0], events_[1]));
      times.push_back(milliseconds / 1e3);
    }
    std::ranges::nth_element(times, times.begin() + times.size() / 2);
    return times[times.size() / 2];
  }

  /// The roofs: a copy that counts bytes read and written, and products of each precision.
  void set_roofs(double bytes, double float32, double bfloat16) {
    bytes_ = bytes, float32_ = float32, bfloat16_ = bfloat16;
  }

  /// The share is that of the roof which is nearer.
  void report(const char* stem, const std::string& what, const char* precision, dim batch, amount least,
              const std::function<void()>& work) {
    const double seconds = seconds_of(work);
    const double flops = std::string(precision) == "bf16" ? bfloat16_ : float32_;
    if (quiet) return;
    const double share = std::max(least.flops / seconds / flops, least.bytes / seconds / bytes_);
    std::printf("%s,%s,%s,%lld,%.9g,%.4f\n", stem, what.c_str(), precision, static_cast<long long>(batch),
                seconds, share);
    std::fflush(stdout);
  }

  /// A tensor of values between -0.5 and 0.5, or bytes from 0 to 250; none the same as its neighbour.
  template <class T, class... Extents>
  auto filled(Extents... extents) {
    return made<T>(value_at<T>, extents...);
  }
  /// The same values as a network's parameters, which live as long as the device: it has rounded them, too.
  auto kept(dim size) {
    std::vector<float> values(size);
    for (dim i = 0; i < size; ++i) values[i] = value_at<float>(i);
    return device.keep(values);
  }
  template <class... Extents>
  auto constant(float value, Extents... extents) {
    return made<float>([&](dim) { return value; }, extents...);
  }

 private:
  template <class T>
  static T value_at(dim i) {
    if constexpr (std::is_integral_v<T>)
      return T(i * 7 % 251);
    else
      return T(float(i * 7919 % 10007) / 10007 - 0.5f);
  }
  template <class T, class Value, class... Extents>
  auto made(Value value, Extents... extents) {
    auto tensor = device.take<T>(extents...);
    std::vector<T> values(tensor.size());
    for (dim i = 0; i < tensor.size(); ++i) values[i] = value(i);
    device.upload(tensor.as(tensor.size()), view<const T, 1>{values.data(), {tensor.size()}});
    return tensor;
  }

  static constexpr std::size_t swept_bytes = std::size_t{256} << 20;  // some times the largest L2

  cudaEvent_t events_[2];
  void* swept_ = nullptr;
  double bytes_ = 1, float32_ = 1, bfloat16_ = 1;
};

/// Benches of one kernel file, or of a network; all of these have the stem `networks`. Each registers itself.
struct bench {
  const char* stem;
  void (*run)(meter&);
};
inline std::vector<bench>& benches() {
  static std::vector<bench> all;
  return all;
}
struct registered {
  registered(const char* stem, void (*run)(meter&)) { benches().push_back({stem, run}); }
};

}  // namespace eev::bench
