#!/usr/bin/env python3
"""Writes tests/golden/*.safetensors: what PyTorch, timm, SciPy and Pillow compute for inputs by formula.

    python3 -m venv golden && golden/bin/pip install torch timm torchvision scipy pillow safetensors numpy
    golden/bin/python tools/make_golden.py [AREA ...]

Each area is a module tools/golden/AREA.py with a function make() that returns {file stem: {name: array}}.
Weights come from tools/formula_weights.py, which the C++ side repeats bit for bit; only the small expected
outputs are stored.
"""
import importlib
import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file

tools = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(tools))
areas = sys.argv[1:] or sorted(module.stem for module in (tools / "golden").glob("*.py"))
for area in areas:
    for stem, arrays in importlib.import_module(f"golden.{area}").make().items():
        path = tools.parent / "tests" / "golden" / f"{stem}.safetensors"
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)
        print(f"{path.name}: {path.stat().st_size} bytes, {', '.join(arrays)}")
