"""Archives as numpy.savez and savez_compressed write them, and streams by zlib with fixed codes and their own."""
import io
import zlib

import numpy as np
from formula_weights import formula_tensor


def saved(save):
    matrix = formula_tensor("matrix", (5, 7)).astype(np.float64)
    buffer = io.BytesIO()
    save(buffer, matrix=matrix, transposed=np.asfortranarray(matrix), single=formula_tensor("single", (2, 3, 4)),
         scalar=np.float64(2.5), none=np.empty((0, 3)), index=np.arange(6), flags=np.array([True, False]),
         zeros=np.zeros(300))
    return np.frombuffer(buffer.getvalue(), np.uint8)


def deflated(strategy):
    """70,000 bytes, repeated by tests/io/inflate_test.cpp: copies of all lengths and far distances."""
    i = np.arange(70_000)
    content = ((i * i * 7 + i // 50 * 13) % 61 + (i // 3000 % 7) * 9).astype(np.uint8).tobytes()
    stream = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
    return np.frombuffer(stream.compress(content) + stream.flush(), np.uint8)


def make():
    return {"npz": {"plain": saved(np.savez), "packed": saved(np.savez_compressed),
                    "fixed": deflated(zlib.Z_FIXED), "own": deflated(zlib.Z_DEFAULT_STRATEGY)}}
