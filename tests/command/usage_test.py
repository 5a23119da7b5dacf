"""In: command lines, CSV files. Out: usage errors, `eev interpolate` and `eev doctor` hold their contracts."""
import json
import re
import unittest

from corpus import safetensors
from program import EXPRESSIONS, CommandTest

SUBCOMMANDS = "predict extract train evaluate ensemble interpolate filter convert verify inspect demo doctor".split()


class Usage(CommandTest):
    def test_help_and_version(self):
        out = self.eev("--help")[0]
        for name in SUBCOMMANDS:
            self.assertIn(f"\n  {name} ", out)
            self.assertIn("--help", self.eev(name, "--help")[0])
        self.assertRegex(self.eev("--version")[0], r"^\d+\.\d+\.\d+\n$")

    def test_options_of_the_contract_are_there(self):
        common = "--device --precision --threads --quiet --visual-weights --audio-weights --video-stream " \
                 "--audio-stream --resize --audio-hop --audio-relu --audio-frames --audio-pca --visual-normalize --rate " \
                 "--decode"
        for name, more in (("predict", "--weights --output --format"), ("extract", "--output --visual --shard")):
            out = self.eev(name, "--help")[0]
            for option in (common + " " + more).split():
                self.assertRegex(out, rf"\s{option}\s", name)

    def test_common_options(self):
        networks = "predict extract train ensemble verify demo".split()
        for name in SUBCOMMANDS:
            found = set(re.findall(r"^ +(--(?:device|precision|threads|quiet))\b", self.eev(name, "--help")[0], re.M))
            expected = {"--quiet"} | ({"--device", "--precision", "--threads"} if name in networks else set())
            self.assertEqual(found, expected | ({"--precision"} if name == "convert" else set()), name)

    def test_quiet_tells_errors_and_what_is_asked_for(self):
        for asked in (["doctor"], ["inspect", self.write("head", safetensors({"linear.bias": [[0.5]]}))]):
            self.assertEqual(self.eev(*asked, "--quiet"), (self.eev(*asked)[0], ""))
            self.fails(*asked, "more", "--quiet", status=2)

    def test_usage_errors(self):
        self.image("a.png")
        for arguments in ([], ["nonsense"], ["--bogus"], ["predict"], ["predict", "a.png", "--bogus"],
                          ["predict", "a.png", "--format", "xml"], ["predict", "a.png", "--rate", "0"],
                          ["predict", "a.png", "--rate", "fast"], ["predict", "a.png", "--rate", "1e3"],
                          ["predict", "a.png", "--device", "tpu"], ["predict", "a.png", "--precision", "int8"],
                          ["predict", "a.png", "--decode", "gpu"],
                          ["predict", "a.png", "--threads", "0"], ["predict", "a.png", "--video-stream", "-1"],
                          ["predict", "a.png", "--device", "reference", "--precision", "bf16"],
                          ["extract", "a.png"], ["convert", "formula:head"], ["interpolate"], ["inspect"]):
            with self.subTest(arguments):
                self.fails(*arguments, status=2)

    def test_what_an_option_takes_is_told(self):
        for arguments, expected in ((["extract", "a.png", "--output", "o", "--visual", "bogus"], "swin-large"),
                                    (["predict", "a.png", "--weights", "h", "--visual", "bogus"], "inception-v3"),
                                    (["predict", "a.png", "--audio-stream", "-1"], "--audio-stream: "),
                                    (["extract", "a.png", "--output", "o", "--video-stream", "x"], "--video-stream: "),
                                    (["extract", "a.png", "--output", "o", "--shard", ""], "--shard: ")):
            with self.subTest(arguments):
                error = self.fails(*arguments, status=2)
                self.assertIn(expected, error)
                self.assertLess(len(error), 250)
        self.assertEqual(self.names(), [])

    def test_what_steers_a_terminal_is_not_printed(self):
        self.write("head", safetensors({"a\x1b[2Jb": [[0.5]]}, {"key\x1b": "value\x1b]0;"}))
        out = self.eev("inspect", "head")[0]
        self.assertNotIn("\x1b", out)
        self.assertIn("a [2Jb", out)
        self.assertIn("key  = value ]0;", out)

    def test_a_word_that_is_not_expected_is_named(self):
        for word, arguments in (("pridict", ["pridict", "a.png"]), ("--bogus", ["predict", "--bogus"]),
                                ("bogus", ["inspect", "a", "bogus"])):
            with self.subTest(arguments):
                self.assertIn(f"did not expect {word} ", self.fails(*arguments, status=2))

    def test_a_device_that_is_not_there(self):
        self.image("a.png")
        for device in ("cuda", "cuda:1"):
            line, = self.fails("predict", "a.png", "--device", device, status=3).splitlines()
            self.assertRegex(line, "CUDA|GPU")

    def test_doctor(self):
        found = json.loads(self.eev("doctor", "--format", "json")[0])
        self.assertEqual([device["name"] for device in found["devices"]], ["cpu", "reference", "cuda"])
        self.assertTrue(found["devices"][0]["available"])
        self.assertTrue(all(s["available"] for s in found["instruction_sets"] if s["compiled_for"]))
        for library in ("oneDNN", "libavformat", "libavcodec", "libavutil", "libswscale", "libswresample"):
            self.assertRegex(found["libraries"][library], r"^\d+\.\d+\.\d+$")
        self.assertTrue(all(item["what"] and item["remedy"] for item in found["missing"]))
        text = self.eev("doctor")[0]
        for part in ("devices\n", "instruction sets\n", "libraries\n", "missing\n", found["libraries"]["oneDNN"]):
            self.assertIn(part, text)


