#!/usr/bin/env python3
"""In: made-up steps and times. Out: tools/gpu-check does its steps in their order, and each has its time."""
import pathlib
import sys
import tempfile
import time
import unittest
from unittest import mock

import script

check = script.load("gpu-check")
results, runs, programs = check.results, check.runs, check.programs

ROOF = {"stem": "roof", "what": "copy", "precision": "bytes", "batch": "0", "seconds": "3e12", "share_of_roof": "1"}


def measured(stem, seconds, what=None, batch="64"):
    return {"stem": stem, "what": what or stem, "precision": "bf16", "batch": batch, "seconds": str(seconds),
            "share_of_roof": "0.5"}


class Steps(unittest.TestCase):
    def outcome_of(self, code, limit=30):
        return runs.outcome([sys.executable, "-c", code], limit)[0]

    def test_outcomes_are_told_apart(self):
        self.assertEqual(self.outcome_of("print('[doctest] test cases: 3 | 3 passed')"), "yes")
        self.assertEqual(self.outcome_of("import sys; print('test cases: 3'); sys.exit(9)"), "no")
        self.assertEqual(self.outcome_of("print('[doctest] test cases: 0 | 0 passed')"), "not run")
        self.assertEqual(self.outcome_of("import time; time.sleep(30)", 0.5), "not run")

    def test_lines_that_came_before_the_time_was_up_are_kept(self):
        code = "import time; print('roof,copy,bytes,0,1,1', flush=True); print('halfway', flush=True); time.sleep(30)"
        lines = runs.lines_of([sys.executable, "-c", code], check.MEASURED, 3)
        self.assertEqual([line["what"] for line in lines], ["copy"])

    def begun(self, seconds, steps):
        """What begins of steps (name, fewest, most, left to it), and with how many seconds; `fails` fails."""
        begun = []

        def step(name, seconds):
            begun.append((name, round(seconds)))
            if name == "fails":
                raise ValueError(name)
        steps = [(*one, lambda seconds, name=one[0]: step(name, seconds)) for one in steps]
        with mock.patch.object(check, "write_overview"), mock.patch("traceback.print_exc"):
            well = check.run_steps(steps, time.monotonic() + seconds)
        return begun, well

    def test_a_step_that_fails_leaves_the_next_one_its_turn(self):
        self.assertEqual(self.begun(100, [("fails", 1, 10, 0), ("last", 1, 10, 1)]),
                         ([("fails", 10), ("last", 100)], False))

    def test_steps_leave_something_to_those_after_them(self):
        steps = [("tests", 10, 110, 0), ("peers", 60, 1000, 60), ("bench", 10, 90, 75), ("sanitizers", 10, 1000, 30)]
        self.assertEqual(self.begun(90, steps), ([("tests", 54), ("bench", 60), ("sanitizers", 90)], True))
        self.assertEqual(self.begun(300, steps),
                         ([("tests", 110), ("peers", 195), ("bench", 90), ("sanitizers", 300)], True))
        self.assertEqual(self.begun(300, steps[1:3]), ([("peers", 225), ("bench", 300)], True))
        self.assertEqual(self.begun(300, steps[1:2]), ([("peers", 300)], True))
        self.assertEqual(self.begun(5, steps), ([], True))

    def limits(self, seconds, only, takes):
        """How long each program of a call may take, in its order; `takes` says how long it does, and the clock is
        made up."""
        clock, limits = [0.0], []

        def run(name, limit):
            limits.append((name, round(limit)))
            clock[0] += min(limit, takes[name])

        def lines_of(command, columns, limit):
            name = "peers" if "peers.py" in str(command[1]) else "networks" if "networks" in command else "kernels"
            run(name, float(command[2]) if name == "peers" else limit)
            return []

        def command(gpu, capability, seconds):
            run("command", seconds)
            return []
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(check, "RESULTS", pathlib.Path(folder)), \
                mock.patch.object(programs, "commit", lambda: "new"), mock.patch.object(check, "write_overview"), \
                mock.patch.object(check, "run_command", command), mock.patch.object(runs, "lines_of", lines_of), \
                mock.patch.object(runs, "test", lambda tests, jobs, seconds: run("tests", seconds) or {}), \
                mock.patch.object(check.time, "monotonic", lambda: clock[0]):
            steps = [step for step in check.Session("GPU", "90", "tests", "bench", []).steps() if step[0] in only]
            self.assertTrue(check.run_steps(steps, seconds))
        return limits

    def test_a_call_has_time_for_what_is_compiled_and_for_all_kernels(self):
        takes = {"tests": 1000, "command": 1000, "networks": 60, "peers": 1000, "kernels": 70}
        self.assertEqual(self.limits(200, ["tests", "command"], takes), [("tests", 110), ("command", 90)])
        (_, before), (_, peers), (_, after), (_, kernels) = self.limits(500, ["bench", "peers"], takes)
        self.assertGreaterEqual(min(before, after), 60)
        self.assertGreaterEqual(peers, 250)
        self.assertGreaterEqual(kernels, 75)

    def test_sanitizers_begin_where_they_have_not_passed(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(check, "RESULTS", pathlib.Path(folder)), \
                mock.patch.object(programs, "commit", lambda: "new"), mock.patch.object(runs, "test") as test:
            test.return_value = {}
            session = check.Session("GPU", "90", "tests", "bench", ["gate", "gru"])
            session.record.add_kernels(["gate", "gru"], {"gate": {"memcheck": "yes", "racecheck": "no"}})
            session.sanitize(30)
            self.assertEqual(test.call_args.args[1], [("gru", "memcheck"), ("gate", "racecheck"), ("gru", "racecheck"),
                                                      ("gate", "memcheck")])

    def test_a_check_of_the_command_is_written_down_before_the_next_one_begins(self):
        def rows(*arguments):
            yield {"command": "command/predict", "precision": "fp32", "passed": "yes"}
            written.extend(session.record.of_commit("command.csv"))
            raise KeyboardInterrupt
        written = []
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(check, "RESULTS", pathlib.Path(folder)), \
                mock.patch.object(programs, "commit", lambda: "new"), mock.patch.object(check, "run_command", rows):
            session = check.Session("GPU", "90", "tests", "bench", [])
            with self.assertRaises(KeyboardInterrupt):
                session.run_command(30)
        self.assertEqual([row["passed"] for row in written], ["yes"])

    def test_two_runs_of_the_same_that_differ_are_told(self):
        first = [ROOF, measured("networks", 0.01, "head"), measured("networks", 0.01, "vggish")]
        again = [ROOF | {"seconds": "1"}, measured("networks", 0.012, "head"), measured("networks", 0.0105, "vggish")]
        self.assertEqual(list(check.disagreements(first, again)),
                         ["head took 0.01 s and then 0.012 s: the GPU is not quiet"])

    def test_steps_have_names(self):
        self.assertEqual(check.steps_named("bench,peers"), ["bench", "peers"])
        with self.assertRaises(check.argparse.ArgumentTypeError):
            check.steps_named("bench,pears")

    def test_more_than_may_travel_is_refused(self):
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(programs.MOST_BYTES + 1)
            with self.assertRaises(SystemExit):
                programs.check_size([pathlib.Path(file.name)])

    def test_every_kernel_has_a_test_of_its_name(self):
        for stem in results.kernel_stems(check.ROOT):
            self.assertTrue((check.ROOT / f"tests/kernels/{stem}_test.cpp").exists(), stem)


if __name__ == "__main__":
    unittest.main()
