"""Weights by formula, bit for bit those of include/eev/io/formula_weights.hpp, which explains the rules."""
import math

import numpy as np


def fnv1a(data):
    """FNV-1a, 64 bits, of bytes."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def formula_tensor(name, shape):
    """The values of the tensor of that name and shape, float32."""
    shape = tuple(shape)
    rows, fan_in = (shape[0] if shape else 1), math.prod(shape[1:])
    values = np.empty(rows * fan_in, np.float32)
    seed = np.uint64(fnv1a(name.encode()))

    def fill(first_row, last_row, offset, exact_scale):
        scale = np.float64(np.float32(exact_scale))
        for begin in range(first_row * fan_in, last_row * fan_in, 1 << 20):  # in parts, to spare memory
            end = min(begin + (1 << 20), last_row * fan_in)
            bits = seed + np.arange(begin + 1, end + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            bits ^= bits >> np.uint64(31)
            u = ((bits >> np.uint64(40)).astype(np.float64) - 2**23) / 2**23
            values[begin:end] = offset + scale * u

    last = name.rpartition(".")[2]
    path = "." + name
    unit = math.sqrt(3 / fan_in) if fan_in else 0.0
    if last == "relative_position_bias_table":
        fill(0, rows, 0, 2)
    elif last.endswith(("_var", "_std")):
        fill(0, rows, 1, 0.3)
    elif last.endswith("_mean") or (last.startswith("bias") and len(shape) == 1):
        fill(0, rows, 0, 0.3)
    elif last == "weight" and len(shape) == 1:
        fill(0, rows, 1, 0.3)
    elif path.endswith(".qkv.weight"):
        fill(0, rows // 3 * 2, 0, 1.25 * unit)
        fill(rows // 3 * 2, rows, 0, unit)
    else:
        before_relu = any(part in path for part in (".features.", ".embeddings.", ".conv."))
        fill(0, rows, 0, math.sqrt(2) * unit if before_relu else unit)
    return values.reshape(shape)
