"""In: features and labels. Out: the contract of `eev train` holds, and a run that is killed goes on to the bit."""
import csv
import json
import os
import random
import resource
import shutil
import signal
import sys
import time
import unittest

from corpus import TrainingTest, labels
from program import EXPRESSIONS, read_safetensors

KILLS = int(os.environ.get("EEV_KILLS", 3))


class Train(TrainingTest):
    def log(self, run="run"):
        return list(csv.DictReader(self.read(run + "/log.csv").splitlines()))

    def tensors(self, run):
        return [read_safetensors(self.folder / run / name)[1:] for name in ("best.safetensors", "last.safetensors")]

    def test_what_a_run_leaves(self):
        lines = self.train().splitlines()
        self.assertEqual(self.names("run"), ["best.safetensors", "config.json", "last.safetensors", "log.csv"])
        self.assertEqual(len(lines), 3, lines)
        for epoch, line in enumerate(lines, 1):
            self.assertRegex(line, rf"^eev: epoch {epoch} of 3: loss \d\.\d+, score -?\d\.\d+( \(best\))?, "
                                   r"rate [\d.e-]+, [\d.]+ clips/s, \d\d:\d\d left$")
        self.assertTrue(self.read("run/log.csv").startswith("epoch,train_loss,val_pearson,learning_rate,seconds\n"))
        log = self.log()
        self.assertEqual([row["epoch"] for row in log], ["1", "2", "3"])
        self.assertEqual(float(log[0]["learning_rate"]), 0.02)
        self.assertLess(float(log[2]["train_loss"]), float(log[0]["train_loss"]))
        config = json.loads(self.read("run/config.json"))
        for name, value in {"features": "features", "val_features": "features", "labels": "train.csv", "recipe": "default",
                            "epochs": 3, "loss": "l1", "mask_zero_rows": True, "milestones": [40, 80], "seed": 1,
                            "standardise": True}.items():
            self.assertEqual(config[name], value, name)
        self.assertNotIn("epoch", self.eev(*self.arguments("--quiet", output="quiet"))[1])

    def test_a_head_is_what_predict_reads(self):
        for name in ("swin-demo", "vggish-demo"):
            self.eev("convert", "formula:" + name, "--output", name)
        backbones = ["--visual-weights", "swin-demo", "--audio-weights", "vggish-demo"]
        for i in range(3):
            self.silent_video(f"v{i}.y4m", frames=20 + i)
        self.eev("extract", *(f"v{i}.y4m" for i in range(3)), "--output", "features", *backbones)
        rows = {f"v{i}": [[0.1 + 0.01 * (k % 9)] * 15 for k in range(60)] for i in range(3)}
        self.write("train.csv", labels(v0=rows["v0"], v1=rows["v1"]))
        self.write("val.csv", labels(v2=rows["v2"]))
        for video in ("train0", "val0"):
            for path in self.folder.glob("features/[tv]*[nl]?.safetensors"):
                path.unlink()
        self.train()
        metadata = read_safetensors(self.folder / "run/best.safetensors")[0]
        self.assertEqual((metadata["eev.visual"], metadata["eev.audio"], len(metadata["eev.visual_sha256"])),
                         ("swin-demo", "vggish-demo", 64))
        self.train("--head", "baseline", output="baseline")
        for head in ("run/best", "run/last", "baseline/best"):
            out = self.eev("predict", "v2.y4m", "--weights", f"{head}.safetensors", *backbones)[0]
            self.assertEqual(len(self.rows(out)), 1 + 66)
        self.assertEqual(read_safetensors(self.folder / "baseline/best.safetensors")[0]["eev.head"], "baseline")
        stored = (self.folder / "baseline/best.safetensors").read_bytes()
        (self.folder / "other.safetensors").write_bytes(stored.replace(b'"eev.head":"baseline"', b'"eev.head":"somebody"'))
        self.assertIn("holds a head of the kind 'baseline', but its metadata 'eev.head' say 'somebody'",
                      self.fails("predict", "v2.y4m", "--weights", "other.safetensors", *backbones, status=3))
        self.eev("convert", "formula:swin-demo", "--output", "swin-other")
        with open(self.folder / "swin-other", "r+b") as file:
            file.seek(-1, 2)
            file.write(b"\x3c")
        self.assertIn("eev.visual_sha256", self.fails("predict", "v2.y4m", "--weights", "run/best.safetensors",
                                                      "--visual-weights", "swin-other", *backbones[2:], status=3))

    def test_what_the_built_in_networks_extract_makes_heads_that_predict_by_themselves(self):
        for i in range(2):
            self.silent_video(f"v{i}.y4m", frames=20)
        self.eev("extract", "v0.y4m", "v1.y4m", "--output", "own")
        rows = [[0.1 + 0.01 * (k % 9)] * 15 for k in range(60)]
        self.write("own/train.csv", labels(v0=rows)), self.write("own/val.csv", labels(v1=rows))
        files = ["--features=own", "--labels=own/train.csv", "--val-labels=own/val.csv"]
        for modality, other in (("visual", "audio"), ("audio", "visual"), ("both", "")):
            with self.subTest(modality):
                units = [f"--{name}-units={0 if name == other else 4}" for name in ("visual", "audio")]
                self.eev("train", *files, "--output", modality, "--epochs=1", *units)
                out, err = self.eev("predict", "v1.y4m", "--weights", f"{modality}/best.safetensors", "--format=json")
                networks = {"visual": "swin-demo + ", "audio": "vggish-demo + ", "both": "swin-demo + vggish-demo + "}
                self.assertEqual(json.loads(out)["model"], f"{networks[modality]}{modality}/best.safetensors")
                self.assertEqual(len(json.loads(out)["videos"][0]["seconds"]), 60)

    def test_killed_at_any_moment_a_run_goes_on_to_the_same_weights(self):
        start = time.monotonic()
        self.train(output="whole", epochs=8)
        length = time.monotonic() - start
        moments, kills = random.Random(1), 0
        for number in range(KILLS):
            run = f"run{number}"
            for _ in range(3):  # up to three times each
                process = self.start(*self.arguments("--resume", output=run, epochs=8))
                time.sleep(moments.uniform(0, length))
                process.send_signal(signal.SIGKILL)
                kills += process.wait() == -signal.SIGKILL
                process.communicate()
            self.train("--resume", output=run, epochs=8)
            self.assertEqual(self.tensors(run), self.tensors("whole"), run)
            rows = [[{**row, "seconds": ""} for row in self.log(name)] for name in (run, "whole")]
            self.assertEqual(*rows)
            self.assertEqual(self.names(run), self.names("whole"))
        print(f"{KILLS} runs of {length:.2f} s were killed {kills} times", file=sys.stderr)
        self.assertGreater(kills, 0)

    def test_threads_and_an_interruption_change_nothing(self):
        self.train(output="one")
        self.train("--threads", "2", "--resume", output="two")
        self.assertEqual(self.tensors("one"), self.tensors("two"))
        process = self.start(*self.arguments(output="stopped", epochs=100000))
        while not (self.folder / "stopped/log.csv").exists():
            time.sleep(0.01)
        process.terminate()
        self.assertEqual(process.wait(), 143)
        process.communicate()
        self.assertIn("epochs is '100000'", self.fails(*self.arguments("--resume", output="stopped"), status=3))

    def test_a_run_is_not_begun_over_another(self):
        self.train()
        self.assertIn("--resume", self.fails(*self.arguments(), status=3))
        self.assertEqual(self.train("--resume").count("goes on after epoch 3 of 3"), 1)
        self.assertEqual(len(self.log()), 3)

    def test_two_processes_do_not_write_to_one_folder(self):
        first = self.start(*self.arguments(output="run", epochs=100000))
        while not (self.folder / "run/config.json").exists():
            time.sleep(0.01)
        for more in ([], ["--resume"]):
            self.assertIn("eev: run: another process of eev is writing there",
                          self.fails(*self.arguments(*more), status=3))
        first.kill()
        first.communicate()
        shutil.rmtree(self.folder / "run")
        (self.folder / "run").mkdir()
        self.train()

    def test_labels_that_say_nothing_are_refused(self):
        self.write("train.csv", labels(**{f"train{i}": [[0.0] * 15] * 60 for i in range(6)}))
        self.assertIn("train.csv: all 60 rows to learn from are zero", self.fails(*self.arguments(), status=3))
        self.assertNotIn("run", self.names())
        self.train("--no-mask-zero-rows")

    def test_labels_far_beyond_the_features_are_told_of(self):
        text = self.read("train.csv").splitlines()
        self.write("train.csv", "\n".join(line for line in text if not line.startswith("train0,")) + "\n"
                   + labels(train0=[[0.5 + 0.4 * (k % 7) / 7] * 15 for k in range(3000)]).split("\n", 1)[1])
        told = "train.csv: more than 10 s of labels after the features end, of 1 video: train0"
        self.assertEqual(self.train().count(told), 1)

    def test_recipe_paper_and_its_quirks(self):
        self.train("--recipe", "paper", "--dropout", "0", "--clip-seconds", "60")
        config = json.loads(self.read("run/config.json"))
        for name, value in {"audio_index": "drift", "overrunning_starts": True, "doubled_l1": True, "milestones": [40, 80],
                            "mask_zero_rows": False, "score_epsilon": 1e-6, "authors_ccc": True, "standardise": False,
                            "clip_norm": 0, "dropout": 0, "validate_every": 3}.items():
            self.assertEqual(config[name], value, name)
        self.assertEqual([bool(row["val_pearson"]) for row in self.log()], [False, False, True])
        self.train("--recipe", "paper", "--mask-zero-rows", "--audio-index", "aligned", "--loss", "ccc", output="other")
        config = json.loads(self.read("other/config.json"))
        self.assertEqual((config["mask_zero_rows"], config["audio_index"]), (True, "aligned"))

    def test_videos_on_one_side_only_are_named(self):
        self.features("lonely", [[0.0] * 5] * 9, [[0.0] * 3] * 9)
        (self.folder / "features/train3.safetensors").unlink()
        err = self.train()
        self.assertIn("train.csv: no features in features of 1 video: train3", err)
        self.assertIn("features: no labels of 1 video: lonely", err)
        self.write("train.csv", labels(x=[[0.5] * 15] * 9))
        self.assertIn("train.csv: none of its 1 videos has features in features",
                      self.fails(*self.arguments(output="none"), status=3))
        self.assertNotIn("none", self.names())

    def test_bad_input_is_named_and_nothing_is_begun(self):
        good = self.read("train.csv")
        row = good.splitlines()[9]
        def refused(*more, **options):
            error = self.fails(*self.arguments(*more, output="bad", **options), status=3)
            self.assertNotIn("bad", self.names())
            return error
        for bad in ("nan", "1.5", "-0.1"):
            self.write("train.csv", good.replace(row, ",".join(row.split(",")[:-1] + [bad])))
            self.assertRegex(refused(), r"train.csv, line 10, video .train0.: triumph is")
        self.write("train.csv", good.replace(row + "\n", ""))
        self.assertRegex(refused(), r"train.csv, line 10, .*without gaps")
        self.write("train.csv", good)
        rows = [[0.0] * 5] * 20, [[0.0] * 3] * 20
        for path, visual, metadata, expected in (
                ("train1", [[0.0] * 4] * 20, None, "rows of 4, expected 5"),
                ("train1", [[0.0] * 5, [0, 0, float("inf"), 0, 0]], None, "tensor 'visual', row 1"),
                ("train1", rows[0], {"eev.rate": "6"}, "has 6 rows a second, expected 1"),
                ("train1", rows[0], {"eev.rate": "fast"}, "eev.rate"),
                ("train1", rows[0], {"eev.visual": "swin-tiny"}, "eev.visual is 'swin-tiny'")):
            with self.subTest(expected):
                kept = (self.folder / "features/train1.safetensors").read_bytes()
                self.features(path, visual, rows[1], metadata)
                if "row 1" in expected:  # found while the rows are read
                    self.assertIn(expected, self.fails(*self.arguments(output="row"), status=3))
                else:
                    self.assertIn(f"features/{path}.safetensors: ", refused())
                self.write("features/train1.safetensors", kept)
        self.write("features/train1.safetensors", b"damaged")
        self.assertIn("features/train1.safetensors", refused())

    def test_a_run_that_diverges_keeps_its_last_epoch(self):
        self.train("--clip-norm", "0", "--schedule", "milestones", "--milestones", "1", "--milestone-factor", "1",
                   epochs=1)
        err = self.eev(*self.arguments("--clip-norm", "0", "--schedule", "milestones", "--milestones", "1",
                                       "--milestone-factor", "1e40", output="far"), status=3)[1]
        self.assertRegex(err.splitlines()[-1], r"^eev: far: training diverges in epoch 2: .*far/last.safetensors is as")
        self.assertEqual(self.tensors("far")[0], self.tensors("run")[0])
        self.assertEqual(len(self.log("far")), 1)

    def test_a_bar_on_a_terminal(self):
        shown = self.on_terminal(*self.arguments()).decode()
        self.assertRegex(shown, r"\r\[#+-*\] epoch 2/3, step \d/\d, \d+(\.\d)? clips/s, \d\d:\d\d left")

    def test_a_full_disk(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        process = self.start(*self.arguments(), preexec_fn=limit)
        err = process.communicate()[1]
        self.assertEqual(process.returncode, 3, err)
        self.assertIn("run/best.safetensors: cannot be written: ", err.splitlines()[-1])
        self.assertEqual(self.names("run"), ["config.json"])

    def test_usage(self):
        out = self.eev("train", "--help")[0]
        for option in ("--features --labels --val-features --val-labels --output --recipe --loss --rate --clip-seconds "
                       "--label-filter --mask-zero-rows --audio-index --epochs --batch-size --learning-rate --seed "
                       "--resume --device --precision --threads --quiet").split():
            self.assertRegex(out, rf"\s{option}[\s,=]")
        for wrong in (["--loss", "l3"], ["--recipe", "mine"], ["--rate", "4"], ["--epochs", "0"], ["--epochs", "x"],
                      ["--label-filter", "mean"], ["--audio-index", "early"], ["--learning-rate", "-1"],
                      ["--device=reference", "--precision=bf16"], ["--mask-zero-rows=maybe"], ["--no-mask-zero-rows=x"]):
            with self.subTest(wrong):
                self.assertRegex(self.fails(*self.arguments(*wrong), status=2), r"^eev: .{,200}$")
        for option, value, told in (("--learning-rate", "-1", "is -1, expected a number from 0 to 1e+300"),
                                    ("--learning-rate", "nan", "is nan, expected a number from 0 to 1e+300"),
                                    ("--seed", "-1", "is '-1', expected a whole number from 0 to 18446744073709551615"),
                                    ("--rate", "2.5", "is '2.5', expected a whole number"),
                                    ("--rate", "4", "is 4, expected 1, 2, 3 or 6")):
            self.assertIn(f"eev: {option} {told}", self.fails(*self.arguments(option, value), status=2))
        self.assertIn("eev: --visual-units and --audio-units are both 0; expected a picture",
                      self.fails(*self.arguments("--visual-units", "0", "--audio-units", "0"), status=2))
        self.fails("train", "--features", "features", status=2)
        self.assertIn("CUDA", self.fails(*self.arguments("--device", "cuda"), status=3))


if __name__ == "__main__":
    unittest.main()
