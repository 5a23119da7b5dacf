"""In: this tree. Out: the programs that run on a GPU, built, packed for a machine that lacks nearly everything
(.gpu-check/), and found there."""
import glob
import os
import pathlib
import shutil
import site
import subprocess
import tempfile
import time

import carried
import command_checks

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD, CARRIED = ROOT / "build", ROOT / ".gpu-check"
COMMAND, DEMO = CARRIED / "command.tar.xz", CARRIED / "demo.tar.xz"
MOST_BYTES = 64 << 20   # that travel to a borrowed machine
PACKED_FOR = "90"       # compute capability of the packed programs


def commit():
    """Of the tree that was packed, since a borrowed machine may have another history or none."""
    packed = CARRIED / "commit"
    if packed.exists():
        return packed.read_text().strip()
    return commit_of(ROOT)


def commit_of(tree):
    """As git tells it; a tree that was changed since, but for results, says so."""
    def git(*words):
        return subprocess.run(["git", "-C", tree, *words], capture_output=True, text=True).stdout.strip()
    changed = git("status", "--porcelain", "--", ".", ":!bench/results")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("-changed" if changed else "")


def carry_doctest():
    """It is one header; CMake finds it by the file that is written beside it."""
    header = next((path for path in [pathlib.Path("/usr/include/doctest/doctest.h"),
                                     pathlib.Path("/usr/local/include/doctest/doctest.h")] if path.exists()), None)
    if not header:
        raise SystemExit("doctest/doctest.h is not installed here (Debian: doctest-dev)")
    (CARRIED / "doctest").mkdir(parents=True, exist_ok=True)
    shutil.copy(header, CARRIED / "doctest")
    (CARRIED / "doctestConfig.cmake").write_text(
        "add_library(doctest::doctest INTERFACE IMPORTED)\n"
        "target_include_directories(doctest::doctest INTERFACE \"${CMAKE_CURRENT_LIST_DIR}\")\n")


def pack():
    """The commit is written last: where it stands, all is there and of that commit."""
    shutil.rmtree(CARRIED, ignore_errors=True)
    packed = commit_of(ROOT)
    carry_doctest()
    if shutil.which("nvcc"):
        for program in build(PACKED_FOR, None):
            shutil.copy(program, CARRIED)
            subprocess.run(["strip", "--strip-debug", CARRIED / program.name], check=True)
        pack_command()
    check_size(travelling())
    (CARRIED / "commit").write_text(packed + "\n")


def pack_command():
    program = build_command(PACKED_FOR)
    with tempfile.TemporaryDirectory() as folder:
        carried.pack(program, pathlib.Path(folder), COMMAND)
    with tempfile.TemporaryDirectory() as folder:
        eev = command_checks.Program(program, os.environ, folder, time.monotonic() + 600)
        command_checks.prepare(eev)
        made = [name for name in command_checks.CARRIED_ALONG if (eev.folder / name).exists()]
        carried.compress(eev.folder, made, DEMO)


def travelling():
    """The files that a borrowed machine gets: those of git, and what is packed."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()] + [
        path for path in CARRIED.rglob("*") if path.is_file()]


def check_size(files):
    total = sum(path.stat().st_size for path in files)
    if total > MOST_BYTES:
        raise SystemExit(f"{total} bytes would travel; at most {MOST_BYTES}")
    print(f"{len(files)} files, {total / 1e6:.1f} MB travel")


def architecture():
    """Name and compute capability of GPU 0, as CMake wants it; 90 where there is none."""
    asked = subprocess.run(["nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader", "--id=0"],
                           capture_output=True, text=True) if shutil.which("nvidia-smi") else None
    if not asked or asked.returncode:
        return None, PACKED_FOR
    name, capability = asked.stdout.strip().rsplit(", ", 1)
    return name, capability.replace(".", "")


def build(capability, limit):
    """The programs of the kernels, which need neither FFmpeg nor oneDNN."""
    folder = BUILD / "gpu"
    make(folder, capability, ["all"], limit, EEV_CPU="OFF", EEV_COMMAND="OFF", doctest_DIR=CARRIED)
    return folder / "tests/kernels/eev_gpu_tests", folder / "bench/cuda/eev_gpu_bench"


def build_command(capability):
    """For any processor with AVX2: that of the machine with the GPU is another than this one's."""
    folder = BUILD / "gpu-command"
    make(folder, capability, ["eev_command"], None, EEV_TESTS="OFF", EEV_BENCHMARKS="OFF", EEV_NATIVE="OFF",
         CMAKE_CXX_FLAGS="-march=x86-64-v3")
    return folder / "command/eev"


def make(folder, capability, targets, limit, **options):
    options |= {"CMAKE_BUILD_TYPE": "Release", "CMAKE_CUDA_ARCHITECTURES": capability, "EEV_CUDA": "ON",
                "EEV_EXAMPLES": "OFF", "EEV_INSTALL": "OFF", "CMAKE_UNITY_BUILD": "ON"}
    subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", folder,
                    *(f"-D{name}={value}" for name, value in options.items())], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--parallel", str(os.cpu_count()), "--target", *targets], check=True,
                   timeout=limit)


def of_kernels(capability, limit):
    """The packed ones, if they run here; else they are built."""
    packed = CARRIED / "eev_gpu_tests", CARRIED / "eev_gpu_bench"
    if capability == PACKED_FOR and all(path.exists() for path in packed):
        for path in packed:
            path.chmod(0o755)
        if subprocess.run([packed[0], "--count"], stdout=subprocess.DEVNULL).returncode == 0:
            return packed
    return build(capability, limit)


def command(gpu, capability, libraries, work, end):
    """eev, in the folder `work`; None if there is none. Without a GPU: that of build/cpu-release."""
    program, environment = BUILD / ("cuda-release" if gpu else "cpu-release") / "command/eev", os.environ
    if gpu and capability == PACKED_FOR and COMMAND.exists():
        program, environment = carried.unpack(COMMAND, libraries)
        carried.expand(DEMO, work)
    return command_checks.Program(program, environment, work, end) if program.exists() else None


def find_libraries():
    """The programs find cuBLAS and cuDNN where NVIDIA's Python wheels have put them, too, and the tests the files that
    they read here."""
    wheels = {os.path.dirname(path) for folder in site.getsitepackages()
              for path in glob.glob(f"{folder}/nvidia/**/lib/lib*.so*", recursive=True)}
    os.environ["LD_LIBRARY_PATH"] = ":".join([os.environ.get("LD_LIBRARY_PATH", ""), *sorted(wheels)]).strip(":")
    os.environ["EEV_SOURCE_DIR"] = str(ROOT)
