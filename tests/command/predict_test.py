"""In: videos, good and bad. Out: the contract of `eev predict` holds."""
import collections
import html.parser
import json
import math
import os
import subprocess
import time
import unittest

from program import DEMO_NOTE, EXPRESSIONS, PROGRAM, CommandTest


class Formats(CommandTest):
    def test_csv_has_six_rows_a_second(self):
        self.silent_video("a.y4m", frames=5, rate="2:1")  # 2.5 s
        out, err = self.eev("predict", "a.y4m")
        header, *rows = self.rows(out)
        self.assertEqual(header, ["video", "seconds", *EXPRESSIONS])
        self.assertEqual(len(rows), 15)
        for k, row in enumerate(rows):
            self.assertEqual(row[:2], ["a", f"{k / 6:.6f}"])
            for score in row[2:]:
                self.assertRegex(score, r"^[01]\.\d{6}$")
                self.assertLessEqual(float(score), 1)
        self.assertNotIn("\r", out)
        self.assertIn(f"eev: note: {DEMO_NOTE}\n", err)
        self.assertIn("a.y4m: has no sound", err)

    def test_rows_are_ceil_of_rate_times_duration(self):
        self.silent_video("a.y4m", frames=7, rate="3:1")  # 7/3 s: 14 rows exactly
        for rate, expected in (("6", 14), ("1", 3), ("0.5", 2), ("12.5", 30), ("30000/1001", 70)):
            rows = self.rows(self.eev("predict", "a.y4m", "--rate", rate)[0])[1:]
            self.assertEqual(len(rows), expected, rate)

    def test_the_cpu_decodes_what_a_gpu_that_was_asked_for_does_not(self):
        for name in ("a.y4m", "b.y4m"):
            self.silent_video(name)
        out, err = self.eev("predict", "a.y4m", "b.y4m", "--decode", "cuda")
        self.assertEqual(out, self.eev("predict", "a.y4m", "b.y4m")[0])
        told = "eev: warning: a.y4m: decoded on the CPU: FFmpeg's decoder rawvideo uses no GPU\n"
        self.assertIn(told, err)
        self.assertEqual(err.count("decoded on the CPU"), 1)  # not once more for the next file

    def test_eev_is_the_submission_format(self):
        self.silent_video("a.y4m")
        header, *rows = self.rows(self.eev("predict", "a.y4m", "--format", "eev")[0])
        self.assertEqual(header, ["Video ID", "Timestamp (milliseconds)", *EXPRESSIONS])
        self.assertEqual([row[1] for row in rows], [str(k * 10**6 // 6) for k in range(15)])
        as_csv = self.rows(self.eev("predict", "a.y4m")[0])[1:]
        self.assertEqual([row[2:] for row in rows], [row[2:] for row in as_csv])

    def test_json_holds_the_same_and_the_note(self):
        self.silent_video("a.y4m")
        self.sample_clip("b.mp4")
        out = json.loads(self.eev("predict", "a.y4m", "b.mp4", "--format", "json")[0])
        self.assertEqual(list(out), ["model", "note", "videos"])
        self.assertEqual(out["note"], DEMO_NOTE)
        self.assertIn("swin-demo", out["model"])
        a, b = out["videos"]
        self.assertEqual(list(a), ["id", "source", "duration", "rate", "audio", "seconds", "scores"])
        self.assertEqual((a["id"], a["source"], a["duration"], a["rate"], a["audio"]), ("a", "a.y4m", 2.5, 6, False))
        self.assertEqual((b["id"], b["audio"]), ("b", True))
        self.assertAlmostEqual(b["duration"], 12, delta=0.1)
        rows = self.rows(self.eev("predict", "a.y4m", "b.mp4")[0])[1:]
        for video in (a, b):
            own = [row for row in rows if row[0] == video["id"]]
            self.assertEqual(len(own), math.ceil(6 * video["duration"]))
            self.assertEqual(video["seconds"], [float(row[1]) for row in own])
            self.assertEqual(list(video["scores"]), EXPRESSIONS)
            for e, name in enumerate(EXPRESSIONS):
                self.assertEqual(video["scores"][name], [float(row[2 + e]) for row in own])

    def test_ids_are_quoted_and_inputs_keep_their_order(self):
        for name in ('z,"x".png', "b.png", "a b.png"):
            self.image(name)
        out = self.eev("predict", 'z,"x".png', "b.png", "a b.png", "--rate", "1")[0]
        self.assertEqual([row[0] for row in self.rows(out)[1:]], ['z,"x"', "b", "a b"])
        self.assertIn('\n"z,""x""",0.000000,', out)

    def test_inputs_of_one_name_use_the_full_file_name(self):
        self.image("x/a.png"), self.image("a.jpg"), self.image("b.png")
        out = self.eev("predict", "x/a.png", "a.jpg", "b.png", "--rate", "1")[0]
        self.assertEqual([row[0] for row in self.rows(out)[1:]], ["a.png", "a.jpg", "b"])
        self.image("y/a.png")
        error = self.fails("predict", "x/a.png", "y/a.png", status=2)
        self.assertIn("x/a.png", error)
        self.assertIn("y/a.png", error)

    def test_a_folder_is_searched_and_sorted(self):
        for name in ("in/b.png", "in/B/c.png", "in/a.png", "in/notes.txt", "in/.hidden.png"):
            self.image(name)
        out = self.eev("predict", "in", "--rate", "1")[0]
        self.assertEqual([row[0] for row in self.rows(out)[1:]], ["c", "a", "b"])


class Report(CommandTest):
    def test_a_page_shows_every_video_its_curves_and_the_note_and_needs_nothing_else(self):
        self.silent_video("a.y4m")
        self.image("b & c.png")
        csv = self.eev("predict", "a.y4m", "b & c.png")[0]
        self.assertEqual(self.eev("predict", "a.y4m", "b & c.png", "--report", "page.html")[0], csv)
        page = self.read("page.html")
        self.assertEqual(page.count('<path class="curve"'), 2 * 15)
        for text in (DEMO_NOTE, "swin-demo", ">a</h2>", ">b &amp; c</h2>", "<dd>2.5 s</dd>", *EXPRESSIONS):
            self.assertIn(text, page)
        for outside in ("http", "src=", "<link", "@import", "url("):
            self.assertNotIn(outside, page)
        elements = collections.Counter()
        parser = html.parser.HTMLParser()
        parser.handle_starttag = lambda tag, attributes: elements.update([tag])
        parser.handle_endtag = lambda tag: elements.subtract([tag])
        parser.feed(page)
        self.assertEqual({tag for tag, open_ones in elements.items() if open_ones}, {"meta", "input"})

    def test_a_page_appears_only_if_a_video_has_curves(self):
        self.write("page.html", "old")
        self.fails("predict", "missing.mp4", "--report", "page.html", status=3)
        self.assertEqual(self.read("page.html"), "old")
        self.assertEqual(self.names(), ["page.html"])
        self.image("a.png")
        self.assertIn("nowhere/page.html", self.fails("predict", "a.png", "--report", "nowhere/page.html", status=3))


class Sameness(CommandTest):
    def test_a_second_run_and_other_threads_give_the_same_bytes(self):
        self.sample_clip()
        self.silent_video("a.y4m", frames=10)
        first = self.eev("predict", "sample.mp4", "a.y4m")[0]
        self.assertEqual(self.eev("predict", "sample.mp4", "a.y4m")[0], first)
        self.assertEqual(self.eev("predict", "sample.mp4", "a.y4m", "--threads", "1")[0], first)
        alone = self.eev("predict", "a.y4m")[0].splitlines()[1:]
        self.assertEqual(first.splitlines()[-len(alone):], alone)

    def test_the_reference_device_gives_nearly_the_same(self):
        self.image("a.png")
        slow, fast = (self.rows(self.eev("predict", "a.png", "--rate", "1", *more)[0])[1]
                      for more in (("--device", "reference"), ("--device", "cpu", "--precision", "fp32")))
        for a, b in zip(slow[2:], fast[2:]):
            self.assertAlmostEqual(float(a), float(b), delta=1e-4)

    def test_options_of_frames_and_sound_change_the_curve(self):
        self.sample_clip()
        usual = self.eev("predict", "sample.mp4", "--rate", "1")[0]
        for option in ("--resize=crop", "--visual-normalize=l2", "--audio-hop=0.96", "--audio-relu=off",
                       "--audio-frames=94"):
            other = self.eev("predict", "sample.mp4", "--rate", "1", option)[0]
            self.assertEqual(other.count("\n"), usual.count("\n"), option)
            self.assertNotEqual(other, usual, option)
        self.assertEqual(self.eev("predict", "sample.mp4", "--rate", "1", "--video-stream=0")[0], usual)
        self.assertIn("sample.mp4", self.fails("predict", "sample.mp4", "--audio-stream", "7", status=3))


class BadInput(CommandTest):
    def bad_files(self):
        self.write("notes.mp4", "this is no video\n" * 100)
        self.write("empty.mp4", b"")
        self.write("sound.wav", b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\x08\0\0"
                   + b"\0" * 2048)
        self.write("noframes.y4m", "YUV4MPEG2 W16 H16 F2:1 Ip A1:1 C420jpeg\n")
        clip = (self.folder / self.sample_clip()).read_bytes()
        self.write("cut.mp4", clip[:len(clip) // 2])  # without its index, which is at the end
        self.write("broken.png", b"\x89PNG\r\n\x1a\n" + b"x" * 50)
        return ["missing.mp4", "notes.mp4", "empty.mp4", "sound.wav", "noframes.y4m", "cut.mp4", "broken.png"]

    def test_each_bad_file_is_one_line_that_names_it(self):
        for name in self.bad_files():
            with self.subTest(name):
                error = self.fails("predict", name, "--output", "out.csv", status=3)
                self.assertTrue(error.startswith(f"eev: {name}: "), error)
                self.assertNotIn("out.csv", self.names())
                self.assertEqual([n for n in self.names() if ".tmp" in n], [])

    def test_a_failed_video_has_no_rows_and_the_others_have(self):
        bad = self.bad_files()
        self.image("good.png")
        error = self.fails("predict", *bad[:3], "good.png", *bad[3:], "--output", "out.csv", status=1, count=len(bad))
        self.assertEqual([line.split(": ")[1] for line in error.splitlines()], bad)
        self.assertEqual({row[0] for row in self.rows(self.read("out.csv"))[1:]}, {"good"})

    def test_when_all_fail_nothing_is_printed_and_an_old_file_stays(self):
        self.write("out.csv", "old")
        self.fails("predict", "missing.mp4", "--output", "out.csv", status=3)
        self.assertEqual(self.read("out.csv"), "old")
        for form in ("csv", "json"):
            self.assertEqual(self.eev("predict", "missing.mp4", "--format", form, status=3)[0], "")

    def test_text_is_no_video(self):
        self.write("list.txt", "clips/one.mp4\n" * 100)
        self.assertIn("list.txt: is text, not a video", self.fails("predict", "list.txt", status=3))

    def test_a_name_with_a_line_break_does_not_break_the_line(self):
        self.fails("predict", "a\nb.mp4", status=3)


class Progress(CommandTest):
    def test_lines_where_there_is_no_terminal(self):
        self.image("a.png"), self.image("b.png")
        err = self.eev("predict", "a.png", "b.png")[1]
        self.assertRegex(err, r"\neev: b.png: 1.0 s of video in \d+.\d s, \d+.\dx realtime \(2 of 2\)\n$")
        self.assertNotIn("\r", err)
        self.assertEqual(self.eev("predict", "a.png", "--quiet")[1], f"eev: note: {DEMO_NOTE}\n")

    def test_a_bar_on_a_terminal(self):
        self.silent_video("a.y4m", frames=10)
        clip = (self.folder / "a.y4m").read_bytes()
        steering = self.write("b\x1b]0;.y4m", clip)  # which would begin the title of the window
        # There is a bar every tenth of a second: the reference is slow enough for several.
        shown = self.on_terminal("predict", "a.y4m", steering, "--output", "/dev/null", "--device", "reference")
        self.assertRegex(shown.decode(), r"\r\[#+-*\] +\d+ %, 2 of 2, \d+.\dx realtime, \d\d:\d\d left  b ]0;.y4m")
        self.assertNotIn(b"\x1b]", shown)

    def test_frames_that_cannot_be_decoded_are_left_out_and_counted(self):
        clip = bytearray((self.folder / self.sample_clip()).read_bytes())
        begin = clip.index(b"mdat") + 20000
        clip[begin:begin + 40000] = bytes(40000)
        self.write("hole.mp4", clip)
        out, err = self.eev("predict", "hole.mp4")
        self.assertRegex(err, r"eev: warning: hole.mp4: \d+ frames? could not be decoded, left out\n")
        self.assertEqual(out.count("\n"), self.eev("predict", "sample.mp4")[0].count("\n"))


class Startup(CommandTest):
    def test_the_demo_model_is_loaded_and_the_time_it_takes_is_told(self):
        self.image("a.png")
        environment = dict(os.environ, OMP_WAIT_POLICY="passive")  # other tests run beside this one
        def seconds():
            start = time.monotonic()
            subprocess.run([PROGRAM, "predict", "a.png", "--quiet"], cwd=self.folder, env=environment, check=True,
                           capture_output=True)
            return time.monotonic() - start
        # Told, not judged: how long depends on the machine.
        print(f"from the start to the curves of one image: {min(seconds() for _ in range(5)):.2f} s")


if __name__ == "__main__":
    unittest.main()