class Interpolate(CommandTest):
    HEADER = "video,seconds," + ",".join(EXPRESSIONS)

    def curves(self, name, header=HEADER, **videos):
        """Row k of a video has the value first + k step in every column; times at 1 Hz."""
        eev = header.startswith(("YouTube", "Video"))
        lines = [header] + [f"{video},{k * 10**6 if eev else f'{k:.6f}'}," + ",".join([f"{first + k * step:.6f}"] * 15)
                            for video, (rows, first, step) in videos.items() for k in range(rows)]
        return self.write(name, "\n".join(lines) + "\n")

    def test_rows_at_1_hz_give_six_times_as_many(self):
        self.curves("in.csv", a=(3, 0, 0.3), b=(1, 0.5, 0))
        self.eev("interpolate", "in.csv", "--rate", "6", "--output", "out.csv")
        header, *rows = self.rows(self.read("out.csv"))
        self.assertEqual(",".join(header), self.HEADER)
        self.assertEqual([row[0] for row in rows], ["a"] * 18 + ["b"] * 6)
        for k, row in enumerate(rows[:18]):
            self.assertEqual(row[1], f"{k / 6:.6f}")
            self.assertEqual(set(row[2:]), {f"{min(k / 6, 2) * 0.3:.6f}"})  # the last value is held
        self.assertEqual({value for row in rows[18:] for value in row[2:]}, {"0.500000"})

    def test_both_spellings_are_read_and_written(self):
        self.curves("a.csv", a=(2, 0, 0.6))
        expected = self.eev("interpolate", "a.csv")[0]
        for name in ("YouTube ID", "Video ID"):
            self.curves("b.csv", header=self.HEADER.replace("video,seconds", name + ",Timestamp (milliseconds)"),
                        a=(2, 0, 0.6))
            self.assertEqual(self.eev("interpolate", "b.csv")[0], expected)
            header, *rows = self.rows(self.eev("interpolate", "b.csv", "--format", "eev")[0])
            self.assertEqual(header, ["Video ID", "Timestamp (milliseconds)", *EXPRESSIONS])
            self.assertEqual([row[1] for row in rows[:4]], ["0", "166666", "333333", "500000"])
            self.assertEqual([row[2:] for row in rows], [row[2:] for row in self.rows(expected)[1:]])

    def test_like_takes_the_row_counts(self):
        self.curves("in.csv", a=(3, 0, 0.3), b=(2, 0.5, 0.1))
        labels = "Video ID,Timestamp (milliseconds)\n" + "".join(
            f"{video},{k * 10**6 // 6}\n" for video, rows in (("b", 15), ("a", 14)) for k in range(rows))
        self.write("test.csv", labels)
        rows = self.rows(self.eev("interpolate", "in.csv", "--like", "test.csv")[0])[1:]
        self.assertEqual([row[0] for row in rows], ["a"] * 14 + ["b"] * 15)
        self.assertEqual({row[2] for row in rows[14 + 6:]}, {"0.600000"})
        self.write("test.csv", labels + "c,0\n")
        self.assertIn("'c'", self.fails("interpolate", "in.csv", "--like", "test.csv", status=1))
        self.curves("more.csv", a=(3, 0, 0.3), b=(2, 0, 0), d=(1, 0, 0))
        self.assertIn("'d'", self.fails("interpolate", "more.csv", "--like", "test.csv", status=1, count=2))

    def test_bad_rows_name_file_and_line(self):
        scores = ",0.5" * 15
        good = self.HEADER + f"\na,0.000000{scores}\n"
        for bad, line in ((good + f"a,1.000000{scores},7\n", 3), (good + f"a,1.000000{scores[4:]}\n", 3),
                          (good + f"a,1.000000{',nan' + scores[4:]}\n", 3), (good + f"a,one{scores}\n", 3),
                          (good + f"a,2.000000{scores}\n", 3), (good + f'a"b,1.0{scores}\n', 3),
                          (good + f'"a\n\n,1.0{scores}\n', 3), (good + f"b,0{scores}\na,1{scores}\n", 4),
                          (good.replace("pain", "pane"), 1), ("id,time\n", 1)):
            with self.subTest(bad[-60:]):
                self.write("in.csv", bad)
                error = self.fails("interpolate", "in.csv", "--output", "out.csv", status=3)
                self.assertRegex(error, f"^eev: in.csv, line {line}[:,] ")
                self.assertEqual(self.names(), ["in.csv"])
        for bad in ("", self.HEADER + "\n"):
            self.write("in.csv", bad)
            self.assertIn("eev: in.csv: ", self.fails("interpolate", "in.csv", status=3))
        self.assertIn("eev: gone.csv: ", self.fails("interpolate", "gone.csv", status=3))

    def test_a_file_of_another_rate_is_told_with_the_option(self):
        self.curves("in.csv", a=(3, 0, 0.3))
        for option, arguments in (("--input-rate", ["interpolate", "in.csv", "--input-rate", "2"]),
                                  ("--rate", ["interpolate", "in.csv", "--like", "in.csv"]),
                                  ("--rate", ["ensemble", "in.csv", "in.csv", "--output", "out.csv"])):
            self.assertIn(f"is the file of another rate? {option} tells it", self.fails(*arguments, status=3))

    def test_predictions_at_1_hz_give_those_at_6_hz(self):
        self.sample_clip()
        self.eev("predict", "sample.mp4", "--rate", "1", "--output", "one.csv")
        six = self.rows(self.eev("predict", "sample.mp4")[0])
        dense = self.rows(self.eev("interpolate", "one.csv")[0])
        self.assertEqual([row[:2] for row in dense[:len(six)]], [row[:2] for row in six])
        for a, b in zip(dense[1:], six[1:]):
            for x, y in zip(a[2:], b[2:]):
                self.assertAlmostEqual(float(x), float(y), delta=2e-6)  # what rounding to six decimals leaves


if __name__ == "__main__":
    unittest.main()
