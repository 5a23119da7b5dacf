"""In: the built program. Out: whether `eev demo` makes all that it promises. Rests on: program.

With few clips: what the model is worth on the full corpus is in README.md.
"""
import json
import unittest

from program import DEMO_NOTE, EXPRESSIONS, CommandTest, read_safetensors

CONTESTANTS = ["both", "visual", "audio", "mean_curve"]


class DemoTest(CommandTest):
    def test_a_small_demo(self):
        out, _ = self.eev("demo", "--output", "made", "--clips", 2, "--seeds", 2, "--quiet")
        self.assertEqual([line.split()[0] for line in out.splitlines()[1:5]], CONTESTANTS)
        scores = json.loads(self.read("made/scores.json"))
        self.assertEqual(list(scores), CONTESTANTS)
        for score in scores.values():
            self.assertEqual(set(score), {"mean", "std"})
            self.assertTrue(-1 <= score["mean"] <= 1 and 0 <= score["std"] <= 1, scores)
        self.assertLess(abs(scores["mean_curve"]["mean"]), 0.3)
        self.assertEqual(self.names("made/seed-1"), ["audio", "both", "clips", "features", "test.csv", "training.csv",
                                                     "validation.csv", "visual"])
        self.assertEqual(self.names("made/seed-2/features"),
                         ["test-000.safetensors", "training-000.safetensors", "training-001.safetensors",
                          "validation-000.safetensors"])
        # Labels as EEV's, of the length of the clips, and other ones for each seed.
        rows = self.rows(self.read("made/seed-1/test.csv"))
        self.assertEqual(rows[0][2:], EXPRESSIONS)
        self.assertEqual(rows[2][:2], ["test-000", "166666"])
        self.assertNotEqual(self.read("made/seed-1/test.csv"), self.read("made/seed-2/test.csv"))

        report = self.read("made/report.html")
        for text in (DEMO_NOTE, "test-000", *EXPRESSIONS):
            self.assertIn(text, report)

        # The model is one that predict takes, and predicts what the demo scored.
        metadata, _, _ = read_safetensors(self.folder / "made/demo.safetensors")
        self.assertEqual(metadata["eev.note"], DEMO_NOTE)
        _, err = self.eev("predict", "made/seed-1/clips/test/test-000.mp4", "--weights", "made/demo.safetensors",
                          "--output", "out.csv")
        self.assertIn(DEMO_NOTE, err)
        self.assertEqual(len(self.rows(self.read("out.csv"))), len(rows))

    def test_bad_options(self):
        self.fails("demo", "--seeds", 0, status=2)
        self.fails("demo", "--clips", 1, status=2)
        for status, *wrong in ((2, "--device=reference", "--precision=bf16"), (3, "--device=cuda:7")):  # before anything is made
            self.eev("demo", "--output", "none", *wrong, status=status)
        self.assertEqual(self.names(), [])
        self.write("taken", "")
        self.assertIn("taken", self.fails("demo", "--output", "taken", status=3))


if __name__ == "__main__":
    unittest.main()
