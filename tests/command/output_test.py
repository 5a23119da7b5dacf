"""In: places to write to, and signals. Out: `eev predict` leaves whole results there, or none."""
import os
import resource
import signal
import subprocess
import time
import unittest

from program import DEMO_NOTE, PROGRAM, CommandTest


class Outputs(CommandTest):
    def test_an_output_that_cannot_be_written(self):
        self.image("a.png")
        self.assertIn("nowhere/out.csv", self.fails("predict", "a.png", "--output", "nowhere/out.csv", status=3))
        self.assertIn("No space", self.fails("predict", "a.png", "--output", "/dev/full", status=3))
        self.eev("predict", "a.png", "--output", "/dev/null")
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))
        self.assertIn("without a name", self.fails("predict", "a.png", "--output", "", status=3))

    def test_what_stdout_has_been_written_to_by_others_stays(self):
        self.image("a.png")
        with open(self.folder / "all.txt", "ab") as file:
            file.write(b"before\n")
            file.flush()
            subprocess.run([PROGRAM, "predict", "a.png", "--quiet", "--output", "/dev/stdout"], cwd=self.folder,
                           stdout=file, stderr=subprocess.DEVNULL, check=True)
        self.assertEqual(self.read("all.txt"), "before\n" + self.eev("predict", "a.png")[0])

    def test_a_file_that_may_not_grow_is_an_error_and_leaves_nothing(self):
        self.image("a.png")
        process = self.start("predict", "a.png", "--rate", "1000", "--output", "out.csv",
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)))
        err = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 3, err)
        self.assertIn("out.csv: cannot be written: File too large", err)
        self.assertEqual(self.names(), ["a.png"])

    def test_nothing_is_written_over_another_or_over_a_video(self):
        self.image("a.png")
        os.symlink("a.png", self.folder / "link.png")
        here = self.folder.resolve()
        for one, other in (("-", "-"), ("same", "same"), ("./o.csv", "o.csv"), ("o.csv", f"{here}/o.csv")):
            self.assertIn("both name", self.fails("predict", "a.png", "--report", one, "--output", other, status=2))
        for option in ("--output", "--report"):
            for name in ("a.png", "./a.png", f"{here}/a.png", "link.png"):
                self.assertIn(f"{option} {name}: that is a.png, which is read",
                              self.fails("predict", "a.png", option, name, status=2))
            for weights in ("--weights", "--visual-weights", "--audio-weights", "--audio-pca-weights"):
                self.assertIn("that is link.png", self.fails("predict", "b.png", weights, "link.png", option, "a.png",
                                                             status=2))
        self.assertEqual(self.names(), ["a.png", "link.png"])


class Stopping(CommandTest):
    def run_until_signal(self, number):
        self.silent_video("long.y4m", frames=3000, rate="1:1")
        process = self.start("predict", "long.y4m", "--output", "out.csv")
        while not any(".tmp" in name for name in self.names()):
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        time.sleep(0.1)
        process.send_signal(number)
        err = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 128 + number, err)
        self.assertEqual(self.names(), ["long.y4m"])

    def test_interrupt(self):
        self.run_until_signal(signal.SIGINT)

    def test_terminate(self):
        self.run_until_signal(signal.SIGTERM)

    def test_a_terminal_that_is_closed(self):
        self.run_until_signal(signal.SIGHUP)

    def test_a_reader_that_closes_the_pipe_ends_it_quietly(self):
        self.silent_video("a.y4m", frames=40, rate="1:1")
        process = self.start("predict", "a.y4m", "--rate", "100", "--quiet")  # 4000 rows, more than a pipe holds
        self.assertTrue(process.stdout.readline().startswith("video,"))
        process.stdout.close()
        self.assertEqual(process.stderr.read(), f"eev: note: {DEMO_NOTE}\n")
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), 0)

    def test_without_a_reader_the_page_is_made_and_failures_count(self):
        self.image("a.png"), self.image("b.png")
        read, write = os.pipe()
        os.close(read)
        process = subprocess.run([PROGRAM, "predict", "missing.mp4", "a.png", "b.png", "--report", "page.html"],
                                 cwd=self.folder, stdout=write, stderr=subprocess.PIPE)
        os.close(write)
        self.assertEqual(process.returncode, 1, process.stderr)
        for video in ("a", "b"):
            self.assertIn(f">{video}</h2>", self.read("page.html"))


if __name__ == "__main__":
    unittest.main()
