#!/usr/bin/env python3
"""In: a made-up eev whose GPU goes wrong on purpose. Out: tools/gpu-check's checks of the command find each mistake."""
import array
import csv
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import script

checks = script.load("gpu/command_checks.py")
carried = script.load("gpu/carried.py")

SCORES = [[0.25 + 0.01 * row + 0.002 * column for column in range(15)] for row in range(40)]
GPU = "Some GPU"


class MadeUp:
    """Answers as eev does; `change` makes of the numbers that the CPU computes those of the GPU."""

    def __init__(self, folder, change=lambda what, numbers: numbers, name=GPU):
        self.folder, self.change, self.name = pathlib.Path(folder), change, name
        self.complaints = ""
        self.called = []

    def __call__(self, action, *arguments):
        self.called.append(action)
        options = dict(zip(arguments, arguments[1:]))
        return getattr(self, action, lambda options, change: "")(
            options, self.change if options.get("--device") == "cuda" else lambda what, numbers: numbers)

    def new_folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def doctor(self, options, change):
        return json.dumps({"devices": [{"name": "cuda:0", "available": True, "what": f"{self.name}, driver"}]})

    def predict(self, options, change):
        rows = change("decode" if options["--decode"] == "cuda" else "predict", [list(row) for row in SCORES])
        if isinstance(rows, str):
            rows, self.complaints = SCORES, rows
        return "video,seconds\n" + "".join(f"clip,{row[0]}," + ",".join(map(str, row)) + "\n" for row in rows)

    def extract(self, options, change):
        rows = change("extract", [list(row) for row in SCORES])
        data = array.array("f", sum(rows, [])).tobytes()
        tensor = {"dtype": "F32", "shape": [len(rows), 15], "data_offsets": [0, len(data)]}
        header = json.dumps({"__metadata__": {"eev.id": "clip"}, "visual": tensor, "audio": tensor})
        (options["--output"] / "test-000.safetensors").write_bytes(
            len(header).to_bytes(8, "little") + header.encode() + data)
        return ""

    def train(self, options, change):
        rows = change("train", [[0.3, 0.1], [0.2, 0.2]])
        with open(options["--output"] / "log.csv", "w", newline="") as file:
            csv.writer(file).writerows([["train_loss", "val_pearson"], *rows])
        (options["--output"] / "best.safetensors").write_bytes(bytes(change("head", [1, 2, 3])))
        return ""


def planted(what, change):
    return lambda where, numbers: change(numbers) if where == what else numbers


def one_wrong(rows, difference):
    rows[17][3] += difference
    return rows


