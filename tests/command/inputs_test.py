"""In: folders, pipes and odd names in place of videos. Out: `eev predict` does what can be done and tells the rest."""
import os
import subprocess
import unittest

from program import PROGRAM, CommandTest


class Inputs(CommandTest):
    def test_a_folder_of_no_use_is_told_and_the_others_have_rows(self):
        (self.folder / "empty").mkdir()
        self.image("good.png")
        error = self.fails("predict", "empty", "good.png", "--output", "out.csv", status=1)
        self.assertTrue(error.startswith("eev: empty: no videos in this folder"), error)
        self.assertEqual({row[0] for row in self.rows(self.read("out.csv"))[1:]}, {"good"})
        self.fails("predict", "empty", status=3)

    def test_a_pipe_is_refused_and_not_waited_for(self):
        os.mkfifo(self.folder / "pipe")
        self.assertEqual(self.fails("predict", "pipe", status=3), "eev: pipe: a pipe or a device, expected a file")

    def test_a_name_in_brackets_is_one_name(self):
        self.image("[2021]/a.png"), self.image("[a,b]")
        out = self.rows(self.eev("predict", "[2021]", "[a,b]", "--rate=1")[0])
        self.assertEqual([row[0] for row in out[1:]], ["a", "[a,b]"])

    def test_messages_do_not_go_into_a_file_where_stderr_is_closed(self):
        self.image("a.png")
        expected = self.eev("predict", "a.png")[0]
        close = lambda: os.close(2)
        self.assertEqual(subprocess.run([PROGRAM, "predict", "a.png", "--output", "out.csv"], cwd=self.folder,
                                        preexec_fn=close).returncode, 0)
        self.assertEqual(self.read("out.csv"), expected)


if __name__ == "__main__":
    unittest.main()
