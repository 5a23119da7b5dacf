#!/usr/bin/env python3
"""In: made-up outcomes and times. Out: tools/gpu-check makes the right lines of them, and loses none."""
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import script

check = script.load("gpu-check")
results = check.results

ROOF = {"stem": "roof", "what": "copy", "precision": "bytes", "batch": "0", "seconds": "3e12", "share_of_roof": "1"}


def measured(stem, seconds, what=None, batch="64"):
    return {"stem": stem, "what": what or stem, "precision": "bf16", "batch": batch, "seconds": str(seconds),
            "share_of_roof": "0.5"}


def peer(seconds, batch="64", name="torch.compile", precision="bf16"):
    return {"what": "networks swin-large", "precision": precision, "batch": batch, "peer": name, "seconds": str(seconds)}


class Rows(unittest.TestCase):
    def rows(self, own, peers):
        return list(results.side_by_side(results.benchmark_rows(own, peers, "abc", "2026-11-24")))

    def test_a_ratio_above_1_means_that_eev_is_faster(self):
        row, = self.rows([measured("networks", 0.01, "swin-large")], [peer(0.02)])
        self.assertEqual((row["ratio"], row["eev"], row["peer_value"]), ("2.000", "6400", "3200"))
        self.assertEqual(set(row), set(results.BENCHMARK_COLUMNS))

    def test_another_batch_or_precision_is_no_peer(self):
        for other in (peer(0.02, batch="8"), peer(0.02, precision="fp32")):
            own, alone = self.rows([measured("networks", 0.01, "swin-large")], [other])
            self.assertNotIn("peer", own)
            self.assertNotIn("eev", alone)

    def test_roofs_are_kept_with_their_units(self):
        row, = self.rows([ROOF], [])
        self.assertEqual((row["eev"], row["unit"]), ("3e12", "B/s"))

    def test_a_kernel_may_have_a_peer_too(self):
        row, = self.rows([measured("log_mel", 0.001, "log_mel of an hour", "1")],
                         [peer(0.002, "1") | {"what": "log_mel log_mel of an hour"}])
        self.assertEqual((row["what"], row["ratio"]), ("log_mel log_mel of an hour", "2.000"))

    def test_every_kernel_has_a_line_even_if_nothing_of_it_ran(self):
        outcomes = {"gru": {"passed": "yes", "memcheck": "no"}}
        gru, norm = results.kernel_rows(["gru", "layer_norm"], outcomes, [ROOF, measured("gru", 2e-6),
                                                                         measured("gru", 3e-6, "more")], "abc", "today")
        self.assertEqual((gru["passed"], gru["memcheck"], gru["racecheck"], gru["microseconds"]),
                         ("yes", "no", "not run", "3.0"))
        self.assertEqual((norm["passed"], norm.get("microseconds")), ("not run", None))


