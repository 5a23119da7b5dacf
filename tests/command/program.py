"""In: the built programs, named by the environment (EEV_PROGRAM, EEV_SAMPLE_CLIP). Out: runs of eev and files to
give it, for the tests beside this file. Rests on: Python's standard library.
"""
import csv
import io
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import tempfile
import unittest
import zipfile
import zlib

PROGRAM = os.environ["EEV_PROGRAM"]
MAKE_SAMPLE_CLIP = os.environ["EEV_SAMPLE_CLIP"]
EXPRESSIONS = ("amusement anger awe concentration confusion contempt contentment disappointment doubt elation "
               "interest pain sadness surprise triumph").split()
DEMO_NOTE = "trained on synthetic clips; not a measurement of viewers"


class CommandTest(unittest.TestCase):
    """Each test has an empty folder, self.folder, and runs there."""

    maxDiff = None

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="eev-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def start(self, *arguments, **options):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def eev(self, *arguments, status=0):
        """(stdout, stderr) of a run that has to end with `status`."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, status, err)
        return out, err

    def on_terminal(self, *arguments):
        """What a run that ends well shows on a terminal."""
        terminal, side = pty.openpty()
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=side)
        os.close(side)
        shown = b""
        try:
            while block := os.read(terminal, 4096):
                shown += block
        except OSError:  # the other side is closed
            pass
        os.close(terminal)
        self.assertEqual(process.wait(timeout=300), 0, shown)
        return shown

    def fails(self, *arguments, status, count=1):
        """The errors, `count` lines, of a run that has to end with `status`."""
        err = self.eev(*arguments, status=status)[1]
        errors = [line for line in err.splitlines() if not re.match(r"eev: (note|warning): |eev: .*realtime", line)]
        self.assertEqual(len(errors), count, err)
        return "\n".join(errors)

    def names(self, folder="."):
        return sorted(entry.name for entry in (self.folder / folder).iterdir())

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    # ---- videos ----

    def silent_video(self, name, frames=5, rate="2:1", side=16):
        """YUV4MPEG2: pictures of one grey each, no sound."""
        pictures = (b"FRAME\n" + bytes([40 + 37 * i % 180]) * (side * side) + b"\x80" * (side * side // 2)
                    for i in range(frames))
        return self.write(name, f"YUV4MPEG2 W{side} H{side} F{rate} Ip A1:1 C420jpeg\n".encode() + b"".join(pictures))

    def image(self, name, colour=(200, 60, 20), side=20):
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        rows = (b"\0" + bytes(colour) * side) * side
        return self.write(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
                          + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

    def sample_clip(self, name="sample.mp4"):
        """Twelve seconds of picture and sound."""
        subprocess.run([MAKE_SAMPLE_CLIP, name], cwd=self.folder, check=True, capture_output=True)
        return name

    # ---- results ----

    def rows(self, text):
        """The rows of a CSV, header first."""
        return list(csv.reader(io.StringIO(text, newline="")))

    def read(self, name):
        return (self.folder / name).read_text()


def read_safetensors(path):
    """(metadata, {name: (dtype, shape)}, bytes of data)"""
    content = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    return metadata, {name: (entry["dtype"], entry["shape"]) for name, entry in header.items()}, content[8 + length:]


def edit_safetensors(path, edit):
    """Lets edit(header, data) change the header and the data (a bytearray) of a file."""
    content = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header, data = json.loads(content[8:8 + length]), bytearray(content[8 + length:])
    edit(header, data)
    text = json.dumps(header).encode()
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


def npz(eigenvectors, means):
    """The bytes of a vggish_pca_params.npz, as numpy.savez_compressed writes float64 arrays [N, 128] and [N]."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, shape, values in (("pca_eigen_vectors", (len(eigenvectors), 128), sum(eigenvectors, [])),
                                    ("pca_means", (len(means),), means)):
            header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
            archive.writestr(name + ".npy", b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header
                             + struct.pack(f"<{len(values)}d", *values))
    return file.getvalue()
