"""In: videos whose headers say more than there is. Out: `eev predict` tells what concerns the picture."""
import unittest

from program import CommandTest


class Claims(CommandTest):
    def test_a_picture_that_is_cut_off_is_told(self):
        """The index comes first, as in files for streaming: one that is cut off can still be read."""
        clip = (self.folder / self.sample_clip()).read_bytes()
        moov = clip.index(b"moov") - 4
        index = bytearray(clip[moov:])
        at = -1
        while (at := index.find(b"stco", at + 1)) >= 0:  # where the chunks of a track are
            for i in range(int.from_bytes(index[at + 8:at + 12], "big")):
                place = slice(at + 12 + 4 * i, at + 16 + 4 * i)
                index[place] = (int.from_bytes(index[place], "big") + len(index)).to_bytes(4, "big")
        head = clip.index(b"ftyp") - 4 + int.from_bytes(clip[:4], "big")
        whole = clip[:head] + index + clip[head:moov]
        self.write("whole.mp4", whole)
        self.write("cut.mp4", whole[:len(whole) * 2 // 3])
        self.assertNotIn("header", self.eev("predict", "whole.mp4")[1])
        self.assertRegex(self.eev("predict", "cut.mp4")[1], r"eev: warning: cut.mp4: the picture ends after \d s, the "
                                                            "file's header says 12 s: it is cut off, or")

    def test_a_file_that_goes_on_after_its_picture_is_not(self):
        clip = bytearray((self.folder / self.sample_clip()).read_bytes())
        begin = clip.index(b"mvhd") + 20  # after version, flags, two times and the units of a second
        units = int.from_bytes(clip[begin - 4:begin], "big")
        clip[begin:begin + 4] = (143_165 * units).to_bytes(4, "big")  # of the file, not of its picture
        self.write("long.mp4", clip)
        out, err = self.eev("predict", "long.mp4")
        self.assertEqual(out.replace("long,", "sample,"), self.eev("predict", "sample.mp4")[0])
        self.assertNotIn("header", err)


if __name__ == "__main__":
    unittest.main()
