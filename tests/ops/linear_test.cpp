#include <cmath>
#include <cstring>
#include <limits>

#include <doctest/doctest.h>

#include <eev/cpu/linear.hpp>
#include <eev/reference/linear.hpp>

#include "close.hpp"

using namespace eev;
using namespace eev::test;

namespace {

struct linear_case {
  dim R, N, K;
};

/// y [R, N] of the cpu, which held `before`.
template <class Out, class In>
std::vector<Out> fast(int threads, const linear_case& p, const std::vector<float>& x,
                      const std::vector<float>& weight, const std::vector<float>& bias, epilogue after,
                      const std::vector<float>& before) {
  cpu::device device(threads);
  std::vector<Out> y(before.begin(), before.end());
  const std::vector<In> source(x.begin(), x.end());
  linear(device, shaped(y, p.R, p.N), shaped(source, p.R, p.K), device.pack<In>(weight, p.N, p.K),
         bias.empty() ? view<const float, 1>{} : shaped(bias, p.N), after);
  return y;
}

std::vector<double> exact(const linear_case& p, const std::vector<float>& x, const std::vector<float>& weight,
                          const std::vector<float>& bias, epilogue after, const std::vector<float>& before) {
  reference::device<double> device;
  auto y = as_double(before);
  const auto wide_bias = as_double(bias);
  linear(device, shaped(y, p.R, p.N), shaped(as_double(x), p.R, p.K), shaped(as_double(weight), p.N, p.K),
         bias.empty() ? view<const double, 1>{} : shaped(wide_bias, p.N), after);
  return y;
}

const linear_case linear_cases[] = {{1, 1, 1},    {3, 5, 7},      {7, 15, 33}, {98, 16, 64},
                                    {99, 17, 31}, {300, 65, 130}, {5, 513, 9}, {98, 300, 40}};
const epilogue epilogues[] = {epilogue::none, epilogue::relu, epilogue::gelu, epilogue::add};

template <class Out, class In>
void agrees_with_the_reference(double tolerance) {
  for (const linear_case& p : linear_cases)
    for (epilogue after : epilogues)
      for (dim biases : {p.N, dim(0)}) {
        INFO("y [", p.R, ", ", p.N, "], K ", p.K, ", epilogue ", int(after), ", bias ", biases);
        const auto x = stored_as<In>(random_values(p.R * p.K, 1)),
                   weight = stored_as<In>(random_values(p.N * p.K, 2));
        const auto bias = random_values(biases, 3), before = stored_as<Out>(random_values(p.R * p.N, 4));
        const auto expected = exact(p, x, weight, bias, after, before);
        CHECK(relative_difference(fast<Out, In>(2, p, x, weight, bias, after, before), expected) < tolerance);
      }
}

}  // namespace

TEST_CASE("a linear layer of the reference is the sum one writes by hand") {
  const std::vector<double> x{1, 2, 3}, weight{1, 10, 100, 1, 0, -1}, bias{1000, -5};
  reference::device<double> device;
  auto result = [&](epilogue after) {
    std::vector<double> y{7, 7};
    linear(device, shaped(y, 1, 2), shaped(x, 1, 3), shaped(weight, 2, 3), shaped(bias, 2), after);
    return y;
  };
  CHECK(result(epilogue::none) == std::vector<double>{1321, -7});
  CHECK(result(epilogue::relu) == std::vector<double>{1321, 0});
  CHECK(result(epilogue::add) == std::vector<double>{1328, 0});
  CHECK(result(epilogue::gelu)[0] == 1321);
  CHECK(std::abs(result(epilogue::gelu)[1] + 8.9586878041e-12) < 1e-16);  // -7 Phi(-7)
}

TEST_CASE("a linear layer of whole numbers on the cpu is exact") {
  for (const linear_case& p : linear_cases)
    for (epilogue after : {epilogue::none, epilogue::relu, epilogue::add}) {
      INFO("y [", p.R, ", ", p.N, "], K ", p.K, ", epilogue ", int(after));
      const auto x = whole_values(p.R * p.K, 1), weight = whole_values(p.N * p.K, 2),
                 bias = whole_values(p.N, 3);
      const auto before = whole_values(p.R * p.N, 4);
      const auto expected = exact(p, x, weight, bias, after, before);
      CHECK(largest_difference(fast<float, float>(2, p, x, weight, bias, after, before), expected) == 0);
      CHECK(largest_difference(fast<float, bfloat16>(2, p, x, weight, bias, after, before), expected) == 0);
      const std::vector<bfloat16> rounded(expected.begin(), expected.end());
      CHECK(largest_difference(fast<bfloat16, bfloat16>(2, p, x, weight, bias, after, before), rounded) == 0);
    }
}

