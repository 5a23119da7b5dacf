"""In: videos, folders, lists. Out: the contract of `eev extract` holds."""
import math
import os
import struct
import subprocess
import unittest

from program import PROGRAM, CommandTest, edit_safetensors, read_safetensors


class Features(CommandTest):
    def report(self, name="out/report.csv"):
        header, *rows = self.rows(self.read(name))
        self.assertEqual(header, ["id", "source", "status", "reason", "seconds"])
        return {row[0]: row[1:] for row in rows}

    def test_tensors_and_metadata(self):
        self.sample_clip()
        err = self.eev("extract", "sample.mp4", "--output", "out")[1]
        self.assertIn("eev: note: rows of the demonstration's networks; --visual", err)
        metadata, tensors, data = read_safetensors(self.folder / "out/sample.safetensors")
        duration = float(metadata["eev.duration"])
        self.assertAlmostEqual(duration, 12, delta=0.1)
        rows = math.ceil(duration)
        self.assertEqual(tensors, {"visual": ("F32", [rows, 256]), "audio": ("F32", [rows, 128])})
        self.assertTrue(all(math.isfinite(value) for value, in struct.iter_unpack("<f", data)))
        status = os.stat(self.folder / "sample.mp4")
        seconds, billionths = divmod(status.st_mtime_ns, 10**9)
        bundle = self.eev("doctor", "--format", "json")[0]
        for key, value in {"id": "sample", "source": "sample.mp4", "source_size": str(status.st_size),
                           "source_mtime": f"{seconds}.{billionths:09}".rstrip("0").rstrip("."), "rate": "1",
                           "audio_hop": "1", "audio_track": "present", "visual": "swin-demo", "audio": "vggish-demo",
                           "resize": "stretch"}.items():
            self.assertEqual(metadata["eev." + key], value, key)
        for key in ("visual_sha256", "audio_sha256"):
            self.assertIn(metadata["eev." + key], bundle)
        self.assertRegex(metadata["eev.version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(self.report()["sample"], ["sample.mp4", "done", "", metadata["eev.duration"]])

    def test_rates(self):
        self.silent_video("a.y4m", frames=5, rate="2:1")  # 2.5 s
        self.eev("extract", "a.y4m", "--output", "out", "--rate", "4", "--audio-hop", "0.96")
        metadata, tensors, _ = read_safetensors(self.folder / "out/a.safetensors")
        self.assertEqual(tensors, {"visual": ("F32", [10, 256]), "audio": ("F32", [3, 128])})
        self.assertEqual([metadata["eev." + key] for key in ("rate", "audio_hop", "duration", "audio_track")],
                         ["4", "0.96", "2.5", "none"])

    def test_an_image_is_a_second_without_sound(self):
        self.image("a.png")
        self.assertNotIn("sound", self.eev("extract", "a.png", "--output", "out")[1])
        metadata, tensors, _ = read_safetensors(self.folder / "out/a.safetensors")
        self.assertEqual([shape for _, shape in tensors.values()], [[1, 128], [1, 256]])
        self.assertEqual((metadata["eev.duration"], metadata["eev.audio_track"]), ("1", "none"))

    def test_what_is_done_is_skipped_and_what_has_changed_is_redone(self):
        self.image("a.png"), self.image("b.png")
        path = self.folder / "out/a.safetensors"
        def status(*options):
            self.eev("extract", "a.png", "b.png", "--output", "out", *options)
            return [row[1] for row in self.report().values()]
        self.assertEqual(status(), ["done", "done"])
        first = path.read_bytes()
        self.assertEqual(status(), ["skipped", "skipped"])
        self.assertEqual(self.report()["a"], ["a.png", "skipped", "", "1"])
        os.utime(self.folder / "a.png", ns=(1, 1))
        self.assertEqual(status(), ["done", "skipped"])
        self.assertNotEqual(path.read_bytes(), first)  # its time is in it
        self.image("b.png", colour=(1, 2, 3), side=21)
        self.assertEqual(status(), ["skipped", "done"])
        for option in ("--rate=2", "--resize=crop", "--audio-hop=0.5", "--audio-relu=off", "--audio-frames=94",
                       "--visual-normalize=l2", "--device=reference"):
            self.assertEqual(status(option), ["done", "done"], option)
        self.assertEqual(status("--device=reference"), ["skipped", "skipped"])
        path.write_bytes(b"damaged")
        self.assertEqual(status("--device=reference"), ["done", "skipped"])
        edit_safetensors(path, lambda header, data: header["__metadata__"].update({"eev.visual_sha256": "0" * 64}))
        self.assertEqual(status("--device=reference"), ["done", "skipped"])

    def test_failures_are_reported(self):
        self.image("a.png")
        self.write("b.mp4", "no video")
        error = self.fails("extract", "a.png", "b.mp4", "c,d.mp4", "--output", "out", status=1, count=2)
        report = self.report()
        self.assertEqual([row[1] for row in report.values()], ["done", "failed", "failed"])
        for line, name in zip(error.splitlines(), ("b", "c,d")):
            self.assertEqual("eev: " + report[name][2], line)
            self.assertEqual(report[name][3], "")
        self.assertEqual(self.names("out"), ["a.safetensors", "report.csv"])
        self.fails("extract", "b.mp4", "--output", "out", status=3)

    def test_folders_lists_and_shards(self):
        for name in ("in/b.png", "in/a/c.PNG", "in/readme.md", "d.png", "e.png"):
            self.image(name)
        self.write("list.txt", "d.png\r\n\n  \nin\n".replace("  \n", ""))
        self.eev("extract", "list.txt", "e.png", "--output", "out")
        self.assertEqual(list(self.report()), ["d", "c", "b", "e"])
        os.rename(self.folder / "list.txt", self.folder / "LIST.TXT")
        self.eev("extract", "LIST.TXT", "--output", "out")
        self.assertEqual(list(self.report()), ["d", "c", "b"])
        os.rename(self.folder / "LIST.TXT", self.folder / "list.txt")
        everything = {name: (self.folder / "out" / name).read_bytes() for name in self.names("out")}
        for part in range(3):
            self.eev("extract", "list.txt", "e.png", "--output", "parts", "--shard", f"{part}/3")
        self.assertEqual([list(self.report(f"parts/report-{part}-of-3.csv")) for part in range(3)],
                         [["d", "e"], ["c"], ["b"]])
        for name, content in everything.items():
            if name != "report.csv":
                self.assertEqual((self.folder / "parts" / name).read_bytes(), content, name)
        for wrong in ("3/3", "-1/3", "1", "a/b", "0/0", "1/2x"):
            self.assertIn("--shard", self.fails("extract", "d.png", "--output", "o", f"--shard={wrong}", status=2))

    def test_ids_are_those_of_the_whole_list_in_every_shard(self):
        self.image("x/a.png"), self.image("a.jpg")
        self.eev("extract", "x/a.png", "a.jpg", "--output", "out", "--shard", "1/2")
        self.assertEqual(list(self.report("out/report-1-of-2.csv")), ["a.jpg"])

    def test_a_name_that_no_text_can_hold_is_skipped_like_others(self):
        name = os.fsdecode(b"latin\xe9.png")
        os.rename(self.folder / self.image("a.png"), os.fsencode(self.folder / name))
        for told in (b"latin", b"1 of 1 had been done before"):
            run = subprocess.run([PROGRAM, "extract", ".", "--output", "out"], cwd=self.folder, capture_output=True)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn(told, run.stderr)

    def test_nothing_to_do(self):
        (self.folder / "none").mkdir()
        self.write("empty.txt", "\n")
        for source in ("none", "empty.txt", "missing.txt"):
            self.assertIn(source, self.fails("extract", source, "--output", "out", status=3))
        self.image("a.png")
        self.fails("extract", "missing.txt", "a.png", "--output", "out", status=1)
        self.assertEqual({name: row[1] for name, row in self.report().items()}, {"missing.txt": "failed", "a": "done"})

    def test_an_output_that_is_no_folder(self):
        self.image("a.png")
        self.write("file", "")
        self.assertIn("file", self.fails("extract", "a.png", "--output", "file", status=3))

    def test_a_report_that_cannot_be_written_is_told_before_the_work(self):
        self.image("a.png")
        (self.folder / "out/report.csv").mkdir(parents=True)
        self.assertIn("out/report.csv: cannot be written", self.fails("extract", "a.png", "--output", "out", status=3))
        self.assertEqual(self.names("out"), ["report.csv"])

    def test_the_longest_of_names(self):
        name = self.image("x" * (255 - len(".safetensors")) + ".png")
        self.eev("extract", name, "--output", "out")
        self.assertEqual(self.names("out"), ["report.csv", name.replace(".png", ".safetensors")])


if __name__ == "__main__":
    unittest.main()
