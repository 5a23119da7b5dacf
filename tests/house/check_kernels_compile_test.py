#!/usr/bin/env python3
"""In: PTX in text. Out: tools/check_kernels_compile.py finds what a kernel lacks."""
import unittest

import script

check = script.load("check_kernels_compile.py")

PTX = """
.visible .func other() { mma.sync; }
.entry _ZN3eev9attentionEPf(
  mma.sync.aligned ldmatrix.sync
.visible .entry _ZN3eev14attention_moreILi1EEvPf(
  cp.async.cg
"""


class Kernels(unittest.TestCase):
    def test_each_kernel_has_its_own_code(self):
        kernels = check.entries(PTX)
        self.assertEqual(list(kernels), ["_ZN3eev9attentionEPf", "_ZN3eev14attention_moreILi1EEvPf"])
        self.assertNotIn("cp.async", kernels["_ZN3eev9attentionEPf"])

    def test_what_a_kernel_lacks_is_found(self):
        kernels = check.entries(PTX)
        self.assertEqual(check.missing(kernels, {"attention": ["mma.sync", "ldmatrix"]}), [])
        self.assertEqual(check.missing(kernels, {"attention": ["mma.sync", "cp.async"]}),
                         ["_ZN3eev9attentionEPf: without cp.async"])
        self.assertEqual(check.missing(kernels, {"gru": ["mma.sync"]}), ["there is no kernel gru"])


if __name__ == "__main__":
    unittest.main()
