"""In: predictions, trained runs. Out: the contract of `eev ensemble` holds."""
import os
import shutil
import unittest

from corpus import TrainingTest, labels
from program import EXPRESSIONS


class Predictions(TrainingTest):
    def curves(self, name, **videos):
        self.write(name, labels(**{video: [[value] * 15] * rows for video, (rows, value) in videos.items()}))

    def test_the_mean(self):
        self.curves("a.csv", x=(7, 0.1), y=(3, 0.5))
        self.curves("b.csv", y=(3, 0.7), x=(7, 0.2))
        self.curves("c.csv", x=(7, 0.6), y=(3, 0))
        self.eev("ensemble", "a.csv", "b.csv", "c.csv", "--output", "out.csv")
        header, *rows = self.rows(self.read("out.csv"))
        self.assertEqual(header, ["video", "seconds", *EXPRESSIONS])
        self.assertEqual([row[:3] for row in rows], [["x", f"{k / 6:.6f}", "0.300000"] for k in range(7)]
                         + [["y", f"{k / 6:.6f}", "0.400000"] for k in range(3)])
        self.assertEqual(self.eev("ensemble", "a.csv", "b.csv", "c.csv", "--output", "-")[0], self.read("out.csv"))
        self.eev("ensemble", "a.csv", "--output", "eev.csv", "--format", "eev")
        self.assertTrue(self.read("eev.csv").startswith("Video ID,Timestamp (milliseconds),amusement"))

    def test_what_is_not_in_all_is_named(self):
        self.curves("a.csv", x=(7, 0.1), y=(3, 0.5))
        self.curves("b.csv", x=(7, 0.3), z=(3, 0.5))
        errors = self.fails("ensemble", "a.csv", "b.csv", "--output", "out.csv", status=1, count=2).splitlines()
        self.assertIn("b.csv: no video 'y'", errors[0])
        self.assertIn("a.csv: no video 'z'", errors[1])
        self.assertEqual({(row[0], row[2]) for row in self.rows(self.read("out.csv"))[1:]}, {("x", "0.200000")})
        self.curves("b.csv", x=(8, 0.3))
        self.assertIn("b.csv: video 'x' has 8 rows, but 7 in a.csv",
                      self.fails("ensemble", "a.csv", "b.csv", "--output", "o", status=3))
        self.curves("b.csv", w=(8, 0.3))
        self.fails("ensemble", "a.csv", "b.csv", "--output", "o", status=3, count=4)
        self.assertNotIn("o", self.names())

    def test_usage(self):
        for wrong in ([], ["a.csv"], ["--runs", "runs"], ["a.csv", "--runs", "runs"],
                      ["--runs", "runs", "--val-features", "features"]):
            self.fails("ensemble", *wrong, status=2)
        out = self.eev("ensemble", "--help")[0]
        for option in "--output --runs --top --val-features --val-labels".split():
            self.assertRegex(out, rf"\s{option}\s")


class Runs(TrainingTest):
    def rank(self, *more, status=0):
        out, err = self.eev("ensemble", "--runs", "runs", "--val-features", "features", "--val-labels", "val.csv", *more,
                            status=status)
        return self.rows(out), err

    def test_the_best_runs_are_listed_and_averaged(self):
        best = {}
        for seed, more in enumerate((["--dropout", "0"], [], ["--audio-units", "0"], ["--loss", "mse"])):
            run = f"runs/{seed}"
            self.train("--seed", str(seed), "--precision=fp32", *more, output=run, epochs=4)  # as the CPU scores
            best[run] = max(float(row[2]) for row in self.rows(self.read(run + "/log.csv"))[1:])
        (header, *rows), _ = self.rank("--top", "3", "--output", "out.csv")
        self.assertEqual(header, ["rank", "val_pearson", "run"])
        order = sorted(best, key=best.get, reverse=True)[:3]
        self.assertEqual([(rank, run) for rank, _, run in rows[:3]], [(str(i), run) for i, run in enumerate(order, 1)])
        for _, score, run in rows[:3]:
            self.assertAlmostEqual(float(score), best[run], delta=1e-5)
        self.assertEqual((rows[3][0], rows[3][2], len(rows)), ("ensemble", "mean of the 3", 4))
        table = self.eev("evaluate", "out.csv", "val.csv")[0]
        self.assertAlmostEqual(float(table.split("mean")[1].split()[0]), float(rows[3][1]), delta=1e-4)

        # Curves on stdout leave the list to stderr, as a CSV whatever the folders' names are.
        os.rename(self.folder / "runs/3", self.folder / "runs/3, again")
        curves, err = self.rank("--output", "-")
        self.assertEqual(curves[0][:2], ["video", "seconds"])
        self.assertIn('runs/3, again"\n', err)
        self.assertEqual({len(row) for row in self.rows(err[err.index("rank,"):])}, {3})
        os.rename(self.folder / "runs/3, again", self.folder / "runs/3")

        shown = self.on_terminal("ensemble", "--runs", "runs", "--val-features", "features", "--val-labels", "val.csv")
        self.assertRegex(shown.decode(), r"\r\[######-+\] run 2 of 4, \d\d:\d\d left  runs/1")

        shutil.copytree(self.folder / "runs/0", self.folder / "runs/damaged")
        self.write("runs/damaged/best.safetensors", b"damaged")
        rows, err = self.rank(status=1)
        self.assertEqual(len(rows), 6)
        self.assertIn("runs/damaged/best.safetensors", err)

    def test_no_runs(self):
        self.write("runs/readme", "")
        for folder in ("runs", "gone"):
            self.assertIn(folder, self.fails("ensemble", "--runs", folder, "--val-features", "features", "--val-labels",
                                             "val.csv", status=3))


if __name__ == "__main__":
    unittest.main()
