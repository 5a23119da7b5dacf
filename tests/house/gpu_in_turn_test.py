#!/usr/bin/env python3
"""In: programs that get ready in their time, or never. Out: those that did are heard, in order, none beside another."""
import contextlib
import io
import sys
import time
import unittest
from unittest import mock

import script

in_turn = script.load("gpu/in_turn.py")

GETS_READY = "import sys, time; time.sleep({0}); print('ready', flush=True); sys.stdin.readline(); "
TELLS = GETS_READY + "begin = time.monotonic(); time.sleep(0.2); print({1!r}, begin, time.monotonic(), flush=True)"


class InTurn(unittest.TestCase):
    def heard(self, programs, seconds=60):
        """What programs {name: text} tell in so many seconds: (lines, complaints)."""
        commands = {name: [sys.executable, "-c", text] for name, text in programs.items()}
        with contextlib.redirect_stderr(io.StringIO()) as complaints:
            lines = list(in_turn.lines_of(commands, time.monotonic() + seconds))
        return lines, complaints.getvalue().splitlines()

    def test_each_goes_on_alone_in_order_when_all_are_ready(self):
        begin = time.monotonic()
        lines, complaints = self.heard({name: TELLS.format(seconds, name)
                                        for name, seconds in [("slow", 1), ("quick", 0), ("late", 0.5)]})
        self.assertEqual([line.split()[0] for line in lines], ["slow", "quick", "late"])
        times = [float(time) for line in lines for time in line.split()[1:]]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[0] - begin, 1)
        self.assertEqual(complaints, [])

    def test_one_that_fails_takes_no_other_with_it(self):
        lines, complaints = self.heard({"ends": "", "ends late": GETS_READY.format(0),
                                        "tells": "print('chatter', flush=True); " + TELLS.format(0, "tells")})
        self.assertEqual([line.split()[0] for line in lines], ["tells"])
        self.assertEqual(complaints, ["ends: did not get ready", "ends late: told nothing"])

    def test_one_that_is_not_ready_in_time_is_ended_before_the_others_go_on(self):
        with mock.patch.object(in_turn, "SECONDS_OF_EACH", 1):
            lines, complaints = self.heard({"never": "import time; time.sleep(60)", "tells": TELLS.format(0, "tells"),
                                            "hangs": GETS_READY.format(0) + "time.sleep(60)"}, 6)
        self.assertEqual([line.split()[0] for line in lines], ["tells"])
        self.assertEqual(complaints, ["never: did not get ready", "hangs: told nothing"])


if __name__ == "__main__":
    unittest.main()
