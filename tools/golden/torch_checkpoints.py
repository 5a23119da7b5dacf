"""Checkpoints as torch.save writes them, in both of its layouts, and what is in them.

The files are arrays of bytes: nested (a training checkpoint), plain (the state dict of a module) and script (a
TorchScript archive). The tensors of nested that eev is to read stand beside them, row-major.
"""
import collections
import io

import numpy as np
import torch
from formula_weights import formula_tensor


def saved(thing, **options):
    buffer = io.BytesIO()
    torch.save(thing, buffer, **options)
    return np.frombuffer(buffer.getvalue(), np.uint8)


def tensors():
    matrix = torch.from_numpy(formula_tensor("matrix", (5, 7)))
    shared = torch.from_numpy(formula_tensor("shared", (3, 4, 5)))
    return collections.OrderedDict(
        matrix=matrix,
        transposed=matrix.t(),                       # the same storage, other strides
        corner=shared[1:, ::2, 3:],                  # an offset, and steps in two dimensions
        parameter=torch.nn.Parameter(torch.from_numpy(formula_tensor("parameter", (3,)))),
        half=torch.from_numpy(formula_tensor("half", (2, 3))).half(),
        brain=torch.from_numpy(formula_tensor("brain", (2, 3))).bfloat16(),
        scalar=torch.tensor(2.5),
        none=torch.empty(0, 3),
        index=torch.arange(6).reshape(2, 3).t())


def make():
    state = tensors()
    optimizer = torch.optim.Adam([state["parameter"]])
    state["parameter"].sum().backward()
    optimizer.step()
    nested = {"epoch": 3, "state_dict": state, "optimizer": optimizer.state_dict(), "best_corr": 0.0125}
    module = torch.nn.Linear(3, 2)
    module.load_state_dict({name: torch.from_numpy(formula_tensor(name, tuple(tensor.shape)))
                            for name, tensor in module.state_dict().items()})
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(module), script)
    files = {"script": np.frombuffer(script.getvalue(), np.uint8)}
    for layout, zipped in ("zip", True), ("legacy", False):
        files[f"nested.{layout}"] = saved(nested, _use_new_zipfile_serialization=zipped)
        files[f"plain.{layout}"] = saved(module.state_dict(), _use_new_zipfile_serialization=zipped)
    expected = {f"tensor.{name}": (tensor.float() if tensor.is_floating_point() else tensor).detach().numpy()
                for name, tensor in state.items() if tensor.numel() > 0}
    return {"torch_checkpoints": files | expected}
