"""In: what ran on a GPU. Out: bench/results/<gpu>/*.csv, and bench/results/README.md, which is made of them.

kernels.csv has a line for each file of kernels/ and for each other file of tests/kernels/, command.csv one for each
check of the program (command_checks.py), benchmarks.csv one for each measurement (its columns are those of every
machine's results: CONTRIBUTING.md). What the files do not hold has never run on a GPU, and README.md says so.
"""
import csv
import pathlib
import re

KERNEL_COLUMNS = ["kernel", "passed", "memcheck", "racecheck", "microseconds", "share_of_roof", "commit", "date"]
COMMAND_COLUMNS = ["command", "precision", "passed", "seconds", "largest_error", "rms_error", "commit", "date"]
BENCHMARK_COLUMNS = ["what", "precision", "batch", "eev", "unit", "peer", "peer_value", "ratio", "share_of_roof",
                     "commit", "date"]


def kernel_stems(root):
    """The files of kernels/ that hold a kernel or hand their work to NVIDIA's libraries: one for each op."""
    headers = {path.stem for path in (root / "include/eev/cuda").glob("*.hpp")}
    return sorted(path.stem for path in (root / "kernels").glob("*.cuh") if path.stem in headers)


def folder_of(gpu):
    """NVIDIA H100 80GB HBM3 -> nvidia-h100-80gb-hbm3"""
    return re.sub(r"[^a-z0-9]+", "-", gpu.lower()).strip("-")


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def write(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def benchmark_rows(measured, peers, commit, date):
    """Both are lists of dictionaries of strings: stem, what, precision, batch, seconds, share_of_roof; peers have what,
    precision, batch, peer, seconds. Each measurement gives one row, or one for each peer. Units are those of speed, so
    that a ratio above 1 means that eev is faster."""
    rows = []
    for one in measured:
        if one["stem"] == "roof":
            rows.append({"what": f"roof: {one['what']}", "precision": one["precision"], "batch": "",
                         "eev": one["seconds"], "unit": "B/s" if one["what"] == "copy" else "FLOP/s",
                         "share_of_roof": 1, "commit": commit, "date": date})
            continue
        batch, seconds = int(one["batch"]), float(one["seconds"])
        row = {"what": one["stem"] if one["what"] == one["stem"] else f"{one['stem']} {one['what']}",
               "precision": one["precision"], "batch": batch, "eev": f"{batch / seconds:.6g}", "unit": "1/s",
               "share_of_roof": one["share_of_roof"], "commit": commit, "date": date}
        beside = [peer for peer in peers
                  if all(peer[key] == one[key] for key in ("what", "precision", "batch"))] or [None]
        for peer in beside:
            rows.append(row if peer is None else row | {
                "peer": peer["peer"], "peer_value": f"{batch / float(peer['seconds']):.6g}",
                "ratio": f"{float(peer['seconds']) / seconds:.3f}"})
    return rows


def kernel_rows(stems, outcomes, measured, commit, date):
    """outcomes: {stem: {"passed" | "memcheck" | "racecheck": yes, no or not run}}. The time is that of the slowest
    measurement of the stem."""
    rows = []
    for stem in stems:
        row = {"kernel": stem, "passed": "not run", "memcheck": "not run", "racecheck": "not run"} | outcomes.get(stem, {})
        times = [one for one in measured if one["stem"] == stem]
        if times:
            slowest = max(times, key=lambda one: float(one["seconds"]))
            row |= {"microseconds": f"{1e6 * float(slowest['seconds']):.1f}",
                    "share_of_roof": slowest["share_of_roof"]}
        rows.append(row | {"commit": commit, "date": date})
    return rows


def table(rows, columns, heads):
    """Lines of Markdown, an empty one last."""
    return [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads),
            *("| " + " | ".join(row[column] for column in columns) + " |" for row in rows), ""]


def overview(results, stems, checks):
    """The text of bench/results/README.md; stems of kernels and checks of the command are what has to run."""
    lines = ["# What has run where", "",
             "Made by `tools/gpu-check --report` from the files beside it, never by hand.", ""]
    gpus = sorted(path.parent for path in results.glob("*/kernels.csv"))
    ran = set()
    for gpu in gpus:
        kernels, command = [read(path) if path.exists() else [] for path in (gpu / "kernels.csv", gpu / "command.csv")]
        ran |= {row["kernel"] for row in kernels if row["passed"] != "not run"}
        ran |= {row["command"] for row in command if row["passed"] != "not run"}
        lines += [f"## {gpu.name}", ""]
        lines += table(kernels, KERNEL_COLUMNS, ["kernel", "passed", "memcheck", "racecheck", "µs", "share of the roof",
                                                 "commit", "date"])
        if command:
            lines += ["The command, by what it computes on the CPU in float32:", ""]
            lines += table(command, COMMAND_COLUMNS, ["command", "precision", "passed", "s", "largest error",
                                                      "rms error", "commit", "date"])
    if not gpus:
        lines += ["No GPU has run anything of this library yet. Its kernels have run on the CPU, by the kernel runner",
                  "(`./run test -R kernels`); their speed is unknown.", ""]
    never = [name for name in [*stems, *checks] if name not in ran]
    lines += ["## Never run on a GPU", ""]
    lines += [f"- `{name}`" for name in never] or ["Nothing: every kernel has, and the command."]
    return "\n".join(lines) + "\n"


def print_command(rows):
    for row in rows:
        print(f"{row['command']:24} {row['precision']:4} passed {row['passed']:8} {row.get('seconds', '-'):>6} s, "
              f"errors {row.get('largest_error', '-')} and, rms, {row.get('rms_error', '-')}")


def print_kernels(rows, benchmarks):
    for row in rows:
        print(f"{row['kernel']:24} passed {row['passed']:8} memcheck {row['memcheck']:8} racecheck {row['racecheck']:8} "
              f"{row.get('microseconds', '-'):>10} us {row.get('share_of_roof', '-'):>7}")
    for row in benchmarks:
        if row.get("peer"):
            print(f"{row['what']:24} {row['precision']} batch {row['batch']:<4} {row['eev']:>10} {row['unit']}  "
                  f"{row['ratio']} x {row['peer']}")
