// In:  the stems to measure; none: all.  Out: a line for each measurement (meter.hpp), the roofs first. A
// bench that fails leaves a line on stderr, and exit 1 at the end.
// In:  --tune.  Out: the table of cuBLASLt's algorithms for the products that all of them have met.
#include <algorithm>
#include <cstring>

#include <eev/core/bfloat16.hpp>

#include "device/matrix_product.hpp"
#include "meter.hpp"

using namespace eev;

namespace {

template <class T>
double product_flops(bench::meter& meter, dim side) {
  auto scope = meter.device.scope();
  const auto a = meter.filled<T>(side, side), b = meter.filled<T>(side, side);
  auto y = meter.device.take<float>(side, side);
  const double seconds = meter.seconds_of([&] {
    cuda::multiply(meter.device, cuda::matrix_product(y, cuda::as_it_lies(a), cuda::transposed(b)));
  });
  return 2.0 * side * side * side / seconds;
}

void measure_roofs(bench::meter& meter) {
  auto scope = meter.device.scope();
  const dim bytes = dim{1} << 30;  // far more than L2
  auto from = meter.device.take<std::uint8_t>(bytes), to = meter.device.take<std::uint8_t>(bytes);
  const double copy = 2.0 * bytes / meter.seconds_of([&] {
    bench::check(cudaMemcpyAsync(to.data, from.data, bytes, cudaMemcpyDeviceToDevice, meter.device.stream()));
  });
  const double float32 = product_flops<float>(meter, 4096), half = product_flops<bfloat16>(meter, 8192);
  meter.set_roofs(copy, float32, half);
  std::printf("roof,copy,bytes,0,%.6g,1\nroof,product,fp32,0,%.6g,1\nroof,product,bf16,0,%.6g,1\n", copy,
              float32, half);
  std::fflush(stdout);
  for (dim size : {8, 32, 128})
    meter.report("copy", message("of ", size, " MB"), "bytes", 1, {0, 2.0 * (size << 20)}, [&] {
      bench::check(
          cudaMemcpyAsync(to.data, from.data, size << 20, cudaMemcpyDeviceToDevice, meter.device.stream()));
    });
}

/// True if all of them ran.
template <class Wanted>
bool run(bench::meter& meter, Wanted wanted) {
  bool all = true;
  for (const auto& bench : bench::benches()) {
    if (!wanted(bench.stem)) continue;
    try {
      auto scope = meter.device.scope();
      meter.device.round_factors(false);  // one that failed may have left it on
      bench.run(meter);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", bench.stem, error.what());
      all = false;
    }
  }
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    cuda::device device;
    bench::meter meter(device);
    if (count == 2 && std::strcmp(arguments[1], "--tune") == 0) {
      meter.quiet = true;
      const bool all = run(meter, [](const char*) { return true; });
      std::fputs(cuda::tune_products(device).c_str(), stdout);
      return all ? 0 : 1;
    }
    measure_roofs(meter);
    return run(meter,
               [&](const char* stem) {
                 const auto is_it = [&](const char* wanted) { return std::strcmp(wanted, stem) == 0; };
                 return count == 1 || std::any_of(arguments + 1, arguments + count, is_it);
               })
               ? 0
               : 1;
  } catch (const error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
