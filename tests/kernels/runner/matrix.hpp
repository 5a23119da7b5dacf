// In:  matrix fragments in the registers of a warp.  Out: what ldmatrix and mma.sync leave there.  Rests on:
// warp.
//
// The layouts are those of the PTX ISA 9.2, sections 9.7.14.5.8 (mma.m16n8k16, floating point)
// and 9.7.14.5.15 (ldmatrix). With group = lane / 4 and place = lane % 4, a register holding two columns, the
// lower half first:
//   A [16, 16]  register r of 4: row group + 8 (r % 2), columns 2 place + 8 (r / 2) and the next
//   B [16, 8]   register r of 2: rows 2 place + 8 r and the next, column group
//   C [16, 8]   float r of 4:    row group + 8 (r / 2), column 2 place + r % 2
// ldmatrix: lanes 8 m .. 8 m + 7 point to the rows of matrix m, 16 bytes each; register m of a lane then
// holds row group, columns 2 place and the next; with .trans rows and columns change places.
#pragma once

#include "intrinsics.hpp"
#include "warp.hpp"

namespace eev::runner {

inline float half_of(std::uint32_t pair, int which) {
  return __bfloat162float({std::uint16_t(which ? pair >> 16 : pair)});
}

/// given: 4 registers of A, 2 of B, 4 of C. received: 4 of D.
inline void multiply_16x8x16(const warp& lanes, unsigned) {
  using row_of_8 [[gnu::vector_size(32)]] = float;
  float a[16][16];
  row_of_8 b[16], d[16];
  for (int lane = 0; lane < warp_lanes; ++lane) {
    const int group = lane / 4, place = lane % 4;
    const auto& given = lanes[lane]->given;
    for (int half = 0; half < 2; ++half) {
      for (int r = 0; r < 4; ++r)
        a[group + 8 * (r % 2)][2 * place + 8 * (r / 2) + half] = half_of(given[r], half);
      for (int r = 0; r < 2; ++r) b[2 * place + 8 * r + half][group] = half_of(given[4 + r], half);
    }
    for (int r = 0; r < 4; ++r) d[group + 8 * (r / 2)][2 * place + r % 2] = __uint_as_float(given[6 + r]);
  }
  for (int row = 0; row < 16; ++row)
    for (int k = 0; k < 16; ++k) d[row] += a[row][k] * b[k];
  for (int lane = 0; lane < warp_lanes; ++lane)
    for (int r = 0; r < 4; ++r)
      lanes[lane]->received[r] = __float_as_uint(d[lane / 4 + 8 * (r / 2)][lane % 4 * 2 + r % 2]);
}

/// given: the 16 bytes that the lane points to. argument: how many matrices.
template <bool Transposed>
void distribute_matrices(const warp& lanes, unsigned) {
  const auto element = [&](int matrix, int row, int column) {
    return lanes[8 * matrix + row]->given[column / 2] >> (16 * (column % 2)) & 0xffffu;
  };
  for (int lane = 0; lane < warp_lanes; ++lane)
    for (int m = 0; m < lanes[lane]->argument; ++m) {
      const int group = lane / 4, first = lane % 4 * 2;
      lanes[lane]->received[m] = Transposed ? element(m, first, group) | element(m, first + 1, group) << 16
                                            : element(m, group, first) | element(m, group, first + 1) << 16;
    }
}

/// 16 bytes of the kernel's memory: here, and not in the exchange, so that the sanitizers see who reads what.
inline std::array<std::uint32_t, 4> read_row(const void* row, const std::source_location& place) {
  require_that(reinterpret_cast<std::uintptr_t>(row) % 16 == 0, "ldmatrix at ", place, ": lane ", lane(),
               " points to a row that is not aligned to 16 bytes");
  const auto* words = static_cast<const std::uint32_t*>(row);
  return {words[0], words[1], words[2], words[3]};
}

template <int Matrices, bool Transposed>
void load_matrices(std::uint32_t* registers, const void* row, const std::source_location& place) {
  auto& self = *block::running->current;
  if (lane() < 8 * Matrices) {
    const auto words = read_row(row, place);
    std::copy(words.begin(), words.end(), self.given.begin());
  }
  self.argument = Matrices;
  block::running->meet_in_warp(0xffffffffu, distribute_matrices<Transposed>, false, place);
  std::copy_n(self.received.begin(), Matrices, registers);
}

}  // namespace eev::runner

namespace eev::cuda {

/// d += a b, as kernels/device/ptx.cuh has it.
inline void mma_16x8x16(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1,
                        std::source_location place = std::source_location::current()) {
  auto& block = *runner::block::running;
  auto& self = *block.current;
  std::memcpy(&self.given[0], a, sizeof a);
  self.given[4] = b0, self.given[5] = b1;
  std::memcpy(&self.given[6], d, sizeof d);
  block.meet_in_warp(0xffffffffu, runner::multiply_16x8x16, false, place);
  std::memcpy(d, self.received.data(), sizeof d);
}

inline void ldmatrix(std::uint32_t (&registers)[1], const void* row,
                     std::source_location place = std::source_location::current()) {
  runner::load_matrices<1, false>(registers, row, place);
}
inline void ldmatrix(std::uint32_t (&registers)[2], const void* row,
                     std::source_location place = std::source_location::current()) {
  runner::load_matrices<2, false>(registers, row, place);
}
inline void ldmatrix(std::uint32_t (&registers)[4], const void* row,
                     std::source_location place = std::source_location::current()) {
  runner::load_matrices<4, false>(registers, row, place);
}
inline void ldmatrix_transposed(std::uint32_t (&registers)[1], const void* row,
                                std::source_location place = std::source_location::current()) {
  runner::load_matrices<1, true>(registers, row, place);
}
inline void ldmatrix_transposed(std::uint32_t (&registers)[2], const void* row,
                                std::source_location place = std::source_location::current()) {
  runner::load_matrices<2, true>(registers, row, place);
}
inline void ldmatrix_transposed(std::uint32_t (&registers)[4], const void* row,
                                std::source_location place = std::source_location::current()) {
  runner::load_matrices<4, true>(registers, row, place);
}

}  // namespace eev::cuda