class Growth(unittest.TestCase):
    """What one run adds to what others have found."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def kernels(self, commit, outcomes, times=()):
        """(commit, passed, memcheck, racecheck, microseconds) of each line, once a run has added these outcomes."""
        record = results.Record(self.folder, commit)
        record.add_kernels(["gru"], {"gru": outcomes} if outcomes else {}, times)
        return [tuple(row[column] for column in ("commit", "passed", "memcheck", "racecheck", "microseconds"))
                for row in record.rows("kernels.csv")]

    def test_steps_at_one_commit_fill_one_line(self):
        self.assertEqual(self.kernels("new", {"passed": "yes"}), [("new", "yes", "not run", "not run", "")])
        self.kernels("new", {"passed": "not run", "memcheck": "yes"})
        self.kernels("new", {}, [measured("gru", 2e-6)])
        self.assertEqual(self.kernels("new", {}), [("new", "yes", "yes", "not run", "2.0")])
        self.assertEqual(self.kernels("new", {"passed": "no"}), [("new", "no", "yes", "not run", "2.0")])

    def test_a_line_of_an_older_commit_stays_until_the_newer_one_says_as_much(self):
        old = ("old", "yes", "yes", "not run", "2.0")
        self.assertEqual(self.kernels("old", {"passed": "yes", "memcheck": "yes"}, [measured("gru", 2e-6)]), [old])
        self.assertEqual(self.kernels("new", {}), [old])
        self.assertEqual(self.kernels("new", {"passed": "no"}), [old, ("new", "no", "not run", "not run", "")])
        self.kernels("new", {}, [measured("gru", 3e-6)])
        self.assertEqual(self.kernels("new", {"memcheck": "no"}), [("new", "no", "no", "not run", "3.0")])

    def test_a_check_of_the_command_that_ran_replaces_an_older_one(self):
        def add(commit, *passed):
            record = results.Record(self.folder, commit)
            record.add_command([{"command": "command/train", "precision": precision, "passed": word}
                                for precision, word in zip(["fp32", "bf16"], passed)])
            return [(row["precision"], row["commit"], row["passed"]) for row in record.rows("command.csv")]
        self.assertEqual(add("old", "yes", "not run"), [("fp32", "old", "yes"), ("bf16", "old", "not run")])
        self.assertEqual(add("new", "not run", "not run"), [("fp32", "old", "yes"), ("bf16", "new", "not run")])
        self.assertEqual(add("new", "no", "yes"), [("fp32", "new", "no"), ("bf16", "new", "yes")])

    def benchmarks(self, call, own=(), others=()):
        """(commit, eev, peer, its value, ratio), once these are added in a call: its commit, or what it was before."""
        record = results.Record(self.folder, call) if isinstance(call, str) else call
        record.add_benchmarks([measured("networks", seconds, "swin-large") for seconds in own], others)
        return [tuple(row[column] for column in ("commit", "eev", "peer", "peer_value", "ratio"))
                for row in record.rows("benchmarks.csv")]

    def test_a_peer_is_kept_until_the_same_call_measures_ours_too(self):
        call = results.Record(self.folder, "new")
        self.assertEqual(self.benchmarks(call, [], [peer(0.02)]), [("new", "", "torch.compile", "3200", "")])
        self.assertEqual(self.benchmarks(call, [0.01]), [("new", "6400", "torch.compile", "3200", "2.000")])
        self.assertEqual(self.benchmarks(call, [0.02]), [("new", "3200", "torch.compile", "3200", "1.000")])
        self.assertEqual([row[2:] for row in self.benchmarks(call, [], [peer(0.04, name="eager")])],
                         [("torch.compile", "3200", "1.000"), ("eager", "1600", "2.000")])

    def test_a_ratio_is_of_one_call(self):
        first = ("new", "6400", "torch.compile", "3200", "2.000")
        self.assertEqual(self.benchmarks("new", [0.01], [peer(0.02)]), [first])
        alone = ("new", "3200", "", "", "")
        self.assertEqual(self.benchmarks("new", [0.02]), [first, alone])
        self.assertEqual(self.benchmarks("new", [], [peer(0.04)]), [first, alone])
        eager = ("new", "1600", "eager", "1600", "1.000")
        self.assertEqual(self.benchmarks("new", [0.04], [peer(0.04, name="eager")]), [first, eager])
        self.assertEqual(self.benchmarks("new", [0.04], [peer(0.02)]),
                         [("new", "1600", "torch.compile", "3200", "0.500"), eager])

    def test_a_measurement_replaces_an_older_one_but_not_its_peers(self):
        self.assertEqual(self.benchmarks("old", [0.02]), [("old", "3200", "", "", "")])
        self.assertEqual(self.benchmarks("new", [0.01]), [("new", "6400", "", "", "")])
        with_peer = ("new", "6400", "torch.compile", "3200", "2.000")
        self.assertEqual(self.benchmarks("new", [0.01], [peer(0.02)]), [with_peer])
        call = results.Record(self.folder, "newer")
        self.assertEqual(self.benchmarks(call, [0.005]), [with_peer, ("newer", "12800", "", "", "")])
        self.assertEqual(self.benchmarks(call, [], [peer(0.02)]),
                         [("newer", "12800", "torch.compile", "3200", "4.000")])

    def test_peers_that_are_lacking_come_first(self):
        self.benchmarks("old", [0.02], [peer(0.02)])
        self.benchmarks("new", [0.02], [peer(0.02, name="eager")])
        rows = results.Record(self.folder, "new").rows("benchmarks.csv")
        names = [(("networks swin-large", "bf16", 64, name), ) for name in ("eager", "torch.compile", "another")]
        self.assertEqual([one[0][3] for one in results.lacking_first(names, rows, "new")],
                         ["another", "torch.compile", "eager"])

    def test_what_is_written_is_copied_to_where_it_comes_back_from(self):
        with tempfile.TemporaryDirectory() as out, mock.patch.dict(os.environ, OUT=out):
            self.kernels("new", {"passed": "yes"})
            self.assertEqual(pathlib.Path(out, "kernels.csv").read_text(), (self.folder / "kernels.csv").read_text())


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


if __name__ == "__main__":
    unittest.main()
