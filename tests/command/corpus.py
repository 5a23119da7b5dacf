"""In: nothing. Out: features and labels of a few short videos, for the tests of training. Rests on: program.py."""
import array
import json
import math
import random
import struct

from program import EXPRESSIONS, CommandTest

HEADER = "YouTube ID,Timestamp (milliseconds)," + ",".join(EXPRESSIONS)


def safetensors(tensors, metadata=None):
    """The bytes of a file; tensors: {name: rows of floats}."""
    header, data = {"__metadata__": metadata} if metadata else {}, b""
    for name, rows in tensors.items():
        values = array.array("f", (value for row in rows for value in row)).tobytes()
        header[name] = {"dtype": "F32", "shape": [len(rows), len(rows[0])],
                        "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def labels(**videos):
    """A CSV of labels; videos: {id: rows of 15 numbers}."""
    return HEADER + "\n" + "".join(f"{video},{k * 10**6 // 6}," + ",".join(f"{score:.5f}" for score in row) + "\n"
                                   for video, rows in videos.items() for k, row in enumerate(rows))


class TrainingTest(CommandTest):
    """Each test has features/ of six videos for training and two for validation, train.csv and val.csv."""

    SMALL = {"--visual-units": 6, "--audio-units": 4, "--clip-seconds": 12, "--batch-size": 3,
             "--learning-rate": 0.02, "--threads": 1}

    def setUp(self):
        super().setUp()
        self.random = random.Random(1)
        for name, count in (("train", 6), ("val", 2)):
            videos = {}
            for i in range(count):
                seconds, video = 13 + 5 * i, f"{name}{i}"
                mood = [math.sin(0.4 * k / 6 + i) for k in range(6 * seconds)]
                self.features(video, [[mood[6 * t] * (c % 3 - 1) for c in range(5)] for t in range(seconds)],
                              [[mood[6 * t]] * 3 for t in range(seconds)])
                videos[video] = [[0.5 + 0.4 * m * (-1) ** e for e in range(15)] for m in mood[:6 * seconds - i]]
            self.write(f"{name}.csv", labels(**videos))

    def features(self, video, visual, audio, metadata=None, folder="features"):
        noisy = lambda rows: [[value + self.random.gauss(0, 0.1) for value in row] for row in rows]
        return self.write(f"{folder}/{video}.safetensors",
                          safetensors({"visual": noisy(visual), "audio": noisy(audio)}, metadata))

    def arguments(self, *more, output="run", epochs=3):
        small = [word for option, value in self.SMALL.items() if option not in more for word in (option, value)]
        return ["train", "--features", "features", "--labels", "train.csv", "--val-labels", "val.csv", "--output",
                output, "--epochs", epochs, *small, *more]

    def train(self, *more, **options):
        return self.eev(*self.arguments(*more, **options))[1]
