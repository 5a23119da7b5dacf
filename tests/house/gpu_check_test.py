#!/usr/bin/env python3
"""In: made-up outcomes and times. Out: tools/gpu-check makes the right lines of them, and loses none."""
import pathlib
import sys
import tempfile
import unittest

import script

check = script.load("gpu-check")
results = check.results

ROOF = {"stem": "roof", "what": "copy", "precision": "bytes", "batch": "0", "seconds": "3e12", "share_of_roof": "1"}


def measured(stem, seconds, what=None, batch="64"):
    return {"stem": stem, "what": what or stem, "precision": "bf16", "batch": batch, "seconds": str(seconds),
            "share_of_roof": "0.5"}


class Rows(unittest.TestCase):
    def test_a_ratio_above_1_means_that_eev_is_faster(self):
        peer = {"what": "swin-large", "precision": "bf16", "batch": "64", "peer": "torch.compile", "seconds": "0.02"}
        row, = results.benchmark_rows([measured("networks", 0.01, "swin-large")], [peer], "abc", "2026-11-24")
        self.assertEqual((row["ratio"], row["eev"], row["peer_value"]), ("2.000", "6400", "3200"))
        self.assertEqual(set(row), set(results.BENCHMARK_COLUMNS))

    def test_another_batch_or_precision_is_no_peer(self):
        peer = {"what": "swin-large", "precision": "bf16", "batch": "8", "peer": "torch.compile", "seconds": "0.02"}
        row, = results.benchmark_rows([measured("networks", 0.01, "swin-large")], [peer], "abc", "2026-11-24")
        self.assertNotIn("peer", row)

    def test_roofs_are_kept_with_their_units(self):
        row, = results.benchmark_rows([ROOF], [], "abc", "2026-11-24")
        self.assertEqual((row["eev"], row["unit"]), ("3e12", "B/s"))

    def test_every_kernel_has_a_line_even_if_nothing_of_it_ran(self):
        outcomes = {"gru": {"passed": "yes", "memcheck": "no"}}
        gru, norm = results.kernel_rows(["gru", "layer_norm"], outcomes, [ROOF, measured("gru", 2e-6),
                                                                         measured("gru", 3e-6, "more")], "abc", "today")
        self.assertEqual((gru["passed"], gru["memcheck"], gru["racecheck"], gru["microseconds"]),
                         ("yes", "no", "not run", "3.0"))
        self.assertEqual((norm["passed"], norm.get("microseconds")), ("not run", None))


class Overview(unittest.TestCase):
    def test_what_never_ran_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            rows = results.kernel_rows(["gru", "layer_norm"], {"gru": {"passed": "no"}}, [], "abc", "today")
            results.write(path / "some-gpu" / "kernels.csv", results.KERNEL_COLUMNS, rows)
            text = results.overview(path, ["gru", "layer_norm", "linear"], ["command/train"])
        never = text.split("## Never run on a GPU")[1]
        self.assertNotIn("gru", never)
        self.assertIn("- `layer_norm`\n- `linear`\n- `command/train`", never)
        self.assertIn("| gru | no |", text)

    def test_checks_of_the_command_have_a_table(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            results.write(path / "some-gpu" / "kernels.csv", results.KERNEL_COLUMNS, [])
            results.write(path / "some-gpu" / "command.csv", results.COMMAND_COLUMNS,
                          [{"command": "command/train", "precision": "fp32", "passed": "no", "commit": "abc"},
                           {"command": "command/predict", "precision": "fp32", "passed": "not run"}])
            text = results.overview(path, [], ["command/predict", "command/train"])
        self.assertIn("| command/train | fp32 | no |  |  |  | abc |  |", text)
        self.assertTrue(text.endswith("## Never run on a GPU\n\n- `command/predict`\n"), text)

    def test_without_results_it_says_so(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("No GPU has run anything", results.overview(pathlib.Path(folder), ["gru"], []))

    def test_the_committed_overview_is_that_of_the_committed_files(self):
        self.assertEqual((check.RESULTS / "README.md").read_text(),
                         results.overview(check.RESULTS, results.kernel_stems(check.ROOT), check.command_checks.CHECKS),
                         "run tools/gpu-check --report and commit what it makes")

    def test_a_gpu_has_a_folder(self):
        self.assertEqual(results.folder_of("NVIDIA H100 80GB HBM3"), "nvidia-h100-80gb-hbm3")


class Steps(unittest.TestCase):
    def outcome_of(self, code, limit=30):
        return check.outcome([sys.executable, "-c", code], limit)[0]

    def test_outcomes_are_told_apart(self):
        self.assertEqual(self.outcome_of("print('[doctest] test cases: 3 | 3 passed')"), "yes")
        self.assertEqual(self.outcome_of("import sys; print('test cases: 3'); sys.exit(9)"), "no")
        self.assertEqual(self.outcome_of("print('[doctest] test cases: 0 | 0 passed')"), "not run")
        self.assertEqual(self.outcome_of("import time; time.sleep(30)", 0.5), "not run")

    def test_lines_that_came_before_the_time_was_up_are_kept(self):
        code = "import time; print('roof,copy,bytes,0,1,1', flush=True); print('halfway', flush=True); time.sleep(30)"
        lines = check.lines_of([sys.executable, "-c", code], ["stem", "what", "precision", "batch", "seconds", "share"], 3)
        self.assertEqual([line["what"] for line in lines], ["copy"])

    def test_more_than_may_travel_is_refused(self):
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(check.MOST_BYTES + 1)
            with self.assertRaises(SystemExit):
                check.check_size([pathlib.Path(file.name)])

    def test_every_kernel_has_a_test_of_its_name(self):
        for stem in results.kernel_stems(check.ROOT):
            self.assertTrue((check.ROOT / f"tests/kernels/{stem}_test.cpp").exists(), stem)


if __name__ == "__main__":
    unittest.main()
