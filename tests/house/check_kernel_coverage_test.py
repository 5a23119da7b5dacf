#!/usr/bin/env python3
"""In: kernels in text, symbols of a program. Out: tools/check_kernel_coverage.py finds the kernel that was left out."""
import unittest

import script

coverage = script.load("check_kernel_coverage.py")

TEXT = """
// A __global__ function in a comment is none.
__global__ void plain(float* y) {}
template <class T>
__global__ void __launch_bounds__(threads, blocks_for(T(1)))
    bounded(T* y, int n) {}
"""
SYMBOLS = {1: ["void eev::cuda::(anonymous namespace)::bounded<float>(float*, int)"],
           2: ["void eev::cuda::(anonymous namespace)::bounded<__nv_bfloat16>(__nv_bfloat16*, int)"],
           3: ["eev::cuda::(anonymous namespace)::plain(float*)"],
           4: ["eev::cuda::(anonymous namespace)::plain_rows(float*)", "void eev::cuda::launch<float*>(char const*)"]}


class Coverage(unittest.TestCase):
    def test_kernels_are_read_from_the_text(self):
        self.assertEqual(coverage.names_in(TEXT), ["plain", "bounded"])

    def test_a_kernel_written_in_another_way_is_refused_rather_than_overlooked(self):
        with self.assertRaises(SystemExit):
            coverage.names_in("__global__ static void odd() {}")

    def test_all_launched_is_no_fault(self):
        self.assertEqual(coverage.never_run(["plain", "bounded"], SYMBOLS, {1, 2, 3}), [])

    def test_an_instance_that_was_not_launched_is_found(self):
        faults = coverage.never_run(["plain", "bounded"], SYMBOLS, {1, 3})
        self.assertEqual(len(faults), 1)
        self.assertIn("bounded<__nv_bfloat16>", faults[0])

    def test_a_kernel_that_the_program_lacks_is_found(self):
        self.assertEqual(coverage.never_run(["missing"], SYMBOLS, {1, 2, 3}),
                         ["missing: the tests do not even contain it"])


if __name__ == "__main__":
    unittest.main()
