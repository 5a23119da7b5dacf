#!/usr/bin/env python3
"""In: nothing. Out: the path of nvcc on stdout: the one on PATH, or one installed from Python packages in build/nvcc.

    export PATH="$(dirname "$(tools/install_nvcc.py)"):$PATH"

For machines that check the kernels, such as those of CI. To use a GPU, install NVIDIA's toolkit.
"""
import pathlib
import shutil
import subprocess
import sys
import venv

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "build" / "nvcc"
# Of one minor version: nvcc of one takes no compiler (nvvm) of the next.
PACKAGES = [f"nvidia-{name}~=13.0.0" for name in ["cuda-nvcc", "nvvm", "cuda-crt", "cuda-runtime", "cuda-cccl"]] + [
    "nvidia-cublas~=13.0", "nvidia-cudnn-cu13~=9.0"]


def arrange(nvidia):
    """Makes of the packages' folders one toolkit as CMake expects it; its nvcc."""
    toolkit = next(path.parent.parent for path in nvidia.rglob("bin/nvcc"))
    for folder in ["include", "lib"]:
        for path in (nvidia / "cudnn" / folder).glob("*"):
            link(toolkit / folder / path.name, path)
    for library in (toolkit / "lib").glob("*.so.*"):
        link(library.with_name(library.name.split(".so.")[0] + ".so"), library)
    link(toolkit / "lib64", toolkit / "lib")
    return toolkit / "bin" / "nvcc"


def link(name, target):
    if not name.exists():
        name.symlink_to(target)


def main():
    nvcc = shutil.which("nvcc")
    done = FOLDER / "done"
    if not nvcc and done.exists():
        nvcc = done.read_text()
    if not nvcc:
        print(f"installing nvcc in {FOLDER}", file=sys.stderr)
        venv.create(FOLDER, with_pip=True, clear=True)
        subprocess.run([FOLDER / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True, stdout=sys.stderr)
        nvcc = str(arrange(next(FOLDER.glob("lib/python*/site-packages/nvidia"))))
        subprocess.run([nvcc, "--version"], check=True, stdout=sys.stderr)
        done.write_text(nvcc)
    print(nvcc)


if __name__ == "__main__":
    main()
