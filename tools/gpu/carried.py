"""In: the command eev, built here. Out: .gpu-check/command.tar.xz, which holds it with the libraries that it needs, and
the command again on a machine that has none of them: no FFmpeg, no oneDNN.

The C and C++ run-time libraries are that machine's own, NVIDIA's are found in its Python wheels.
"""
import lzma
import os
import pathlib
import re
import subprocess
import tarfile

THERE = re.compile(r"(ld-linux|lib(c|m|dl|rt|pthread|resolv|stdc\+\+|gcc_s|cuda|cublas|cublasLt|cudnn|nvrtc)[.-])")
# 21 of 58 MB, compressed, are in these and in what they need: the codec Codec 2, the properties of all letters, SVG
# pictures, an encoder of AV1. No check needs them, so libraries of the same symbols without code take their places.
HOLLOW = re.compile(r"lib(codec2|icudata|rsvg-2|SvtAv1Enc)\.so")
COMPRESSION = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 6}]


def needed(program, first):
    """{name: path} of the shared libraries that a program loads, with those in the folder `first` before others."""
    listed = subprocess.run(["ldd", program], env=os.environ | {"LD_LIBRARY_PATH": str(first)}, check=True,
                            capture_output=True, text=True).stdout
    return {name: pathlib.Path(path) for name, path in re.findall(r"(\S+) => (/\S+)", listed) if not THERE.match(name)}


def hollow(library, name, folder):
    """A library whose symbols all lead to an instruction that ends the program."""
    listed = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", library], check=True, capture_output=True,
                            text=True).stdout
    symbols = [line.split()[0] for line in listed.splitlines()]
    text = ".text\n" + "".join(f".globl {symbol}\n{symbol}:\n" for symbol in symbols) + "ud2\n"
    subprocess.run(["cc", "-shared", "-nostdlib", f"-Wl,-soname,{name}", "-x", "assembler", "-", "-o", folder / name],
                   input=text, check=True, text=True)


def pack(program, folder, archive):
    """Collects the program and its libraries in a folder, then compresses them."""
    for name, path in needed(program, folder).items():
        if HOLLOW.match(name):
            hollow(path, name, folder)
    for name, path in needed(program, folder).items():  # without what the hollow ones would have needed
        if not (folder / name).exists():
            (folder / name).write_bytes(path.read_bytes())
    subprocess.run(["strip", "--strip-debug", "-o", folder / "eev", program], check=True)
    compress(folder, ["."], archive)


def compress(folder, names, archive):
    with lzma.open(archive, "w", filters=COMPRESSION) as file, tarfile.open(fileobj=file, mode="w|") as packed:
        for name in names:
            packed.add(folder / name, name)


def expand(archive, folder):
    with tarfile.open(archive) as packed:
        packed.extractall(folder)


def unpack(archive, folder):
    """The program, and the environment in which it finds its libraries."""
    expand(archive, folder)
    return folder / "eev", os.environ | {
        "LD_LIBRARY_PATH": ":".join([str(folder), os.environ.get("LD_LIBRARY_PATH", "")]).strip(":")}
