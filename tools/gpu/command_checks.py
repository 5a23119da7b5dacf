"""In: the command eev, a device. Out: whether the program does there what it does on the CPU: rows of command.csv.

The clip, the labels and the features are those of a small `eev demo` on the CPU. `predict` runs the built-in model,
`extract` Swin-T and VGGish with weights by formula, `train` a small head, twice. What the CPU computes in float32 is
computed once, and may be carried along.
"""
import array
import csv
import ctypes
import json
import math
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time

CLIP = "demo/seed-1/clips/test/test-000.mp4"
CODED = "coded.mp4"  # the clip in H.264, which every GPU decodes; the demo's is in MPEG-4
EXPECTED = "expected.json"
CARRIED_ALONG = [CLIP, CODED, EXPECTED, *(f"demo/seed-1/{name}" for name in ["features", "training.csv", "validation.csv"])]
NETWORKS = {"--visual-weights": "swin-tiny", "--audio-weights": "vggish"}
# Of the largest |a - b| / (|b| + rms(b)) and of rms(a - b) / rms(b), where b is the CPU's float32. The CPU's own
# bfloat16 comes to 0.028 and 0.006 at most on this clip; a GPU rounds the factors of the head's products, too.
BOUNDS = {"fp32": (1e-4, 1e-4), "bf16": (0.1, 0.02)}
DECODED_BOUND = 1e-3  # of |a - b|, where the GPU has decoded the video


class Wrong(Exception):
    """What was found is not what was expected."""


class Missing(Exception):
    """What a check needs is not on this machine."""


class Program:
    """eev, in a folder to work in, until the time is up."""

    def __init__(self, path, environment, folder, end):
        self.path, self.environment, self.folder, self.end = path, environment, pathlib.Path(folder), end
        self.complaints = ""  # of the last call

    def __call__(self, *arguments):
        words = [str(argument) for argument in arguments]
        run = subprocess.run([self.path, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True,
                             timeout=max(1, self.end - time.monotonic()))
        if run.returncode:
            raise Wrong(f"eev {' '.join(words)} ended with {run.returncode}: {run.stderr[-2000:]}")
        self.complaints = run.stderr
        return run.stdout

    def new_folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))


# ---- what the program computes: {name: numbers} --------------------------------------------------------------
def predict(eev, device, precision, clip=CLIP, decode="cpu"):
    table = eev("predict", clip, "--device", device, "--precision", precision, "--decode", decode)
    return {"scores": [float(score) for row in list(csv.reader(table.splitlines()))[1:] for score in row[2:]]}


def extract(eev, device, precision):
    output = eev.new_folder()
    weights = [word for option, network in NETWORKS.items() for word in (option, f"{network}.safetensors")]
    eev("extract", CLIP, "--rate", 0.25, *weights, "--device", device, "--precision", precision, "--output", output)
    return tensors_of(output / "test-000.safetensors")


def tensors_of(path):
    content = path.read_bytes()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    return {name: array.array("f", content[8 + length:][slice(*tensor["data_offsets"])]).tolist()
            for name, tensor in header.items()}


def train(eev, device, precision):
    """(the loss and the score of each epoch, the bytes of the best head)"""
    run = eev.new_folder()
    eev("train", "--features", "demo/seed-1/features", "--labels", "demo/seed-1/training.csv",
        "--val-labels", "demo/seed-1/validation.csv", "--output", run, "--device", device, "--precision", precision,
        "--epochs", 4, "--visual-units", 64, "--audio-units", 32, "--batch-size", 2, "--learning-rate", 0.003)
    with open(run / "log.csv", newline="") as file:
        epochs = [(float(row["train_loss"]), float(row["val_pearson"])) for row in csv.DictReader(file)]
    return epochs, (run / "best.safetensors").read_bytes()


# ---- whether it is right: each gives its errors, or throws Wrong ---------------------------------------------
def errors(found, expected):
    """The largest, and the rms, relative to the numbers that are expected."""
    def rms(values):
        return math.sqrt(sum(value * value for value in values) / len(values))
    if len(found) != len(expected) or not found:
        raise Wrong(f"{len(found)} numbers, not {len(expected)}")
    apart = [abs(a - b) for a, b in zip(found, expected)]
    if not all(map(math.isfinite, apart)):
        raise Wrong("a number is not finite")
    scale = rms(expected)
    return max(difference / (abs(b) + scale) for difference, b in zip(apart, expected)), rms(apart) / scale


def check_numbers(compute, eev, device, precision):
    found, expected = compute(eev, device, precision), expected_of(eev)[compute.__name__]
    if found.keys() != expected.keys():
        raise Wrong(f"there are {', '.join(found)}, not {', '.join(expected)}")
    of_each = [errors(found[name], expected[name]) for name in expected]
    worst = tuple(map(max, zip(*of_each)))
    if any(error > bound for error, bound in zip(worst, BOUNDS[precision])):
        raise Wrong(f"errors of {worst[0]:.2g} and, rms, {worst[1]:.2g} are more than {BOUNDS[precision]}")
    return worst


