"""In: labels. Out: the contract of `eev filter` holds."""
import unittest

from corpus import labels
from program import EXPRESSIONS, CommandTest


class Filter(CommandTest):
    def setUp(self):
        super().setUp()
        seconds = [0, 1, 0, 0.5, 0.5, 0, 1, 1, 0, 0, 0.25, 0]  # label row 6 k; in between something else
        self.seconds = seconds
        self.dense = [[seconds[k // 6] if k % 6 == 0 else 0.125] * 15 for k in range(6 * len(seconds) - 2)]
        self.write("labels.csv", labels(a=self.dense, short=self.dense[:30]))

    def filtered(self, name, *more):
        out, err = self.eev("filter", "labels.csv", "--filter", name, "--output", "out.csv", *more)
        return self.rows(self.read("out.csv")), out, err

    def test_the_middle_of_three_seconds_and_lines_between(self):
        (header, *rows), out, err = self.filtered("median")
        self.assertEqual(header, ["video", "seconds", *EXPRESSIONS])
        expected = [sorted(([0] + self.seconds + [0])[t:t + 3])[1] for t in range(len(self.seconds))] + [0]
        for k, row in enumerate(rows[:70]):
            t, step = divmod(k, 6)
            held = expected[min(t + 1, 11)]
            value = expected[t] + (held - expected[t]) * step / 6
            self.assertEqual(row[:3], ["a", f"{k / 6:.6f}", f"{value:.6f}"])
        self.assertEqual(out.splitlines()[0], "correlation with the original labels")
        self.assertEqual([line.split()[0] for line in out.splitlines()[1:]], EXPRESSIONS + ["mean", "over"])

    def test_what_is_too_short_is_left_as_it_is_with_a_warning(self):
        rows, _, err = self.filtered("gaussian")
        self.assertEqual([float(row[2]) for row in rows[71:]], [row[0] for row in self.dense[:30]])
        self.assertIn("warning: labels.csv: video 'short' has 5 seconds, fewer than 10", err)

    def test_the_result_is_labels_again(self):
        for name in ("butterworth", "gaussian", "median", "none"):
            self.filtered(name, "--format", "eev")
            self.eev("evaluate", "out.csv", "labels.csv")
            self.eev("filter", "out.csv", "--filter", "none")

    def test_stdout(self):
        _, out, _ = self.filtered("median")
        text, err = self.eev("filter", "labels.csv", "--filter", "median")
        self.assertEqual(text, self.read("out.csv"))
        self.assertIn(out, err)
        self.assertEqual(self.eev("filter", "labels.csv", "--filter", "median", "--quiet"), (text, ""))

    def test_bad_labels_and_usage(self):
        self.write("bad.csv", self.read("labels.csv").replace("short,166666", "short,166669"))
        self.assertIn("bad.csv, line 73", self.fails("filter", "bad.csv", "--filter", "median", "--output", "o", status=3))
        self.assertNotIn("o", self.names())
        for wrong in (["labels.csv"], ["labels.csv", "--filter", "mean"], ["--filter", "median"]):
            self.fails("filter", *wrong, status=2)
        self.assertIn("--filter", self.eev("filter", "--help")[0])


if __name__ == "__main__":
    unittest.main()
