"""In: what ran on a GPU. Out: bench/results/<gpu>/*.csv, and bench/results/README.md, which is made of them.

kernels.csv has a line for each file of kernels/ and for each other file of tests/kernels/, command.csv one for each
check of the program (command_checks.py), benchmarks.csv one for each measurement (its columns are those of every
machine's results: CONTRIBUTING.md). What the files do not hold has never run on a GPU, and README.md says so.

The files grow by what each run adds: a line is of one commit, and stays until a newer commit has one that says all that
it says. In benchmarks.csv eev's value and that of a peer stand in one line, with a ratio, if one call has measured
both. The copies in $OUT, where that is set, are for a machine of which nothing else comes back.
"""
import csv
import datetime
import os
import re
import shutil

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
    """Both are lists of dictionaries of strings: stem, what, precision, batch, seconds, share_of_roof; those of peers
    have what (as the row is called), precision, batch, peer, seconds. Units are those of speed, so that a ratio above 1
    means that eev is faster."""
    rows, when = [], {"commit": commit, "date": date}
    for one in measured:
        if one["stem"] == "roof":
            rows.append({"what": f"roof: {one['what']}", "precision": one["precision"], "batch": "",
                         "eev": one["seconds"], "unit": "B/s" if one["what"] == "copy" else "FLOP/s",
                         "share_of_roof": "1"} | when)
        else:
            rows.append({"what": called(one["stem"], one["what"]),
                         "precision": one["precision"], "batch": one["batch"], "eev": speed_of(one), "unit": "1/s",
                         "share_of_roof": one["share_of_roof"]} | when)
    for one in peers:
        rows.append({"what": one["what"], "precision": one["precision"], "batch": one["batch"], "unit": "1/s",
                     "peer": one["peer"], "peer_value": speed_of(one)} | when)
    return rows


def called(stem, what):
    return what if what == stem else f"{stem} {what}"


def speed_of(one):
    return f"{int(one['batch']) / float(one['seconds']):.6g}"


def measurement(row):
    return row["what"], row["precision"], row["batch"]


def side_by_side(rows):
    """Rows of one call: a row for each peer of a measurement, or one without a peer; of each the last numbers."""
    ours, peers = {}, {}
    for row in rows:
        if row.get("eev"):
            ours[measurement(row)] = row
        if row.get("peer"):
            peers.setdefault(measurement(row), {})[row["peer"]] = row
    for key in dict.fromkeys(map(measurement, rows)):
        own = ours.get(key, {})
        for row in peers.get(key, {}).values():
            ratio = {"ratio": f"{float(own['eev']) / float(row['peer_value']):.3f}"} if own else {}
            yield row | own | ratio
        if key not in peers:
            yield own


def kernel_rows(stems, outcomes, measured, commit, date):
    """outcomes: {stem: {"passed" | "memcheck" | "racecheck": yes, no or not run}}. The time is that of the slowest
    measurement of the stem."""
    rows = []
    for stem in stems:
        row = {"kernel": stem} | dict.fromkeys(["passed", "memcheck", "racecheck"], "not run") | outcomes.get(stem, {})
        times = [one for one in measured if one["stem"] == stem]
        if times:
            slowest = max(times, key=lambda one: float(one["seconds"]))
            row |= {"microseconds": f"{1e6 * float(slowest['seconds']):.1f}",
                    "share_of_roof": slowest["share_of_roof"]}
        rows.append(row | {"commit": commit, "date": date})
    return rows


# ---- the files grow ------------------------------------------------------------------------------------------
def said(row, keys):
    """The columns, beside its keys, in which a row says something."""
    return {column for column, value in row.items()
            if column not in (*keys, "commit", "date") and value not in ("", "not run")}


def filled(before, row, keys):
    """What was said stays, unless it is said anew."""
    return row | {column: before[column] for column in said(before, keys) - said(row, keys)}


def whole(before, row, keys):
    """What was said stays until as much is said anew."""
    return row if said(before, keys) <= said(row, keys) else before


