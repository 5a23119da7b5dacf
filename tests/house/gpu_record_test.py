#!/usr/bin/env python3
"""In: made-up records of what has run on GPUs. Out: CMake sees in them whether `--device auto` may take one."""
import pathlib
import subprocess
import tempfile
import unittest

import script

results = script.load("gpu/results.py")


class Record(unittest.TestCase):
    ROWS = ["command/doctor,,yes,0.1,,,abc,2026-11-26", "command/predict,bf16,yes,1.0,0.03,0.006,abc,2026-11-26"]

    def passed(self, *records):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for number, rows in enumerate(records):
                (folder / f"{number}.csv").write_text("\n".join([",".join(results.COMMAND_COLUMNS), *rows, ""]))
            (folder / "ask.cmake").write_text(
                f"include({script.TOOLS.parent}/cmake/eevPassedOnGpu.cmake)\nfile(GLOB files {folder}/*.csv)\n"
                "eev_passed_on_gpu(passed ${files})\nmessage(STATUS ${passed})\n")
            return subprocess.run(["cmake", "-P", folder / "ask.cmake"], capture_output=True, text=True,
                                  check=True).stdout.strip("- \n")

    def test_every_check_of_one_gpu_has_to_have_passed(self):
        self.assertEqual(self.passed(self.ROWS), "true")
        for word in ("no", "not run"):
            failed = [self.ROWS[0], self.ROWS[1].replace("yes", word)]
            self.assertEqual(self.passed(failed), "false")
            self.assertEqual(self.passed(failed, self.ROWS), "true")

    def test_whether_it_decodes_does_not_matter(self):
        self.assertEqual(self.passed([*self.ROWS, "command/decode,fp32,not run,,,,abc,2026-11-26"]), "true")

    def test_without_a_record_nothing_has_passed(self):
        self.assertEqual(self.passed(), "false")
        self.assertEqual(self.passed([]), "false")


if __name__ == "__main__":
    unittest.main()