def check_decoder(eev, device):
    """The frames are those of the CPU's decoder, nearly."""
    if device == "cuda":
        need_nvdec()
    if not (eev.folder / CODED).exists():
        raise Missing("there is no clip in H.264; ffmpeg makes it")
    found, expected = predict(eev, device, "fp32", CODED, device)["scores"], expected_of(eev)["decode"]["scores"]
    if "decoded on the CPU" in eev.complaints:
        raise Wrong(eev.complaints)
    worst = errors(found, expected)
    apart = max(abs(a - b) for a, b in zip(found, expected))
    if apart > DECODED_BOUND:
        raise Wrong(f"scores are off by {apart:.2g}, more than {DECODED_BOUND}")
    return worst


def need_nvdec():
    try:
        ctypes.CDLL("libnvcuvid.so.1")
    except OSError as problem:
        raise Missing(problem)


def check_training(eev, device, precision):
    (epochs, head), (again, same_head) = (train(eev, device, precision) for _ in range(2))
    if not all(math.isfinite(number) for epoch in epochs for number in epoch):
        raise Wrong(f"a loss or a score is not finite: {epochs}")
    if epochs[-1][0] >= epochs[0][0]:
        raise Wrong(f"the loss does not fall: {epochs}")
    if (again, same_head) != (epochs, head):
        raise Wrong(f"a second run gives other bits: losses and scores {again} after {epochs}, or another head")


def check_doctor(eev, device, gpu):
    """gpu: the beginning of what the device has to be called."""
    devices = json.loads(eev("doctor", "--format", "json"))["devices"]
    name = device + ":0" if device == "cuda" else device
    if not any(one["name"] == name and one["available"] and one["what"].startswith(gpu) for one in devices):
        raise Wrong(f"there is no {name}, {gpu}, among {devices}")


# ---- all of it -----------------------------------------------------------------------------------------------
CHECKS = ["command/doctor", "command/predict", "command/extract", "command/train", "command/decode"]


def prepare(eev):
    """The clip, what to train on, the networks, and what the CPU computes with them."""
    there = (eev.folder / EXPECTED).exists()
    if not there:
        eev("demo", "--clips", 2, "--device", "cpu", "--precision", "fp32", "--output", "demo")
    for network in NETWORKS.values():
        eev("convert", f"formula:{network}", "--output", f"{network}.safetensors")
    if not there:
        expected = {compute.__name__: compute(eev, "cpu", "fp32") for compute in (predict, extract)}
        code(eev.folder)
        if (eev.folder / CODED).exists():
            expected["decode"] = predict(eev, "cpu", "fp32", CODED)
        (eev.folder / EXPECTED).write_text(json.dumps(expected))


def code(folder):
    if shutil.which("ffmpeg"):
        subprocess.run(["ffmpeg", "-loglevel", "error", "-i", CLIP, "-vf", "scale=640:360", "-c:v", "libx264",
                        "-c:a", "copy", CODED], cwd=folder)


def expected_of(eev):
    return json.loads((eev.folder / EXPECTED).read_text())


def attempt(work):
    """yes, no or "not run", and the errors if there are some."""
    try:
        return "yes", work()
    except subprocess.TimeoutExpired:
        return "not run", None
    except Missing as problem:
        print(f"---- command: {problem}")
        return "not run", None
    except Exception as problem:  # whatever the program has written that nobody foresaw
        print(f"---- command: {problem if isinstance(problem, Wrong) else repr(problem)}")
        return "no", None


def rows(eev, device, gpu, precisions):
    """A row of command.csv, but for commit and date, of each check; eev is None where there is no such program."""
    works = {("command/doctor", ""): lambda: check_doctor(eev, device, gpu)}
    for precision in precisions:
        works |= {("command/predict", precision): lambda at=precision: check_numbers(predict, eev, device, at),
                  ("command/extract", precision): lambda at=precision: check_numbers(extract, eev, device, at),
                  ("command/train", precision): lambda at=precision: check_training(eev, device, at)}
    works["command/decode", "fp32"] = lambda: check_decoder(eev, device)
    prepared = attempt(lambda: prepare(eev))[0] if eev else "not run"
    for (what, precision), work in works.items():
        start = time.monotonic()
        passed, found = attempt(work) if prepared == "yes" else (prepared, None)
        row = {"command": what, "precision": precision, "passed": passed}
        if passed != "not run":
            row["seconds"] = f"{time.monotonic() - start:.1f}"
        if found:
            row |= {"largest_error": f"{found[0]:.2g}", "rms_error": f"{found[1]:.2g}"}
        yield row
