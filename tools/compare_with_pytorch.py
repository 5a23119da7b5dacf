#!/usr/bin/env python3
"""In: eev_bench and PyTorch (timm for Swin) on this machine. Out: bench/results/<machine>/WHAT.csv, also on stdout.

    tools/compare_with_pytorch.py [WHAT...] [--rounds 5] [--cores 2] [--program build/cpu-release/bench/eev_bench]

WHAT is some of training-step (128 clips of 60 s, rows of 1536 and 128 numbers, L1, Adam), head (64 such clips), swin-large
(8 images) and vggish (16 patches), or else all of them; in float32, by eev and by PyTorch in turns, on as many cores
(all, unless told otherwise), so that a machine whose speed wanders wanders for both; medians over the rounds. Nothing
else should run on these cores meanwhile.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tools" / "gpu")]
sys.dont_write_bytecode = True
from peer_networks import Head, vggish  # noqa: E402
import results  # noqa: E402


def rows_of(batch):
    """Visual and audio rows of clips of a minute."""
    return torch.rand(batch, 60, 1536) - 0.5, torch.rand(batch, 60, 128) - 0.5


def inference(network, *inputs):
    network.eval()

    def run():
        with torch.inference_mode():
            network(*inputs)
    return run


def training_step(batch):
    head, inputs, labels = Head().train(), rows_of(batch), torch.rand(batch, 60, 15)
    adam = torch.optim.Adam(head.parameters(), 2e-4)

    def step():
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.l1_loss(head(*inputs), labels).backward()
        adam.step()
    return step


def swin_large(batch):
    import timm
    return inference(timm.create_model("swin_large_patch4_window7_224", num_classes=0), torch.rand(batch, 3, 224, 224))


# what: (eev's benchmark, batch, unit, PyTorch's work for a batch)
COMPARISONS = {
    "training-step": ("train_step_cpu", 128, "clips/s", training_step),
    "head": ("head_cpu", 64, "clips/s", lambda batch: inference(Head(), *rows_of(batch))),
    "swin-large": ("swin_large_fp32", 8, "images/s", swin_large),
    "vggish": ("vggish_cpu<float>", 16, "patches/s", lambda batch: inference(
        vggish().to(memory_format=torch.channels_last), torch.rand(batch, 1, 96, 64))),
}


def machine():
    """The processor's name and how many cores are used."""
    names = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0))
    return f"{names[0]} {cores} core{'s' if cores > 1 else ''}"


def eev_run(program, bench, batch):
    """(seconds, share of the roof) of one run."""
    output = subprocess.run([program, f"--benchmark_filter=^{bench}/{batch}/real_time$",
                             "--benchmark_min_warmup_time=0.1", "--benchmark_format=json"],
                            check=True, capture_output=True, text=True).stdout
    measured = json.loads(output)["benchmarks"][0]
    seconds = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[measured["time_unit"]]
    return measured["real_time"] * seconds, measured["share_of_roof"]


def pytorch_run(work):
    """Seconds of one run, the median of those of a second."""
    times = []
    while not times or sum(times) < 1:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare(what, program, rounds):
    bench, batch, unit, make = COMPARISONS[what]
    torch.manual_seed(1)
    work, ours, theirs = make(batch), [], []
    work()  # the first is slower
    for _ in range(rounds):
        ours.append(eev_run(program, bench, batch))
        theirs.append(pytorch_run(work))
        print(f"{what}: eev {ours[-1][0]:.3f} s, PyTorch {theirs[-1]:.3f} s", file=sys.stderr)
    seconds, peer = statistics.median(one for one, _ in ours), statistics.median(theirs)
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return {"what": what, "precision": "fp32", "batch": batch, "eev": f"{batch / seconds:.4g}", "unit": unit,
            "peer": f"PyTorch {torch.__version__}", "peer_value": f"{batch / peer:.4g}",
            "ratio": f"{peer / seconds:.3f}", "share_of_roof": f"{statistics.median(share for _, share in ours):.3f}",
            "commit": commit.stdout.strip(), "date": datetime.date.today().isoformat()}


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
        results.write(path, results.BENCHMARK_COLUMNS, [compare(what, arguments.program, arguments.rounds)])
        print(path.read_text(), end="", flush=True)


if __name__ == "__main__":
    main()