class Checks(unittest.TestCase):
    def setUp(self):
        def code(folder):
            (folder / checks.CODED).touch()
        for name, stand_in in (("need_nvdec", mock.Mock()), ("code", code)):
            patch = mock.patch.object(checks, name, stand_in)
            patch.start()
            self.addCleanup(patch.stop)

    def wrong(self, eev_change=lambda what, numbers: numbers, precisions=("fp32", "bf16"), **options):
        """The checks that fail, and their precisions."""
        with tempfile.TemporaryDirectory() as folder:
            rows = list(checks.rows(MadeUp(folder, eev_change, **options), "cuda", GPU, precisions))
        self.assertEqual({row["command"] for row in rows}, set(checks.CHECKS))
        return [(row["command"].removeprefix("command/"), row["precision"]) for row in rows if row["passed"] != "yes"]

    def test_the_same_numbers_pass(self):
        self.assertEqual(self.wrong(), [])

    def test_a_wrong_score_or_feature_fails(self):
        for what in ("predict", "extract"):
            for difference, failing in ((1e-6, []), (1e-3, ["fp32"]), (0.2, ["fp32", "bf16"])):
                change = planted(what, lambda rows: one_wrong(rows, difference))
                self.assertEqual(self.wrong(change), [(what, precision) for precision in failing])

    def test_many_scores_a_little_wrong_fail_in_bfloat16(self):
        scaled = planted("predict", lambda rows: [[1.03 * score for score in row] for row in rows])
        self.assertEqual(self.wrong(scaled, ["bf16"]), [("predict", "bf16")])

    def test_what_is_no_number_or_missing_fails(self):
        for what, change in (("predict", lambda rows: one_wrong(rows, float("nan"))),
                             ("extract", lambda rows: rows[:-1]),
                             ("train", lambda rows: [[0.3, "nan"], [0.2, 0.1]])):
            self.assertEqual(self.wrong(planted(what, change), ["bf16"]), [(what, "bf16")])

    def test_what_nobody_foresaw_fails_and_the_others_go_on(self):
        for mistake in (struct.error, TypeError, AttributeError, RuntimeError):
            def change(numbers):
                raise mistake("unforeseen")
            self.assertEqual(self.wrong(planted("predict", change), ["bf16"]), [("predict", "bf16")])

    def test_training_has_to_learn_and_to_give_the_same_bits_twice(self):
        self.assertEqual(self.wrong(planted("train", lambda rows: rows[::-1]), ["fp32"]), [("train", "fp32")])
        runs = iter(range(9))
        self.assertEqual(self.wrong(planted("head", lambda numbers: [next(runs)]), ["fp32"]), [("train", "fp32")])

    def test_a_video_that_the_gpu_decodes_has_nearly_the_same_scores(self):
        for difference, failing in ((5e-4, []), (2e-3, [("decode", "fp32")]), (float("nan"), [("decode", "fp32")])):
            self.assertEqual(self.wrong(planted("decode", lambda rows: one_wrong(rows, difference))), failing)
        fell_back = planted("decode", lambda rows: "warning: clip.mp4: decoded on the CPU: the GPU does not")
        self.assertEqual(self.wrong(fell_back), [("decode", "fp32")])

    def test_without_a_decoder_its_check_does_not_run(self):
        checks.need_nvdec.side_effect = checks.Missing("libnvcuvid.so.1")
        with tempfile.TemporaryDirectory() as folder:
            self.assert_not_decoded(folder)

    def test_without_a_clip_that_a_gpu_decodes_its_check_does_not_run(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(checks, "code"):
            self.assert_not_decoded(folder)

    def assert_not_decoded(self, folder):
        passed = {row["command"]: row["passed"] for row in checks.rows(MadeUp(folder), "cuda", GPU, ["fp32"])}
        self.assertEqual(passed.pop("command/decode"), "not run")
        self.assertEqual(set(passed.values()), {"yes"})

    def test_what_the_cpu_computes_is_computed_once_and_may_be_carried_along(self):
        with tempfile.TemporaryDirectory() as folder:
            there, again = MadeUp(folder), MadeUp(folder)
            checks.prepare(there)
            checks.prepare(again)
            self.assertEqual(again.called, ["convert"] * len(checks.NETWORKS))
            self.assertEqual({row["passed"] for row in checks.rows(again, "cuda", GPU, ["fp32"])}, {"yes"})

    def test_another_gpu_is_not_the_one_that_is_meant(self):
        self.assertEqual(self.wrong(name="Other GPU"), [("doctor", "")])

    def outcomes(self, program):
        with tempfile.TemporaryDirectory() as folder:
            return {row["passed"] for row in checks.rows(program and program(folder), "cuda", GPU, ["fp32"])}

    def test_what_could_not_run_is_told_from_what_failed(self):
        def runs(code):
            return lambda folder: checks.Program(sys.executable, {}, folder, 0) if code is None else Ends(folder, code)

        class Ends(MadeUp):
            def __init__(self, folder, problem):
                super().__init__(folder)
                self.problem = problem

            def demo(self, options, change):
                raise self.problem
        self.assertEqual(self.outcomes(None), {"not run"})
        self.assertEqual(self.outcomes(runs(subprocess.TimeoutExpired("eev", 1))), {"not run"})
        self.assertEqual(self.outcomes(runs(checks.Wrong("ended with 3"))), {"no"})
        self.assertEqual(self.outcomes(runs(None)), {"no"})  # Python finds no file named demo


class Carried(unittest.TestCase):
    def test_a_program_runs_from_what_was_packed_of_it(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for part in ("packed", "unpacked"):
                (folder / part).mkdir()
            carried.pack(pathlib.Path(shutil.which("strip")), folder / "packed", folder / "command.tar.xz")
            program, environment = carried.unpack(folder / "command.tar.xz", folder / "unpacked")
            found = carried.needed(program, folder / "unpacked")
            self.assertTrue(any(library.startswith("libbfd") for library in found), found)
            self.assertEqual(found, {library: folder / "unpacked" / library for library in found})
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
