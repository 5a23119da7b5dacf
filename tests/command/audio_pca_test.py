"""In: VGGish's post-processor, with parameters made up and, where EEV_TEST_MEDIA is set, the published ones. Out:
`--audio-pca` holds its contract: the numbers, what is written down of them, and who refuses them.
"""
import hashlib
import math
import os
import pathlib
import struct
import unittest
import zipfile

from corpus import TrainingTest, labels
from program import CommandTest, npz, read_safetensors

PUBLISHED = "vggish_pca_params.npz"


def mirror(mean):
    """Parameters that turn a row around, 30 times as large: one term a sum, so that nothing is rounded."""
    return [[30.0 * (n + k == 127) for k in range(128)] for n in range(128)], [mean] * 128


def post_processed(row, eigenvectors, means, how):
    """AudioSet's vggish_postprocess.py."""
    levels = []
    for vector in eigenvectors:
        projected = sum(e * (x - m) for e, x, m in zip(vector, row, means))
        levels.append((min(max(projected, -2.0), 2.0) + 2.0) * (255.0 / 4.0))
    return [round(level) if how == "round" else math.floor(level) for level in levels]


class AudioPca(CommandTest):
    def setUp(self):
        super().setUp()
        self.parameters = mirror(0.03)
        self.write("mirror.npz", npz(*self.parameters))

    def audio(self, path):
        _, tensors, data = read_safetensors(self.folder / path)
        return [struct.unpack_from("<128f", data, 512 * row) for row in range(tensors["audio"][1][0])]

    def check_rows(self, weights, parameters):
        """Rows of the sample clip are those without the post-processor, post-processed."""
        self.sample_clip()
        self.eev("extract", "sample.mp4", "--output", "none")
        rows = self.audio("none/sample.safetensors")
        for how in ("round", "truncate"):
            self.eev("extract", "sample.mp4", "--output", how, "--audio-pca", how, "--audio-pca-weights", weights)
            found = self.audio(f"{how}/sample.safetensors")
            self.assertEqual([list(row) for row in found], [post_processed(row, *parameters, how) for row in rows])
            self.assertGreater(len({level for row in found for level in row}), 20)  # not all cut off at the ends

    def test_rows_are_those_of_audioset_rounded_or_cut_off(self):
        self.check_rows("mirror.npz", self.parameters)

    @unittest.skipUnless("EEV_TEST_MEDIA" in os.environ, "EEV_TEST_MEDIA is not set")
    def test_rows_by_the_published_parameters(self):
        path = pathlib.Path(os.environ["EEV_TEST_MEDIA"], "vggish", PUBLISHED)
        with zipfile.ZipFile(path) as archive:
            values = {name: struct.unpack(f"<{count}d", archive.read(name + ".npy")[-8 * count:])
                      for name, count in (("pca_eigen_vectors", 128 * 128), ("pca_means", 128))}
        vectors = values["pca_eigen_vectors"]
        self.check_rows(path, ([vectors[128 * n:128 * (n + 1)] for n in range(128)], values["pca_means"]))

    def test_features_say_how_they_were_made_and_are_redone_when_that_changes(self):
        self.image("a.png")
        self.write("other.npz", npz(*mirror(0.04)))
        def extract(*options):
            self.eev("extract", "a.png", "--output", "out", *options)
            metadata = read_safetensors(self.folder / "out/a.safetensors")[0]
            return self.rows(self.read("out/report.csv"))[1][2], metadata.get("eev.audio_pca"), \
                metadata.get("eev.audio_pca_sha256")
        digest = {name: hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
                  for name in ("mirror.npz", "other.npz")}
        self.assertEqual(extract(), ("done", "none", None))
        for how in ("round", "truncate"):
            for name in digest:
                options = "--audio-pca", how, "--audio-pca-weights", name
                self.assertEqual(extract(*options), ("done", how, digest[name]))
                self.assertEqual(extract(*options), ("skipped", how, digest[name]))
        self.assertEqual(extract("--audio-pca=none"), ("done", "none", None))

    def test_the_parameters_are_found_by_their_published_name(self):
        self.image("a.png")
        extract = "extract", "a.png", "--output", "out", "--audio-pca", "round"
        error = self.fails(*extract, status=3)
        for part in ("--audio-pca round", f"there is no {PUBLISHED} in weights", "tools/fetch-weights vggish-pca",
                     "--audio-pca-weights FILE"):
            self.assertIn(part, error)
        self.write("weights/" + PUBLISHED, (self.folder / "mirror.npz").read_bytes())
        self.eev(*extract)

    def test_bad_parameters_and_usage(self):
        self.image("a.png")
        whole = (self.folder / "mirror.npz").read_bytes()
        for content, cause in ((whole[:-100], "zip archive"), (b"no parameters", "zip archive"),
                               (npz(*(part[:-1] for part in self.parameters)), "[127"),
                               (npz(self.parameters[0], [math.nan] * 128), "array 'pca_means' holds nan")):
            self.write("bad.npz", content)
            error = self.fails("extract", "a.png", "--output", "out", "--audio-pca=round", "--audio-pca-weights=bad.npz",
                               status=3)
            self.assertTrue(error.startswith("eev: bad.npz: ") and cause in error, error)
        self.fails("predict", "a.png", "--audio-pca", "floor", status=2)
        self.assertIn("--audio-pca-weights needs", self.fails("predict", "a.png", "--audio-pca-weights=mirror.npz",
                                                              status=2))
        self.assertEqual(self.names(), ["a.png", "bad.npz", "mirror.npz"])


