"""In: heads whose metadata say how the rows were made that they have learned from. Out: `eev train` says it, `eev predict`
makes rows like them, and neither it nor `eev ensemble` takes others.
"""
import unittest

from corpus import TrainingTest
from program import CommandTest, edit_safetensors, read_safetensors

OPTIONS = {"resize": "crop", "visual_normalize": "l2", "audio_hop": "0.96", "audio_relu": "off", "audio_frames": "94"}


def claim(path, **metadata):
    """A head says so, and nothing else of its rows."""
    def edit(header, data):
        header["__metadata__"] = {f"eev.{key}": value for key, value in metadata.items()}
    edit_safetensors(path, edit)


def flag(key, value):
    return f"--{key.replace('_', '-')}={value}"


class Predict(CommandTest):
    def setUp(self):
        super().setUp()
        for network in ("head-demo", "swin-demo", "vggish-demo"):
            self.eev("convert", "formula:" + network, "--output", network)
        self.other = self.folder / "other"
        self.other.write_bytes((self.folder / "head-demo").read_bytes())
        self.say(self.other)

    def say(self, head, **metadata):
        claim(head, visual="swin-demo", audio="vggish-demo", **metadata)

    def predict(self, *options, heads=("head-demo",), status=0):
        call = ["predict", "sample.mp4", "--rate=1", "--precision=fp32", "--visual-weights=swin-demo",
                "--audio-weights=vggish-demo", *(f"--weights={head}" for head in heads), *options]
        return self.fails(*call, status=status) if status else self.eev(*call)[0]

    def test_rows_are_made_as_the_head_has_learned_them(self):
        self.sample_clip()
        plain = self.predict()
        for key, value in OPTIONS.items():
            with self.subTest(key):
                self.say(self.folder / "head-demo")
                expected = self.predict(flag(key, value))
                self.assertNotEqual(expected, plain)
                self.say(self.folder / "head-demo", **{key: value})
                self.assertEqual(self.predict(), expected)
                self.assertEqual(self.predict(flag(key, value), heads=("other", "head-demo")),
                                 self.predict(heads=("other", "head-demo")))

    def test_other_rows_are_refused(self):
        self.sample_clip()
        said = {"resize": "stretch", "visual_normalize": "none", "audio_hop": "1", "audio_relu": "on", "audio_frames": "96",
                "audio_pca": "none"}
        self.say(self.folder / "head-demo", **said)
        for key, value in {**OPTIONS, "audio_pca": "round"}.items():
            with self.subTest(key):
                learned = f"eev: head-demo: has learned from rows whose eev.{key} is '{said[key]}', but "
                self.assertEqual(self.predict(flag(key, value), status=3),
                                 f"{learned}--{key.replace('_', '-')} is '{value}'")
                self.say(self.other, **{key: value})
                self.assertEqual(self.predict(heads=("head-demo", "other"), status=3),
                                 f"{learned}that of other is '{value}'")
        self.say(self.folder / "head-demo", rate="6")
        self.assertIn("head-demo: has learned from rows whose eev.rate is '6'", self.predict(status=3))
        for key, value in (("resize", "zoom"), ("audio_hop", "0"), ("audio_frames", "95")):
            self.say(self.folder / "head-demo", **{key: value})
            self.assertEqual(self.predict(status=3), f"eev: head-demo: metadata 'eev.{key}' is '{value}', expected a value "
                             f"of --{key.replace('_', '-')}")


class Train(TrainingTest):
    def test_heads_carry_what_their_features_say_and_are_ranked_on_no_others(self):
        said = {"visual": "swin-tiny", "visual_sha256": "0" * 64, "audio": "vggish", "audio_sha256": "1" * 64, "rate": "1",
                **OPTIONS, "audio_pca": "round", "audio_pca_sha256": "2" * 64}
        for path in (self.folder / "features").iterdir():
            claim(path, **said)
        self.train(output="runs/a")
        metadata = read_safetensors(self.folder / "runs/a/best.safetensors")[0]
        self.assertEqual({key[4:]: value for key, value in metadata.items() if key.startswith("eev.")},
                         {**said, "head": "paper"})
        rank = "ensemble", "--runs=runs", "--val-features=features", "--val-labels=val.csv"
        ranking = self.eev(*rank)[0]
        (self.folder / "runs/b").mkdir()
        other = self.folder / "runs/b/best.safetensors"
        for key, value in said.items():
            with self.subTest(key):
                other.write_bytes((self.folder / "runs/a/best.safetensors").read_bytes())
                edit_safetensors(other, lambda header, data: header["__metadata__"].update({"eev." + key: "something"}))
                out, error = self.eev(*rank, status=1)
                self.assertEqual(out, ranking)
                self.assertEqual(error, f"eev: runs/b/best.safetensors: has learned from rows whose eev.{key} is "
                                        f"'something', but that of features is '{value}'\n")


if __name__ == "__main__":
    unittest.main()
