#include "matrix.hpp"

#include <doctest/doctest.h>

#include "runner.hpp"

using namespace eev;

namespace {

struct alignas(16) matrices {
  __nv_bfloat16 a[16][16], b[16][8], b_by_columns[8][16];
  float product[16][8];

  matrices() {  // small whole numbers: everything is exact
    for (int i = 0; i < 16; ++i)
      for (int k = 0; k < 16; ++k) a[i][k] = __float2bfloat16_rn(float((5 * i + 3 * k) % 11 - 5));
    for (int k = 0; k < 16; ++k)
      for (int j = 0; j < 8; ++j)
        b_by_columns[j][k] = b[k][j] = __float2bfloat16_rn(float((7 * k + 2 * j) % 9 - 4));
    for (int i = 0; i < 16; ++i)
      for (int j = 0; j < 8; ++j) {
        product[i][j] = float(i - j);  // what D begins with
        for (int k = 0; k < 16; ++k) product[i][j] += __bfloat162float(a[i][k]) * __bfloat162float(b[k][j]);
      }
  }
};

std::uint32_t pair(__nv_bfloat16 low, __nv_bfloat16 high) {
  return low.bits | std::uint32_t(high.bits) << 16;
}

// The tables of the PTX ISA 9.2, section 9.7.14.5.8, element by element as they are printed there.
int row_of_a(int lane, int i) { return i < 2 || (4 <= i && i < 6) ? lane / 4 : lane / 4 + 8; }
int column_of_a(int lane, int i) { return i < 4 ? lane % 4 * 2 + (i & 1) : lane % 4 * 2 + (i & 1) + 8; }
int row_of_b(int lane, int i) { return i < 2 ? lane % 4 * 2 + (i & 1) : lane % 4 * 2 + (i & 1) + 8; }
int column_of_b(int lane) { return lane / 4; }
int row_of_c(int lane, int i) { return i < 2 ? lane / 4 : lane / 4 + 8; }
int column_of_c(int lane, int i) { return lane % 4 * 2 + (i & 1); }

}  // namespace

TEST_CASE("mma.sync multiplies the matrices whose fragments lie where the PTX ISA says") {
  const matrices m;
  int right = 0;
  runner::run_kernel(1, 32, 0, [&] {
    const int lane = threadIdx.x;
    const auto a_pair = [&](int i) {
      return pair(m.a[row_of_a(lane, i)][column_of_a(lane, i)],
                  m.a[row_of_a(lane, i + 1)][column_of_a(lane, i + 1)]);
    };
    const auto b_pair = [&](int i) {
      return pair(m.b[row_of_b(lane, i)][column_of_b(lane)], m.b[row_of_b(lane, i + 1)][column_of_b(lane)]);
    };
    const std::uint32_t a[4] = {a_pair(0), a_pair(2), a_pair(4), a_pair(6)};
    float d[4];
    for (int i = 0; i < 4; ++i) d[i] = float(row_of_c(lane, i) - column_of_c(lane, i));
    cuda::mma_16x8x16(d, a, b_pair(0), b_pair(2));
    for (int i = 0; i < 4; ++i) right += d[i] == m.product[row_of_c(lane, i)][column_of_c(lane, i)];
  });
  CHECK(right == 128);
}

TEST_CASE("ldmatrix makes the fragments that mma.sync wants, of rows or, transposed, of columns") {
  const matrices m;
  for (bool transposed : {false, true}) {
    int right = 0;
    runner::run_kernel(1, 32, 0, [&] {
      const int lane = threadIdx.x;
      std::uint32_t a[4], b[2];
      cuda::ldmatrix(a, &m.a[lane % 16][lane / 16 * 8]);
      if (transposed)
        cuda::ldmatrix_transposed(b, &m.b[lane % 16][0]);
      else
        cuda::ldmatrix(b, &m.b_by_columns[lane % 8][lane / 8 % 2 * 8]);
      float d[4];
      for (int i = 0; i < 4; ++i) d[i] = float(row_of_c(lane, i) - column_of_c(lane, i));
      cuda::mma_16x8x16(d, a, b[0], b[1]);
      for (int i = 0; i < 4; ++i) right += d[i] == m.product[row_of_c(lane, i)][column_of_c(lane, i)];
    });
    CHECK(right == 128);
  }
}

TEST_CASE("one, two and four matrices are loaded from the rows of the first 8, 16 and 32 lanes") {
  alignas(16) std::uint16_t rows[32][8];
  for (int i = 0; i < 256; ++i) rows[i / 8][i % 8] = std::uint16_t(i);
  const auto plain = [&](int m, int lane) { return std::uint32_t(rows[8 * m + lane / 4][lane % 4 * 2]); };
  const auto turned = [&](int m, int lane) { return std::uint32_t(rows[8 * m + lane % 4 * 2][lane / 4]); };
  int right = 0;
  runner::run_kernel(1, 32, 0, [&] {
    const int lane = threadIdx.x;
    std::uint32_t one[1], two[2], four[4];
    const auto count = [&](auto& registers, const auto& expected) {
      for (int m = 0; m < int(std::size(registers)); ++m)
        right += (registers[m] & 0xffffu) == expected(m, lane);
    };
    cuda::ldmatrix(one, rows[lane % 8]), count(one, plain);
    cuda::ldmatrix(two, rows[lane % 16]), count(two, plain);
    cuda::ldmatrix(four, rows[lane]), count(four, plain);
    cuda::ldmatrix_transposed(one, rows[lane % 8]), count(one, turned);
    cuda::ldmatrix_transposed(two, rows[lane % 16]), count(two, turned);
    cuda::ldmatrix_transposed(four, rows[lane]), count(four, turned);
  });
  CHECK(right == 2 * (1 + 2 + 4) * 32);
}

TEST_CASE("rows that are not aligned to 16 bytes are refused") {
  alignas(16) std::uint16_t rows[16][8] = {};
  CHECK_THROWS_WITH_AS(runner::run_kernel(1, 32, 0,
                                          [&] {
                                            std::uint32_t one[1];
                                            cuda::ldmatrix(one, &rows[threadIdx.x % 8][1]);
                                          }),
                       doctest::Contains("points to a row that is not aligned to 16 bytes"), runner::failure);
  CHECK_THROWS_WITH_AS(runner::run_kernel(1, 32, 0, [&] { cuda::cp_async_16(rows[0], &rows[1][1]); }),
                       doctest::Contains("not aligned to 16 bytes"), runner::failure);
}

TEST_CASE("an asynchronous copy is not a number until it is waited for, and zeros if it is not valid") {
  alignas(16) const float from[4] = {1, 2, 3, 4};
  alignas(16) float copied[4] = {9, 9, 9, 9}, cleared[4] = {9, 9, 9, 9};
  runner::run_kernel(1, 1, 0, [&] {
    cuda::cp_async_16(copied, from);
    cuda::cp_async_commit();
    cuda::cp_async_16(cleared, from, false);
    cuda::cp_async_commit();
    cuda::cp_async_wait<2>();
    CHECK(std::isnan(copied[0]));
    cuda::cp_async_wait<1>();
    CHECK(copied[3] == 4);
    CHECK(std::isnan(cleared[0]));
    cuda::cp_async_wait<0>();
    CHECK(cleared[0] == 0);
  });
}
