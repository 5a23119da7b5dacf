// In:  registers of a warp, addresses in shared memory.  Out: what the PTX instructions ldmatrix, mma.sync
// and cp.async make of them.  Rests on: compute capability 8.0.
//
// The only inline assembly of eev. Every lane of the warp must call, at the same line. Who holds what is in
// the PTX ISA, and in tests/kernels/runner/matrix.hpp, which does the same without a GPU.
#pragma once

#include <cstdint>

namespace eev::cuda {

/// d += a b: A [16, 16] and B [16, 8] in bfloat16, D [16, 8] in float.
__device__ __forceinline__ void mma_16x8x16(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0,
                                            std::uint32_t b1) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

__device__ __forceinline__ std::uint32_t shared_address(const void* pointer) {
  return std::uint32_t(__cvta_generic_to_shared(pointer));
}

/// 8x8 matrices of 16-bit elements, one a register; lanes 8 m .. 8 m + 7 point to the rows of matrix m, 16
/// bytes each, aligned to 16 bytes.
__device__ __forceinline__ void ldmatrix(std::uint32_t (&registers)[1], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];"
               : "=r"(registers[0])
               : "r"(shared_address(row))
               : "memory");
}
__device__ __forceinline__ void ldmatrix(std::uint32_t (&registers)[2], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
               : "=r"(registers[0]), "=r"(registers[1])
               : "r"(shared_address(row))
               : "memory");
}
__device__ __forceinline__ void ldmatrix(std::uint32_t (&registers)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(registers[0]), "=r"(registers[1]), "=r"(registers[2]), "=r"(registers[3])
               : "r"(shared_address(row))
               : "memory");
}

/// The same, each matrix transposed.
__device__ __forceinline__ void ldmatrix_transposed(std::uint32_t (&registers)[1], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];"
               : "=r"(registers[0])
               : "r"(shared_address(row))
               : "memory");
}
__device__ __forceinline__ void ldmatrix_transposed(std::uint32_t (&registers)[2], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
               : "=r"(registers[0]), "=r"(registers[1])
               : "r"(shared_address(row))
               : "memory");
}
__device__ __forceinline__ void ldmatrix_transposed(std::uint32_t (&registers)[4], const void* row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(registers[0]), "=r"(registers[1]), "=r"(registers[2]), "=r"(registers[3])
               : "r"(shared_address(row))
               : "memory");
}

/// Begins to copy 16 bytes from global to shared memory; zeros unless `valid`. Both addresses are aligned to
/// 16 bytes, and `from` is one that could be read even if it is not.
__device__ __forceinline__ void cp_async_16(void* to, const void* from, bool valid = true) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from),
               "r"(valid ? 16 : 0)
               : "memory");
}

/// What was begun since the last commit becomes a group.
__device__ __forceinline__ void cp_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/// Waits until at most Pending of this thread's groups are not there. Other threads' copies need a barrier
/// too.
template <int Pending>
__device__ __forceinline__ void cp_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}

// ---- teams: blocks that launch_together() keeps running side by side ----

/// All threads of the team come, and later wait until all have come: what they wrote before they came is
/// there then. What a thread writes in between nobody waits for. `counter`, the team's, is 0 at first.
__device__ __forceinline__ void team_arrive(unsigned* counter) {
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(counter) : "memory");
  }
}

/// `blocks`: that have come to this and all earlier barriers, once they are all there. A look takes some
/// hundred cycles and a step some microseconds: who has looked for seconds waits for a block that cannot
/// come, and ends the kernel with an error.
__device__ __forceinline__ void team_wait(const unsigned* counter, unsigned blocks) {
  if (threadIdx.x == 0) {
    unsigned there = 0;
    for (unsigned looks = 0; there < blocks; ++looks) {
      if (looks == 1u << 24) __trap();
      asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(there) : "l"(counter) : "memory");
    }
  }
  __syncthreads();
}

}  // namespace eev::cuda
