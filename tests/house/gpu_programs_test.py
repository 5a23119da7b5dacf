#!/usr/bin/env python3
"""In: a made-up tree. Out: what tools/gpu-check packs of it for a machine that lacks nearly everything."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import script

check = script.load("gpu-check")
programs = check.programs


class Packed(unittest.TestCase):
    """What --pack leaves, and what a dry run leaves of it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.carried, self.program = self.root / ".gpu-check", pathlib.Path(shutil.which("strip")).resolve()
        self.git("init", "--quiet")
        (self.root / "build").mkdir()
        (self.root / "source").write_text("first")
        (self.root / ".gitignore").write_text(".gpu-check/\nbuild/\n")
        self.git("add", ".")
        self.git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--message", "First")
        stand_ins = {"ROOT": self.root, "CARRIED": self.carried, "BUILD": self.root / "build", "build": self.build,
                     "COMMAND": self.carried / "command.tar.xz", "DEMO": self.carried / "demo.tar.xz",
                     "pack_command": lambda: (self.carried / "command.tar.xz").touch()}
        for patch in [mock.patch.multiple(programs, **stand_ins),
                      mock.patch("shutil.which", lambda name: name if name == "nvcc" else None)]:
            patch.start()
            self.addCleanup(patch.stop)

    def git(self, *words):
        return subprocess.run(["git", "-C", self.root, *words], check=True, capture_output=True, text=True).stdout

    def build(self, capability, limit):
        return [shutil.copy(self.program, self.root / "build" / name) for name in ("eev_gpu_tests", "eev_gpu_bench")]

    def names(self):
        return {path.name for path in self.carried.iterdir()}

    def test_what_is_packed_says_of_which_commit_it_is(self):
        programs.pack()
        head = self.git("rev-parse", "--short", "HEAD").strip()
        self.assertEqual(programs.commit(), head)
        self.assertLess({"eev_gpu_tests", "eev_gpu_bench", "command.tar.xz", "doctestConfig.cmake"}, self.names())
        (self.root / "bench/results").mkdir(parents=True)
        (self.root / "bench/results/kernels.csv").touch()
        programs.pack()
        self.assertEqual(programs.commit(), head)
        (self.root / "source").write_text("second")
        programs.pack()
        self.assertEqual(programs.commit(), head + "-changed")

    def test_what_could_not_be_packed_leaves_nothing_of_an_earlier_pack(self):
        programs.pack()
        with mock.patch.object(programs, "build", side_effect=ValueError), self.assertRaises(ValueError):
            programs.pack()
        self.assertEqual(self.names(), {"doctest", "doctestConfig.cmake"})

    def test_a_dry_run_leaves_what_is_packed(self):
        programs.pack()
        before = self.names()
        with mock.patch.object(sys, "argv", ["gpu-check", "--dry-run"]), \
                mock.patch.object(check, "rehearse", return_value=0):
            self.assertEqual(check.main(), 0)
        self.assertEqual(self.names(), before)


if __name__ == "__main__":
    unittest.main()