TEST_CASE("a linear layer on the cpu agrees with the reference for every epilogue and type") {
  agrees_with_the_reference<float, float>(1e-5);
  agrees_with_the_reference<float, bfloat16>(1e-5);
  agrees_with_the_reference<bfloat16, bfloat16>(1.0 / 128);
}

TEST_CASE("a linear layer gives a row the same bits whatever the rows beside it and the threads") {
  const dim N = 300, K = 200, most = 300;
  const auto x = random_values(most * K, 5), weight = random_values(N * K, 6), bias = random_values(N, 7);
  const auto run = [&]<class T>(T, int threads, dim R) {
    return fast<T, T>(threads, {R, N, K}, {x.begin(), x.begin() + R * K}, weight, bias, epilogue::gelu,
                      std::vector<float>(R * N));
  };
  const auto same = [&](auto type) {
    const auto all = run(type, 2, most);
    for (int threads : {1, 2})
      for (dim R : {1, 7, 97, 98, 99, 300}) {
        INFO(R, " rows, ", threads, " threads");
        const auto some = run(type, threads, R);
        CHECK(std::memcmp(some.data(), all.data(), some.size() * sizeof(type)) == 0);
      }
  };
  same(float());
  same(bfloat16());
}

TEST_CASE("a linear layer of no rows does nothing, one of misfits is refused") {
  std::vector<float> x(6), y(4), bias(3);
  cpu::device device(1);
  const auto packed = device.pack<float>(random_values(6, 8), 2, 3);
  linear(device, shaped(y, 2, 2).slices(0, 0), shaped(x, 2, 3).slices(0, 0), packed, view<const float, 1>{});
  CHECK_THROWS_WITH_AS(
      linear(device, shaped(y, 2, 2), shaped(x, 2, 3), packed, shaped(bias, 3)),
      "linear: y [2, 2], x [2, 3], weight [2, 3], bias [3]; expected y [R, N], x [R, K], weight "
      "[N, K], bias [N]",
      error);
}

TEST_CASE("a not-a-number goes through ReLU, on both devices") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const linear_case p{.R = 1, .N = 2, .K = 2};
  const std::vector<float> x{nan, 1}, weight{1, 1, 0, 1}, bias{0, 0}, before{0, 0};
  for (const float y : fast<float, float>(1, p, x, weight, bias, epilogue::relu, before))
    CHECK(std::isnan(y));
  for (const double y : exact(p, x, weight, bias, epilogue::relu, before)) CHECK(std::isnan(y));
}

TEST_CASE("what a kernel of oneDNN throws in a loop over threads comes out of it as an error") {
  cpu::device device(2);
  const cpu::onednn::kernel nothing{cpu::onednn::primitive(nullptr), {}, {}, {}, {}, {}};
#pragma omp parallel for num_threads(2)
  for (int task = 0; task < 4; ++task) device.run(nothing, nullptr, nullptr, nullptr, nullptr);
  CHECK_THROWS_WITH_AS(device.finish_runs(), doctest::Contains("oneDNN could not run a kernel"), error);
  device.finish_runs();
}

TEST_CASE("bfloat16 is multiplied by oneDNN where the processor has all that it needs for that") {
  CHECK(cpu::multiplies_bfloat16(dnnl_cpu_isa_avx512_core_bf16));
  CHECK(cpu::multiplies_bfloat16(dnnl_cpu_isa_avx512_core_amx));
  for (const int sets : {dnnl_cpu_isa_sse41, dnnl_cpu_isa_avx2, dnnl_cpu_isa_avx512_core,
                         dnnl_cpu_isa_avx512_core_vnni, dnnl_cpu_isa_avx2_vnni})
    CHECK(!cpu::multiplies_bfloat16(sets));
}
