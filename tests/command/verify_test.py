"""In: checkpoints made so that what is published is true of them, or not. Out: `eev verify` tells which."""
import math
import os
import random
import struct
import unittest
from unittest import mock

from program import CommandTest, edit_safetensors, npz, read_safetensors


class Verify(CommandTest):
    def setUp(self):
        super().setUp()
        (self.folder / "temporary").mkdir()
        here = mock.patch.dict(os.environ, TMPDIR=str(self.folder / "temporary"))
        here.start()
        self.addCleanup(here.stop)

    def convert(self, network):
        """The network's formula weights in float32, as a checkpoint of the source that eev's names are of."""
        self.eev("convert", f"formula:{network}", "--output", "formula")
        self.eev("convert", "formula", "--output", network)
        return network

    def vggish(self, positive, negative):
        """Weights whose rows are 64 times the one and 64 times the other value, whatever the sound."""
        def edit(header, data):
            for name, values in (("weight", [0.0] * 128 * 128), ("bias", [positive, negative] * 64)):
                begin, end = header[f"embeddings.4.{name}"]["data_offsets"]
                data[begin:end] = struct.pack(f"<{len(values)}f", *values)
        edit_safetensors(self.folder / self.convert("vggish-demo"), edit)
        return "vggish-demo"

    def classifier(self, classes=12):
        """(weight, bias) of a classifier that is added to the file swin-demo."""
        self.convert("swin-demo")
        numbers = random.Random(1)
        weight = [[numbers.gauss(0, 0.1) for _ in range(256)] for _ in range(classes)]
        bias = [numbers.gauss(0, 0.1) for _ in range(classes)]
        def add(header, data):
            for name, shape, values in (("weight", [classes, 256], sum(weight, [])), ("bias", [classes], bias)):
                content = struct.pack(f"<{len(values)}f", *values)
                header[f"head.{name}"] = {"dtype": "F32", "shape": shape,
                                          "data_offsets": [len(data), len(data) + len(content)]}
                data.extend(content)
        edit_safetensors(self.folder / "swin-demo", add)
        return weight, bias

    # ---- VGGish ----

    def test_vggish_whose_numbers_are_the_published_ones_passes(self):
        self.vggish(0.000657 + 0.343, 0.000657 - 0.343)
        # Levels of 36 and 215, whose mean is 125.5 and whose deviation is 89.5.
        self.write("weights/vggish_pca_params.npz",
                   npz([[4.1 * (n == k) for k in range(128)] for n in range(128)], [0.006] * 128))
        lines = self.eev("verify", "vggish-demo")[0].splitlines()
        self.assertEqual(lines, [
            "vggish-demo: torchvggish, vggish-demo",
            "passed   mean of the features of a sine: 0.000657, published 0.000657 +- 10 %",
            "passed   deviation of the features of a sine: 0.343, published 0.343 +- 10 %",
            "passed   mean of the same, post-processed: 126, published 126 +- 10 %",
            "passed   deviation of the same, post-processed: 89.5, published 89.3 +- 10 %"])

    def test_each_number_that_is_not_the_published_one_is_told(self):
        for positive, negative, failed in ((0.35, -0.35, ["mean"]), (0.39, -0.3887, ["deviation"]),
                                           (0.0006, -0.0006, ["mean", "deviation"])):
            self.vggish(positive, negative)
            out, err = self.eev("verify", "vggish-demo", status=1)
            self.assertEqual([line.split()[1] for line in out.splitlines() if line.startswith("FAILED")], failed)
            self.assertIn("skipped  what the post-processor makes of them is not checked; there is no "
                          "vggish_pca_params.npz in weights", out)
            self.assertEqual(err, "")
        self.convert("vggish-demo")
        self.eev("verify", "vggish-demo", status=1)

    # ---- visual networks ----

    def test_a_picture_is_classified(self):
        weight, bias = self.classifier()
        self.image("a.png", side=30)
        self.eev("extract", "a.png", "--output", "out", "--resize=crop", "--precision=fp32", "--visual-weights", "swin-demo",
                 "--audio-weights", self.convert("vggish-demo"), status=3)  # with its classifier it is no network of eev's
        self.eev("convert", "swin-demo", "--output", "converted")
        self.eev("extract", "a.png", "--output", "out", "--resize=crop", "--precision=fp32", "--visual-weights",
                 "converted", "--audio-weights", "vggish-demo")
        row = struct.unpack_from("<256f", read_safetensors(self.folder / "out/a.safetensors")[2], 4 * 128)
        scores = [b + sum(w * x for w, x in zip(line, row)) for line, b in zip(weight, bias)]
        order = sorted(range(len(scores)), key=lambda n: -scores[n])
        self.write("classes.txt", "".join(f"thing {n}\n" for n in range(len(scores))))
        verify = "verify", "swin-demo", "--image", "a.png"
        lines = self.eev(*verify, "--expect", order[4])[0].splitlines()
        self.assertEqual(lines[0], "swin-demo: timm Swin, swin-demo")
        self.assertEqual([int(line.split()[-1]) for line in lines[1:6]], order[:5])
        share = math.exp(scores[order[0]]) / sum(map(math.exp, scores))
        self.assertAlmostEqual(float(lines[1].split()[0]), share, delta=1e-3)
        self.assertEqual(lines[6], f"passed   class {order[4]} is one of the 5 likeliest of 12 for a.png")
        named = self.eev(*verify, "--expect", f"thing {order[0]}", "--classes", "classes.txt")[0].splitlines()
        self.assertEqual([line.split("  ")[-1] for line in named[1:6]], [f"class {n} thing {n}" for n in order[:5]])
        self.assertIn(f"FAILED   class {order[5]} ", self.eev(*verify, "--expect", order[5], status=1)[0])

    # ---- what cannot be verified ----

    def test_what_cannot_be_verified(self):
        self.image("a.png")
        self.classifier(), self.convert("vggish-demo")
        self.eev("convert", "formula:head-demo", "--output", "head")
        picture = "--image", "a.png", "--expect", "1"
        for arguments in ([], ["swin-demo"], ["swin-demo", *picture[:2]], ["swin-demo", *picture[2:]],
                          ["vggish-demo", *picture]):
            self.fails("verify", *arguments, status=2)
        self.write("few.txt", "cat\ndog\n")
        self.assertEqual(self.fails("verify", "swin-demo", *picture, "--classes", "few.txt", status=3),
                         "eev: few.txt: 2 lines, expected one for each of the 12 classes of the checkpoint")
        self.assertIn("eev: none.png: ", self.fails("verify", "swin-demo", "--image=none.png", "--expect=1", status=3))
        self.assertEqual(self.fails("verify", "head", status=3), "eev: head: a head, of which no numbers are published")
        self.assertIn("eev: gone: ", self.fails("verify", "gone", status=3))
        self.convert("swin-demo")
        self.assertIn("swin-demo: no classifier in it", self.fails("verify", "swin-demo", *picture, status=3))
        self.write("bad.npz", "")
        self.assertIn("eev: bad.npz: ", self.fails("verify", "vggish-demo", "--audio-pca-weights=bad.npz", status=3))
        self.assertEqual(self.names("temporary"), [])


if __name__ == "__main__":
    unittest.main()