def merged(former, new, keys, at_one_commit=filled):
    """Rows of a file and new ones, two of the same commit as `at_one_commit` says; a row of an older commit stays until
    a newer one says all that it says."""
    lines = {}  # {keys: {commit: row}}, the newest last
    for row in [*former, *new]:
        commits = lines.setdefault(tuple(row.get(key, "") for key in keys), {})
        before = commits.pop(row["commit"], {})
        commits[row["commit"]] = at_one_commit(before, row, keys)
    kept = []
    for commits in lines.values():
        says = [said(row, keys) for row in commits.values()]
        for place, row in enumerate(commits.values()):
            replaced = any(says[place] <= later for later in says[place + 1:])
            if not replaced and (says[place] or not any(says)):
                kept.append(row)
    return kept


def merged_benchmarks(former, call):
    """Rows of the file and those of one call; a row without a peer is replaced by one with any."""
    now = list(side_by_side(call))
    measured = {measurement(row) for row in now if row.get("eev")}
    older = [row for row in former if row["peer"] or measurement(row) not in measured]
    order = list(dict.fromkeys(map(measurement, [*former, *now])))
    return sorted(merged(older, now, ["what", "precision", "batch", "peer"], whole),
                  key=lambda row: order.index(measurement(row)))


def lacking_first(comparisons, rows, commit):
    """comparisons: (what, precision, batch, peer), ...; first those that are in no row of benchmarks.csv, last those
    that are in one of this commit."""
    known = {}
    for row in rows:
        known.setdefault((*measurement(row), row["peer"]), set()).add(row["commit"])

    def rank(comparison):
        commits = known.get(tuple(map(str, comparison[0])), set())
        return 2 if commit in commits else len(commits) > 0
    return sorted(comparisons, key=rank)


class Record:
    """The files of one GPU, in one call of tools/gpu-check. Each addition is written at once."""

    def __init__(self, folder, commit):
        self.folder, self.when = folder, {"commit": commit, "date": datetime.date.today().isoformat()}
        self.benchmarks = []  # of this call

    def rows(self, name):
        path = self.folder / name
        return read(path) if path.exists() else []

    def of_commit(self, name):
        return [row for row in self.rows(name) if row["commit"] == self.when["commit"]]

    def add_kernels(self, stems, outcomes, measured=()):
        new = kernel_rows(stems, outcomes, measured, **self.when)
        self.write("kernels.csv", KERNEL_COLUMNS, merged(self.rows("kernels.csv"), new, ["kernel"]))

    def add_command(self, rows):
        new = [row | self.when for row in rows]
        self.write("command.csv", COMMAND_COLUMNS, merged(self.rows("command.csv"), new, ["command", "precision"]))

    def add_benchmarks(self, measured, peers=()):
        self.benchmarks += benchmark_rows(measured, peers, **self.when)
        if self.benchmarks:
            self.write("benchmarks.csv", BENCHMARK_COLUMNS,
                       merged_benchmarks(self.rows("benchmarks.csv"), self.benchmarks))

    def write(self, name, columns, rows):
        write(self.folder / name, columns, rows)
        if "OUT" in os.environ:
            shutil.copy(self.folder / name, os.environ["OUT"])


# ---- what people read ----------------------------------------------------------------------------------------
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
        print(f"{row['command']:24} {row['precision']:4} passed {row['passed']:8} {row.get('seconds') or '-':>6} s, "
              f"errors {row.get('largest_error') or '-'} and, rms, {row.get('rms_error') or '-'}")


def print_kernels(rows, benchmarks):
    for row in rows:
        print(f"{row['kernel']:24} passed {row['passed']:8} memcheck {row['memcheck']:8} "
              f"racecheck {row['racecheck']:8} {row['microseconds'] or '-':>10} us {row['share_of_roof'] or '-':>7}")
    for row in benchmarks:
        if row["peer"]:
            print(f"{row['what']:24} {row['precision']} batch {row['batch']:<4} {row['eev'] or '-':>10} {row['unit']}  "
                  f"{row['ratio'] or '-'} x {row['peer']}")
