#!/usr/bin/env python3
"""In: kernels/, nvcc. Out: every kernel compiled for each architecture that is promised; exit 1 for the first that is not,
for registers that are spilled, for tensor cores that are not used where they are the point.

    tools/check_kernels_compile.py [BUILD]

nvcc is the one on PATH; without one this fails (tools/install_nvcc.py installs it).
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
ARCHITECTURES = ["80", "90"]
TENSOR_CORES = ["mma.sync", "ldmatrix", "cp.async"]
MUST_HOLD = {  # what the name of a kernel holds -> the instructions without which it is not what it claims to be
    "gru_on_tensor_cores": TENSOR_CORES,
    "window_attention_mma": TENSOR_CORES,
}


def entries(ptx):
    """{mangled name: code} of the kernels in a PTX file."""
    parts = re.split(r"^(?:\.\w+ )*\.entry ", ptx, flags=re.M)[1:]
    return {re.match(r"\w+", part)[0]: part for part in parts}


def missing(kernels, must_hold=MUST_HOLD):
    """What is wrong with {mangled name: code}."""
    faults = []
    for name, instructions in must_hold.items():
        found = {mangled: code for mangled, code in kernels.items() if re.search(rf"\d{name}[EI]", mangled)}
        if not found:
            faults.append(f"there is no kernel {name}")
        faults += [f"{mangled}: without {instruction}" for mangled, code in found.items()
                   for instruction in instructions if instruction not in code]
    return faults


def compile_kernels(build):
    """Builds the library alone, with warnings, which tell of spills, as errors. The PTX of each architecture."""
    build.mkdir(parents=True, exist_ok=True)
    for old in build.glob("*.ptx"):
        old.unlink()
    options = {"EEV_CPU": "OFF", "EEV_CUDA": "ON", "EEV_TESTS": "OFF", "EEV_COMMAND": "OFF", "EEV_EXAMPLES": "OFF",
               "EEV_BENCHMARKS": "OFF", "EEV_INSTALL": "OFF", "CMAKE_BUILD_TYPE": "Release",
               "CMAKE_CUDA_ARCHITECTURES": ";".join(ARCHITECTURES),
               "CMAKE_CUDA_FLAGS": "--threads=0 --keep -Xptxas=-warn-spills -Werror=all-warnings"}  # 0: as many as cores
    subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", build, "--fresh",
                    *(f"-D{name}={value}" for name, value in options.items())], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", build, "--clean-first", "--target", "eev_cuda"], check=True)
    return {architecture: build / f"eev_cuda.compute_{architecture}.ptx" for architecture in ARCHITECTURES}


def main():
    if not shutil.which("nvcc"):
        raise SystemExit("there is no nvcc on PATH; tools/install_nvcc.py installs one")
    faults = []
    for architecture, file in compile_kernels(pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                                                           else ROOT / "build" / "kernels")).items():
        kernels = entries(file.read_text())
        print(f"sm_{architecture}: {len(kernels)} kernels compiled, none spills registers")
        faults += [f"sm_{architecture}: {fault}" for fault in missing(kernels)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
