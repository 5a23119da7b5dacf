#!/usr/bin/env python3
"""In: eev_bench and PyTorch (timm for Swin) on this machine, and of ONNX Runtime, OpenVINO and ffmpeg what is installed.
Out: bench/results/<machine>/WHAT.csv, a row for each peer, also on stdout.

    tools/compare_with_peers.py [WHAT...] [--rounds 5] [--cores 2] [--program build/cpu-release/bench/eev_bench]

WHAT is some of training-step (128 clips of 60 s, rows of 1536 and 128 numbers, L1, Adam), head (64 such clips), swin-large
(8 images), vggish (16 patches), all in float32 and, but for the head, in bfloat16 where the processor multiplies it, and
decode (one picture of 224 x 224 a second of a minute of 720p, as H.264, from its file), or else all of them. eev and its
peers (cpu_peers.py) take turns, on as many cores (all, unless told otherwise), so that a machine whose speed wanders
wanders for all; medians over the rounds. Nothing else should run on these cores meanwhile.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tools" / "gpu")]
sys.dont_write_bytecode = True
import cpu_peers  # noqa: E402
from peer_networks import Head, vggish  # noqa: E402
import results  # noqa: E402


def rows_of(batch):
    """Visual and audio rows of clips of a minute."""
    return torch.rand(batch, 60, 1536) - 0.5, torch.rand(batch, 60, 128) - 0.5


def training_step(batch, _cores, precision):
    head, inputs, labels = Head().train(), rows_of(batch), torch.rand(batch, 60, 15)
    adam = torch.optim.Adam(head.parameters(), 2e-4)

    def step(rounded):
        adam.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=rounded):
            loss = torch.nn.functional.l1_loss(head(*inputs), labels)
        loss.backward()
        adam.step()
    if precision == "bf16":
        yield f"{cpu_peers.PYTORCH} autocast", lambda: step(True)
    yield f"{cpu_peers.PYTORCH} fp32", lambda: step(False)


def head(batch, cores, precision):
    return cpu_peers.of(Head(), rows_of(batch), cores, precision)


def swin_large(batch, cores, precision):
    import timm
    return cpu_peers.of(timm.create_model("swin_large_patch4_window7_224", num_classes=0),
                        (torch.rand(batch, 3, 224, 224),), cores, precision)


def vggish_of(batch, cores, precision):
    return cpu_peers.of(vggish().to(memory_format=torch.channels_last), (torch.rand(batch, 1, 96, 64),), cores, precision)


def decode(seconds, _cores, _precision):
    video = str(pathlib.Path(FOLDER.name) / "video.mp4")
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=25:duration={seconds}", "-vf",
                    "noise=alls=8:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-pix_fmt", "yuv420p", video],
                   check=True)
    os.environ["EEV_BENCH_VIDEO"] = video
    version = subprocess.run(["ffmpeg", "-version"], check=True, capture_output=True, text=True).stdout.split()[2]
    yield f"ffmpeg {version}", lambda: subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-i", video, "-an", "-vf", "fps=1,scale=224:224:flags=bicubic", "-pix_fmt",
         "rgb24", "-f", "rawvideo", "-y", "/dev/null"], check=True)


FOLDER = tempfile.TemporaryDirectory()

# what: (eev's benchmark by precision, batch, unit, the peers' work for a batch on so many cores: (name, callable) each)
COMPARISONS = {
    "training-step": ({"fp32": "train_step_cpu<float>/128", "bf16": "train_step_cpu<bfloat16>/128"}, 128, "clips/s", training_step),
    "head": ({"fp32": "head_cpu/64"}, 64, "clips/s", head),
    "swin-large": ({"fp32": "swin_large_fp32/8", "bf16": "swin_large_bf16/8"}, 8, "images/s", swin_large),
    "vggish": ({"fp32": "vggish_cpu<float>/16", "bf16": "vggish_cpu<bfloat16>/16"}, 16, "patches/s", vggish_of),
    "decode": ({"": "video_file_cpu"}, 60, "s of video/s", decode),
}


def about_processor(key):
    return next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith(key))


def multiplies_bfloat16():
    return "avx512_bf16" in about_processor("flags").split()


def machine():
    """The processor's name, the most capable vector instructions (hosts call processors of years 'AMD EPYC'), and how
    many cores are used."""
    vectors = next(name for name in ("amx_bf16", "avx512_bf16", "avx512f", "avx2") if name in about_processor("flags").split())
    cores = len(os.sched_getaffinity(0))
    return f"{about_processor('model name')} {vectors} {cores} core{'s' if cores > 1 else ''}"


def eev_run(program, bench):
    """(seconds, share of the roof, if it has one) of one run."""
    output = subprocess.run([program, f"--benchmark_filter=^{bench}/real_time$",
                             "--benchmark_min_warmup_time=0.1", "--benchmark_format=json"],
                            check=True, capture_output=True, text=True).stdout
    if not output:
        sys.exit(f"{program} has no benchmark '{bench}': build it again")
    measured = json.loads(output)["benchmarks"][0]
    seconds = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[measured["time_unit"]]
    return measured["real_time"] * seconds, measured.get("share_of_roof")


def peer_run(work):
    """Seconds of one run, the median of those of a second."""
    times = []
    while not times or sum(times) < 1:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare(what, precision, program, rounds, cores):
    """A row for each peer."""
    benches, batch, unit, make = COMPARISONS[what]
    bench = benches[precision]
    torch.manual_seed(1)
    peers = dict(make(batch, cores, precision))
    for work in peers.values():
        work()  # the first is slower
    ours, theirs = [], {name: [] for name in peers}
    for _ in range(rounds):
        ours.append(eev_run(program, bench))
        for name, work in peers.items():
            theirs[name].append(peer_run(work))
        print(f"{what} {precision}".strip() + f": eev {ours[-1][0]:.3f} s, " +
              ", ".join(f"{name} {times[-1]:.3f} s" for name, times in theirs.items()), file=sys.stderr)
    seconds, shares = statistics.median(one for one, _ in ours), [share for _, share in ours if share is not None]
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    row = {"what": what, "precision": precision, "batch": batch, "eev": f"{batch / seconds:.4g}", "unit": unit,
           "share_of_roof": f"{statistics.median(shares):.3f}" if shares else "",
           "commit": commit.stdout.strip(), "date": datetime.date.today().isoformat()}
    medians = {name: statistics.median(times) for name, times in theirs.items()}
    return [row | {"peer": name, "peer_value": f"{batch / peer:.4g}", "ratio": f"{peer / seconds:.3f}"}
            for name, peer in medians.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="WHAT", default=list(COMPARISONS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--program", default=ROOT / "build/cpu-release/bench/eev_bench")
    arguments = parser.parse_args()
    if unknown := set(arguments.what) - set(COMPARISONS):
        parser.error(f"{', '.join(unknown)}: expected some of {', '.join(COMPARISONS)}")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-arguments.cores:])
    torch.set_num_threads(arguments.cores)
    for what in arguments.what:
        path = ROOT / "bench/results" / results.folder_of(machine()) / f"{what}.csv"
        precisions = [one for one in COMPARISONS[what][0] if one != "bf16" or multiplies_bfloat16()]
        results.write(path, results.BENCHMARK_COLUMNS,
                      [row for precision in precisions
                       for row in compare(what, precision, arguments.program, arguments.rounds, arguments.cores)])
        print(path.read_text(), end="", flush=True)


if __name__ == "__main__":
    main()
