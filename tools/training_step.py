#!/usr/bin/env python3
"""In: eev_bench and PyTorch on this machine. Out: bench/results/<machine>/training-step.csv, and the same on stdout.

    tools/training_step.py [--rounds 5] [--cores 2] [--program build/cpu-release/bench/eev_bench]

A step of the paper's training (128 clips of 60 s, rows of 1536 and 128 numbers, L1, Adam) by eev and by PyTorch in
turns, on as many cores (all, unless told otherwise), so that a machine whose speed wanders wanders for both; medians
over the rounds. Nothing else should run on these cores meanwhile. On one core it is its own time that counts, without
what others take of it.
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
from paper_head import Head  # noqa: E402
import results  # noqa: E402

BATCH, STEPS, VISUAL, AUDIO, EXPRESSIONS = 128, 60, 1536, 128, 15


def machine():
    """The processor's name and how many cores are used."""
    names = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0))
    return f"{names[0]} {cores} core{'s' if cores > 1 else ''}"


def eev_step(program, clock):
    """(seconds, share of the roof) of one step by that clock, real_time or cpu_time."""
    output = subprocess.run([program, f"--benchmark_filter=^train_step_cpu/{BATCH}/real_time$",
                             "--benchmark_min_warmup_time=0.1", "--benchmark_format=json"],
                            check=True, capture_output=True, text=True).stdout
    measured = json.loads(output)["benchmarks"][0]
    return measured[clock] / 1e9, measured["share_of_roof"] * measured["real_time"] / measured[clock]


class PyTorchStep:
    def __init__(self):
        torch.set_num_threads(len(os.sched_getaffinity(0)))
        torch.manual_seed(1)
        self.head = Head().train()
        self.visual = torch.rand(BATCH, STEPS, VISUAL) - 0.5
        self.audio = torch.rand(BATCH, STEPS, AUDIO) - 0.5
        self.labels = torch.rand(BATCH, STEPS, EXPRESSIONS)
        self.adam = torch.optim.Adam(self.head.parameters(), 2e-4)
        self()  # the first is slower

    def __call__(self, clock=time.perf_counter):
        """Seconds of one step."""
        start = clock()
        self.adam.zero_grad(set_to_none=True)
        torch.nn.functional.l1_loss(self.head(self.visual, self.audio), self.labels).backward()
        self.adam.step()
        return clock() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--program", default=ROOT / "build/cpu-release/bench/eev_bench")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-arguments.cores:])
    alone = arguments.cores == 1
    pytorch, ours, theirs = PyTorchStep(), [], []
    for _ in range(arguments.rounds):
        ours.append(eev_step(arguments.program, "cpu_time" if alone else "real_time"))
        theirs.append(pytorch(time.process_time if alone else time.perf_counter))
        print(f"eev {ours[-1][0]:.3f} s, PyTorch {theirs[-1]:.3f} s", file=sys.stderr)
    seconds, peer = statistics.median(one for one, _ in ours), statistics.median(theirs)
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    row = {"what": "training step", "precision": "fp32", "batch": BATCH, "eev": f"{BATCH / seconds:.4g}",
           "unit": "clips/s", "peer": f"PyTorch {torch.__version__}", "peer_value": f"{BATCH / peer:.4g}",
           "ratio": f"{peer / seconds:.3f}", "share_of_roof": f"{statistics.median(share for _, share in ours):.3f}",
           "commit": commit.stdout.strip(), "date": datetime.date.today().isoformat()}
    path = ROOT / "bench/results" / results.folder_of(machine()) / "training-step.csv"
    results.write(path, results.BENCHMARK_COLUMNS, [row])
    print(path.read_text(), end="")


if __name__ == "__main__":
    main()