class HeadsOnAudioPca(TrainingTest):
    def test_a_head_learns_from_rows_made_alike_and_predicts_from_no_others(self):
        self.write("mirror.npz", npz(*mirror(0.03)))
        self.write("other.npz", npz(*mirror(0.04)))
        for name in ("swin-demo", "vggish-demo"):
            self.eev("convert", "formula:" + name, "--output", name)
        backbones = ["--visual-weights", "swin-demo", "--audio-weights", "vggish-demo"]
        rounded = ["--audio-pca=round", "--audio-pca-weights=mirror.npz"]
        for i in range(3):
            self.silent_video(f"v{i}.y4m", frames=20 + i)
        def extract(folder, *options):
            self.eev("extract", *(f"v{i}.y4m" for i in range(3)), "--output", folder, *backbones, *options)
        extract("plain"), extract("rounded", *rounded)
        rows = [[0.1 + 0.01 * (k % 9)] * 15 for k in range(60)]
        self.write("train.csv", labels(v0=rows, v1=rows))
        self.write("val.csv", labels(v2=rows))
        def train_on(folder, *more):
            arguments = self.arguments(*more, output="on-" + folder)
            arguments[arguments.index("--features") + 1] = folder
            return arguments
        self.assertIn("plain/v2.safetensors: eev.audio_pca is 'none', expected 'round'",
                      self.fails(*train_on("rounded", "--val-features", "plain"), status=3))
        self.eev(*train_on("plain")), self.eev(*train_on("rounded"))

        def predict(head, *options, status=0):
            call = "predict", "v2.y4m", "--weights", f"{head}/best.safetensors", *backbones, *options
            return self.fails(*call, status=status) if status else self.eev(*call)
        predict("on-plain")
        self.assertEqual(predict("on-rounded", rounded[1])[0], predict("on-rounded", *rounded)[0])
        self.assertIn("on-plain/best.safetensors: has learned from rows whose eev.audio_pca is 'none', but --audio-pca is "
                      "'round'", predict("on-plain", *rounded, status=3))
        self.assertIn(f"there is no {PUBLISHED}", predict("on-rounded", status=3))
        self.assertIn("eev.audio_pca is 'round', but --audio-pca is 'truncate'",
                      predict("on-rounded", "--audio-pca=truncate", rounded[1], status=3))
        error = predict("on-rounded", rounded[0], "--audio-pca-weights=other.npz", status=3)
        self.assertRegex(error, "eev.audio_pca_sha256 is '[0-9a-f]{64}', but that of other.npz is '[0-9a-f]{64}'")


if __name__ == "__main__":
    unittest.main()
