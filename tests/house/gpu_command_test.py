#!/usr/bin/env python3
"""In: a program. Out: what tools/gpu-check carries of it runs on its own."""
import pathlib
import subprocess
import tempfile
import unittest

import script

carried = script.load("gpu/carried.py")


class Carried(unittest.TestCase):
    def test_a_program_runs_from_what_was_packed_of_it(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for part in ("packed", "unpacked"):
                (folder / part).mkdir()
            carried.pack(pathlib.Path("/usr/bin/xz"), folder / "packed", folder / "command.tar.xz")
            program, environment = carried.unpack(folder / "command.tar.xz", folder / "unpacked")
            found = carried.needed(program, folder / "unpacked")
            self.assertEqual(found["liblzma.so.5"], folder / "unpacked/liblzma.so.5")
            self.assertNotIn("libc.so.6", found)
            subprocess.run([program, "--version"], env=environment, check=True, capture_output=True)

    def test_a_hollow_library_has_the_symbols_of_the_real_one(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            build = ["cc", "-shared", "-x", "c", "-", "-o", folder / "libreal.so"]
            subprocess.run(build, input="int table[3] = {1, 2, 3}; int call(void) { return 1; }", text=True, check=True)
            carried.hollow(folder / "libreal.so", "libhollow.so.1", folder)
            listed = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", folder / "libhollow.so.1"],
                                    capture_output=True, text=True, check=True).stdout
            self.assertEqual({line.split()[0] for line in listed.splitlines()}, {"table", "call"})


if __name__ == "__main__":
    unittest.main()
