"""In: predictions and labels. Out: the contract of `eev evaluate` holds."""
import json
import unittest

from corpus import labels
from program import EXPRESSIONS, CommandTest


def curve(rows, slope, offset=0.2):
    """Rows of 15 numbers: the odd expressions go down where the even ones go up."""
    return [[offset + slope * (-1) ** e * (k - rows / 2) / 100 for e in range(15)] for k in range(rows)]


class Evaluate(CommandTest):
    def score(self, *more, status=0):
        out, err = self.eev("evaluate", "predictions.csv", "labels.csv", "--format", "json", *more, status=status)
        return json.loads(out), err

    def test_json_and_table(self):
        self.write("labels.csv", labels(a=curve(12, 1), b=curve(20, 1)))
        self.write("predictions.csv", labels(b=curve(20, -0.5), a=curve(12, 2)))  # order does not matter
        score, err = self.score()
        self.assertEqual(list(score), ["mean", "videos", "expressions", "constant"])
        self.assertEqual(list(score["expressions"]), EXPRESSIONS)
        self.assertEqual((score["videos"], score["constant"], err), (2, "zero", ""))
        self.assertAlmostEqual(score["mean"], 0, places=5)
        table = self.eev("evaluate", "predictions.csv", "labels.csv")[0].splitlines()
        self.assertEqual([line.split()[0] for line in table], EXPRESSIONS + ["mean", "over"])
        self.write("predictions.csv", labels(a=curve(12, 2), b=curve(20, 2)))
        self.assertAlmostEqual(self.score()[0]["mean"], 1, places=5)

    def test_rates_are_joined_by_sixths_of_a_second(self):
        self.write("labels.csv", labels(a=curve(12, 1)))
        text = "video,seconds," + ",".join(EXPRESSIONS) + "\n"
        for k in range(120):  # 60 rows a second
            text += f"a,{k / 60:.6f}," + ",".join([f"{k / 1000:.6f}"] * 15) + "\n"
        self.write("predictions.csv", text)
        score, err = self.score()
        self.assertAlmostEqual(score["expressions"]["amusement"], 1)
        self.assertIn("108 rows are between or beyond the rows of the videos of labels.csv and ignored", err)
        self.assertNotIn("in no video", err)

    def test_labels_may_have_gaps_and_any_rate(self):
        all_rows = labels(a=curve(60, 0.5)).splitlines()
        self.write("predictions.csv", labels(a=curve(60, 1)))
        for name, kept, left_out in (("a gap", all_rows[:21] + all_rows[40:], 19),
                                     ("1 Hz", all_rows[:1] + all_rows[1::6], 50)):
            with self.subTest(name):
                self.write("labels.csv", "\n".join(kept) + "\n")
                score, err = self.score()
                self.assertAlmostEqual(score["mean"], 1, places=5)
                self.assertIn(f"eev: predictions.csv: {left_out} rows are between or beyond", err)
        # Ten seconds at 25 Hz, of which predictions go on for five: the rows after them have none.
        text = "video,seconds," + ",".join(EXPRESSIONS) + "\n"
        for k in range(250):
            text += f"a,{k / 25:.6f}," + ",".join([f"{k / 1000:.6f}"] * 15) + "\n"
        self.write("labels.csv", text)
        self.write("predictions.csv", labels(a=[[k / 100] * 15 for k in range(30)]))
        score, err = self.score(status=1)
        self.assertGreater(score["mean"], 0.99)
        self.assertIn("no prediction of 127 of the 250 rows of video 'a' in labels.csv", err)
        self.assertNotIn("ignored", err)

    def test_what_has_no_prediction_is_named_and_the_rest_scored(self):
        self.write("labels.csv", labels(a=curve(12, 1), b=curve(20, 1), c=curve(7, 1)))
        self.write("predictions.csv", labels(a=curve(12, 1), b=curve(15, 1), d=curve(9, 1)))
        score, err = self.score(status=1)
        self.assertEqual(score["videos"], 2)
        self.assertAlmostEqual(score["mean"], 1, places=5)
        self.assertIn("5 of the 20 rows of video 'b'", err)
        self.assertIn("no prediction of video 'c'", err)
        self.assertIn("9 rows are in no video", err)
        self.write("predictions.csv", labels(d=curve(9, 1)))
        self.fails("evaluate", "predictions.csv", "labels.csv", "--quiet", status=3, count=4)

    def test_constant_curves(self):
        flat = [[row[0] if e == 0 else 0.5 for e, value in enumerate(row)] for row in curve(12, 1)]
        self.write("labels.csv", labels(a=curve(12, 1)))
        self.write("predictions.csv", labels(a=flat))
        for constant, mean in (("zero", 1 / 15), ("minus-one", (1 - 14) / 15), ("skip", 1)):
            score = self.score("--constant", constant)[0]
            self.assertAlmostEqual(score["mean"], mean, places=5)
            self.assertEqual(score["constant"], constant)
        self.assertIsNone(self.score("--constant", "skip")[0]["expressions"]["anger"])
        table = self.eev("evaluate", "predictions.csv", "labels.csv", "--constant", "skip")[0]
        self.assertRegex(table, r"\nanger +-\n")
        self.assertNotIn("nan", table)

    def test_bad_rows_and_usage(self):
        good = labels(a=curve(12, 1))
        self.write("labels.csv", good)
        self.write("predictions.csv", good.replace(good.splitlines()[3], "a,333333" + ",nan" * 15))
        self.assertIn("predictions.csv, line 4", self.fails("evaluate", "predictions.csv", "labels.csv", status=3))
        self.write("labels.csv", good.replace("a,333333,", "a,166666,"))
        self.assertIn("labels.csv, line 4", self.fails("evaluate", "predictions.csv", "labels.csv", status=3))
        self.assertIn("gone.csv", self.fails("evaluate", "predictions.csv", "gone.csv", status=3))
        # What the header says, and EEV's files are not.
        rows = [line.split(",") for line in good.splitlines()]
        self.write("predictions.csv", good)
        self.write("labels.csv", "".join(",".join(row[:1] + [str(int(row[1]) // 1000) if row[1].isdigit() else row[1]]
                                                  + row[2:]) + "\n" for row in rows))
        self.assertIn("labels.csv: the 12 rows of video 'a' are all within 1833 us; expected about 6 a second",
                      self.fails("evaluate", "predictions.csv", "labels.csv", status=3))
        for read in ("predictions.csv", "labels.csv"):
            self.assertIn(f"that is {read}, which is read",
                          self.fails("evaluate", "predictions.csv", "labels.csv", "--output", f"./{read}", status=2))
        for wrong in ([], ["a.csv"], ["a.csv", "b.csv", "--format", "xml"], ["a.csv", "b.csv", "--constant", "one"]):
            self.fails("evaluate", *wrong, status=2)
        self.assertIn("--constant", self.eev("evaluate", "--help")[0])


if __name__ == "__main__":
    unittest.main()
