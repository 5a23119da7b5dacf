#!/usr/bin/env python3
"""In: the program of kernel tests, what its runs have launched. Out: a line for each kernel that none has run, exit 1.

    tools/check_kernel_coverage.py PROGRAM LAUNCHED.txt...

A kernel is a __global__ function of kernels/; of a template, each instance that the program holds is one. LAUNCHED.txt
is what tests/kernels/runner/launched.hpp writes.
"""
import pathlib
import re
import subprocess
import sys

KERNELS = pathlib.Path(__file__).resolve().parents[1] / "kernels"
GLOBAL = re.compile(r"__global__\s+\w+\s+(\w+)\s*\(")
BOUNDS = re.compile(r"__launch_bounds__\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")


def names_in(text):
    """The names of the __global__ functions that a file defines."""
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    names = GLOBAL.findall(BOUNDS.sub("", code))
    if len(names) != len(re.findall(r"\b__global__\b", code)):
        raise SystemExit("a __global__ function is written in a way that this script does not read")
    return names


def symbols_of(program):
    """{place: demangled names} of the program's functions."""
    lines = subprocess.run(["nm", "--demangle", program], capture_output=True, text=True, check=True).stdout
    symbols = {}
    for line in lines.splitlines():
        parts = line.split(maxsplit=2)
        if len(parts) == 3 and parts[1] in "tTwWuVv" and "[clone" not in parts[2]:
            symbols.setdefault(int(parts[0], 16), []).append(parts[2])
    return symbols


def is_instance_of(symbol, kernel):
    """True if the symbol is the function eev::cuda::...::kernel or an instance of that template, not a lambda in it."""
    return "::{lambda" not in symbol and re.match(rf"(void )?eev::cuda::(\(anonymous namespace\)::|\w+::)*{kernel}[<(]", symbol) is not None


def never_run(kernels, symbols, launched):
    """Kernels that the program does not hold, and instances that it holds and no test has launched."""
    faults = []
    for kernel in kernels:
        instances = {place: symbol for place, names in symbols.items() for symbol in names
                     if is_instance_of(symbol, kernel)}
        if not instances:
            faults.append(f"{kernel}: the tests do not even contain it")
        faults += [f"never launched: {symbol}" for place, symbol in instances.items() if place not in launched]
    return faults


def main():
    program, logs = pathlib.Path(sys.argv[1]), [pathlib.Path(path) for path in sys.argv[2:]]
    kernels = sorted({name for file in sorted(KERNELS.rglob("*.cuh")) for name in names_in(file.read_text())})
    launched = set()
    for log in logs:
        if not log.exists() or log.stat().st_mtime < program.stat().st_mtime:
            raise SystemExit(f"{log}: not of a run of {program.name} as it is now")
        launched |= {int(line, 16) for line in log.read_text().split()}
    faults = never_run(kernels, symbols_of(program), launched)
    for fault in faults:
        print(fault)
    print(f"{len(kernels)} kernels, {len(launched)} instances launched, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
