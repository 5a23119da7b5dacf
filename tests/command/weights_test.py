"""In: weights by formula, whole and damaged. Out: `eev convert` and `eev inspect` hold their contracts, weights are
checked before they are used.
"""
import hashlib
import json
import math
import os
import pathlib
import struct
import unittest

from program import DEMO_NOTE, CommandTest, edit_safetensors, read_safetensors


class Weights(CommandTest):
    def convert(self, network):
        self.eev("convert", f"formula:{network}", "--output", f"{network}.safetensors")
        return f"{network}.safetensors"

    def three_files(self):
        """Options that name a head and its backbones."""
        return ["--weights", self.convert("head-demo"), "--visual-weights", self.convert("swin-demo"),
                "--audio-weights", self.convert("vggish-demo")]

    def edit(self, name, edit):
        edit_safetensors(self.folder / name, edit)

    def predict_fails(self, options, status=3):
        return self.fails("predict", self.image("a.png"), *options, status=status)

    # ---- convert ----

    def test_the_built_in_bundle_is_weights_demo_safetensors(self):
        path = pathlib.Path(__file__).resolve().parents[2] / "weights/demo.safetensors"
        bundle = path.read_bytes()
        self.assertLess(len(bundle), 5_000_000)
        doctor = json.loads(self.eev("doctor", "--format", "json")[0])
        self.assertEqual(doctor["built_in_weights"]["sha256"], hashlib.sha256(bundle).hexdigest())
        self.image("a.png")
        self.assertEqual(self.eev("predict", "a.png", "--weights", path)[0], self.eev("predict", "a.png")[0])

    def test_the_built_in_bundle_says_how_it_was_made(self):
        path = pathlib.Path(__file__).resolve().parents[2] / "weights/demo.safetensors"
        metadata, tensors, data = read_safetensors(path)
        self.assertEqual(metadata["eev.note"], DEMO_NOTE)
        self.assertTrue(metadata["eev.made_by"].startswith("eev demo --precision fp32"), metadata["eev.made_by"])
        self.assertEqual(metadata["training.seed"], "1")
        self.assertGreater(float(metadata["training.best_score"]), 0.5)
        # Its backbones are the formula's, to the bit; they are the last in the file, being of the narrower type.
        _, formula, formula_data = read_safetensors(self.folder / self.convert("demo"))
        backbones = {name: entry for name, entry in tensors.items() if not name.startswith("head.")}
        self.assertEqual(backbones, {name: entry for name, entry in formula.items() if not name.startswith("head.")})
        size = sum(2 * math.prod(shape) for _, shape in backbones.values())
        self.assertEqual(data[-size:], formula_data[-size:])

    def test_networks_have_their_tensors(self):
        for network, count, parameters in (("swin-tiny", 171, 27519354), ("vggish-demo", 18, None),
                                           ("se-resnet50", 6 * 53 - 53 + 4 * 16, None), ("inception-v3", 5 * 94, None),
                                           ("head", 36 + 2, 13176063), ("head-demo", 38, None)):
            metadata, tensors, data = read_safetensors(self.folder / self.convert(network))
            self.assertEqual(metadata["eev.network"], network)
            self.assertEqual(len(tensors), count, network)
            if parameters:
                self.assertEqual(len(data), 4 * parameters)
        self.assertEqual(metadata["eev.visual"], "swin-demo")
        self.assertEqual(metadata["eev.audio"], "vggish-demo")

    def test_what_cannot_be_converted(self):
        error = self.fails("convert", "formula:alexnet", "--output", "x", status=2)
        self.assertIn("swin-large", error)
        self.assertEqual(self.fails("convert", "model.pth", "--output", "x", status=3),
                         "eev: model.pth: cannot be opened: No such file or directory")
        self.write("page.pth", "<html>404</html>")
        self.assertIn("page.pth: neither by torch.save (a zip archive, or its older layout) nor a safetensors file",
                      self.fails("convert", "page.pth", "--output", "x", status=3))
        self.fails("convert", "formula:demo", "--output", "x", "--precision", "fp16", status=2)
        self.assertIn("nowhere/x", self.fails("convert", "formula:head-demo", "--output", "nowhere/x", status=3))
        self.assertEqual(self.names(), ["page.pth"])

    def test_a_checkpoint_is_converted_and_each_of_its_tensors_reported(self):
        self.edit(self.convert("swin-demo"), lambda header, data: header.pop("__metadata__"))
        out, err = self.eev("convert", "swin-demo.safetensors", "--output", "again", "--precision", "bf16")
        metadata, tensors, data = read_safetensors(self.folder / "again")
        self.assertEqual(metadata, {"eev.network": "swin-demo", "eev.source": "timm Swin"})
        self.assertEqual({kind for kind, _ in tensors.values()}, {"BF16"})
        lines = out.splitlines()
        self.assertEqual(lines[0], "swin-demo.safetensors: timm Swin")
        self.assertEqual(lines[-1], f"swin-demo: {len(tensors)} mapped, 0 dropped, 0 missing")
        self.assertEqual(sorted(line.split()[1] for line in lines[1:-1]), sorted(tensors))
        self.assertEqual(err, "")
        self.assertEqual(self.eev("convert", "swin-demo.safetensors", "--output", "quiet", "--precision=bf16", "--quiet"),
                         ("", ""))
        self.assertEqual((self.folder / "quiet").read_bytes(), (self.folder / "again").read_bytes())

    # ---- inspect ----

    def test_inspect(self):
        name = self.convert("head-demo")
        metadata, tensors, data = read_safetensors(self.folder / name)
        found = json.loads(self.eev("inspect", name, "--format", "json")[0])
        self.assertEqual(found["sha256"], hashlib.sha256((self.folder / name).read_bytes()).hexdigest())
        self.assertEqual(found["metadata"], metadata)
        self.assertEqual({t["name"]: (t["dtype"], t["shape"]) for t in found["tensors"]}, tensors)
        self.assertEqual((found["bytes"], found["parameters"]), (len(data), len(data) // 4))
        text = self.eev("inspect", name)[0]
        for expected in (found["sha256"], "eev.visual = swin-demo", "F32   linear.weight [15, 192]"):
            self.assertIn(expected, text)
        self.write("x", "no weights at all")
        self.assertIn("eev: x: ", self.fails("inspect", "x", status=3))
        self.assertIn("eev: missing: ", self.fails("inspect", "missing", status=3))

    # ---- three files instead of a bundle ----

    def test_separate_files_and_ensembles(self):
        self.image("a.png")
        options = self.three_files()
        bundle = self.rows(self.eev("predict", "a.png", "--rate=1", "--weights", self.convert("demo"))[0])
        apart = self.rows(self.eev("predict", "a.png", "--rate=1", *options)[0])
        for a, b in zip(bundle[1][2:], apart[1][2:]):
            self.assertAlmostEqual(float(a), float(b), delta=0.05)  # the bundle's are rounded to bfloat16
        (self.folder / "second.safetensors").write_bytes((self.folder / "head-demo.safetensors").read_bytes())
        def other_bias(header, data):
            begin, end = header["linear.bias"]["data_offsets"]
            data[begin:end] = struct.pack("<15f", *[0.5] * 15)
        self.edit("second.safetensors", other_bias)
        second = self.rows(self.eev("predict", "a.png", "--rate=1", "--weights=second.safetensors", *options[2:])[0])
        both, err = self.eev("predict", "a.png", "--rate=1", "--weights=second.safetensors", *options)
        both = self.rows(both)
        self.assertEqual(err.count("demonstration"), 1)  # what both heads say is said once
        for one, two, mean in zip(apart[1][2:], second[1][2:], both[1][2:]):
            self.assertAlmostEqual((float(one) + float(two)) / 2, float(mean), delta=2e-6)

    def test_the_backbones_of_the_demonstration_are_built_in_and_a_bundle_has_backbones(self):
        self.image("a.png")
        head, bundle = self.convert("head-demo"), pathlib.Path(__file__).resolve().parents[2] / "weights/demo.safetensors"
        found, err = self.eev("predict", "a.png", "--weights", head)
        self.assertIn("the head is untrained", err)
        self.assertNotIn(DEMO_NOTE, err)  # which is of the other head of that bundle
        self.assertEqual(self.eev("predict", "a.png", "--weights", head, "--visual-weights", bundle, "--audio-weights",
                                  bundle)[0], found)
        self.assertNotEqual(self.eev("predict", "a.png", *self.three_files())[0], found)  # in float32
        self.eev("extract", "a.png", "--output", "built-in")
        self.eev("extract", "a.png", "--output", "bundle", "--visual-weights", bundle, "--audio-weights", bundle)
        self.assertEqual((self.folder / "built-in/a.safetensors").read_bytes(),
                         (self.folder / "bundle/a.safetensors").read_bytes())

    def test_features_of_other_visual_networks(self):
        self.image("a.png", side=30)
        audio = ("--audio-weights", self.convert("vggish-demo"))
        for network in ("se-resnet50", "inception-v3"):
            weights = self.convert(network)
            self.eev("extract", "a.png", "--output", network, "--visual-weights", weights, *audio, "--precision=fp32",
                     "--visual", network, "--visual-normalize=l2")
            metadata, tensors, data = read_safetensors(self.folder / network / "a.safetensors")
            self.assertEqual((metadata["eev.visual"], tensors["visual"]), (network, ("F32", [1, 2048])))
            rows = struct.unpack(f"<{len(data) // 4}f", data)  # audio first
            self.assertAlmostEqual(sum(value**2 for value in rows[128:]), 1, delta=1e-5)
            self.assertIn(f"holds the network {network}", self.fails(
                "extract", "a.png", "--output", "out", "--visual-weights", weights, *audio, "--visual=swin-tiny", status=3))
        self.edit(weights, lambda header, data: header["__metadata__"].update({"eev.network": "resnet"}))
        self.assertIn("no visual network 'resnet'; there are swin-tiny", self.fails(
            "extract", "a.png", "--output", "out", "--visual-weights", weights, *audio, status=3))

    def test_options_that_are_missing_or_too_many(self):
        head, visual, audio = (options := self.three_files())[0:2], options[2:4], options[4:6]
        self.edit(head[1], lambda header, data: header["__metadata__"].update({"eev.visual": "swin-tiny"}))
        self.assertIn("swin-tiny.safetensors", error := self.predict_fails([*head, *audio]))
        self.assertIn("--visual-weights", error)
        self.edit(head[1], lambda header, data: header["__metadata__"].update({"eev.visual": "swin-demo", "eev.audio": "vggish"}))
        self.assertIn("--audio-weights", self.predict_fails([*head, *visual]))
        self.assertIn("--weights", self.predict_fails([*visual, *audio], status=2))
        self.convert("demo")
        self.assertIn("bundle", self.predict_fails([*head, *visual, *audio, "--weights=demo.safetensors"], status=2))
        self.assertIn("bundle", self.predict_fails(["--weights=demo.safetensors", *visual], status=2))
        self.assertIn("--visual-weights", self.fails("extract", "a.png", "--output=o", "--visual=swin-large", status=3))
        self.assertIn("--audio-weights", self.fails("extract", "a.png", "--output=o", *visual, status=3))

    def test_backbones_that_do_not_fit_the_head(self):
        options = self.three_files()
        self.convert("swin-tiny")
        other = [*options[:2], "--visual-weights=swin-tiny.safetensors", *options[4:]]
        self.assertIn("swin-tiny", self.predict_fails(other))
        self.assertIn("swin-tiny", self.predict_fails([*options, "--visual=swin-tiny"]))
        self.edit("head-demo.safetensors",
                  lambda header, data: [header["__metadata__"].pop(key) for key in ("eev.visual", "eev.audio")])
        error = self.predict_fails(other)
        self.assertIn("256", error)
        self.assertIn("768", error)

    def test_a_network_that_eev_does_not_know(self):
        bundle = self.convert("demo")
        for kind, known in (("visual", "swin-large"), ("audio", "vggish")):
            self.edit(bundle, lambda header, data: header["__metadata__"].update({f"eev.{kind}": "alexnet"}))
            error = self.predict_fails(["--weights", bundle])
            self.assertIn(f"{bundle}: no ", error)
            self.assertIn(known, error)
            self.convert("demo")

    def test_hashes_of_backbones(self):
        options = self.three_files()
        true = hashlib.sha256((self.folder / "swin-demo.safetensors").read_bytes()).hexdigest()
        def claim(digest):
            self.edit("head-demo.safetensors",
                      lambda header, data: header["__metadata__"].update({"eev.visual_sha256": digest}))
        claim(true)
        self.eev("predict", self.image("a.png"), *options)
        claim("0" * 64)
        error = self.predict_fails(options)
        for part in ("head-demo.safetensors", "swin-demo.safetensors", true, "0" * 64):
            self.assertIn(part, error)

    # ---- damaged files ----

    def test_damaged_weights_are_one_line_that_names_file_and_cause(self):
        def missing(header, data):
            self.rename(header, "head.linear.bias", "head.linear.bais")
        def misshapen(header, data):
            header["head.audio_gru.weight_ih_l1"]["shape"].reverse()
        def not_a_number(header, data):
            begin = header["head.linear.bias"]["data_offsets"][0]
            data[begin:begin + 4] = struct.pack("<f", float("nan"))
        def extra(header, data):
            header["head.more"] = {"dtype": "F32", "shape": [1], "data_offsets": [len(data), len(data) + 4]}
            data.extend(b"\0\0\0\0")
        def lying(header, data):
            data.pop()
        def no_head(header, data):
            for name in [name for name in header if name.startswith("head.")]:
                self.rename(header, name, "tail." + name)
        for damage, cause in ((missing, "head.linear.bias"), (misshapen, "head.audio_gru.weight_ih_l1"),
                              (not_a_number, "head.linear.bias"), (extra, "head.more"), (lying, "cut off"),
                              (no_head, "head")):
            with self.subTest(damage.__name__):
                self.convert("demo")
                self.edit("demo.safetensors", damage)
                error = self.predict_fails(["--weights=demo.safetensors", "--output=out.csv"])
                self.assertTrue(error.startswith("eev: demo.safetensors"), error)
                self.assertIn(cause, error)
                self.assertFalse(os.path.exists(self.folder / "out.csv"))
        self.write("x", "")
        self.assertIn("eev: x: ", self.predict_fails(["--weights=x"]))
        self.assertIn("eev: gone: ", self.predict_fails(["--weights=gone"]))

    def rename(self, header, old, new):
        header[new] = header.pop(old)


if __name__ == "__main__":
    unittest.main()
