"""Checkpoints as torch.save writes them, in both of its layouts, and what is in them.

The files are arrays of bytes: nested (a training checkpoint), plain (the state dict of a module), early (the same as
PyTorch wrote it until the first months of 2017) and script (a TorchScript archive). The tensors of nested that eev is to
read stand beside them, row-major.
"""
import collections
import io
import pickle
import types

import numpy as np
import torch
from formula_weights import formula_tensor


def saved(thing, **options):
    buffer = io.BytesIO()
    torch.save(thing, buffer, **options)
    return np.frombuffer(buffer.getvalue(), np.uint8)


class EarlyPickler(pickle.Pickler):
    """A tensor is an empty one whose state is set: its storage, offset, sizes and strides."""

    def reducer_override(self, thing):
        if not isinstance(thing, torch.Tensor):
            return NotImplemented
        state = thing._typed_storage(), thing.storage_offset(), tuple(thing.size()), thing.stride()
        return getattr(torch, thing.type().removeprefix("torch.")), (), state


def saved_early(state):
    early = types.ModuleType("early")
    early.Pickler, early.dump = EarlyPickler, pickle.dump
    file = saved(state, pickle_module=early, _use_new_zipfile_serialization=False)
    loaded = torch.load(io.BytesIO(file.tobytes()), weights_only=True)
    assert all(torch.equal(loaded[name], tensor) for name, tensor in state.items())
    return file


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
    files["early"] = saved_early(collections.OrderedDict((name, tensor.detach()) for name, tensor in
                                                         tensors().items() if tensor.dtype != torch.bfloat16))
    expected = {f"tensor.{name}": (tensor.float() if tensor.is_floating_point() else tensor).detach().numpy()
                for name, tensor in state.items() if tensor.numel() > 0}
    return {"torch_checkpoints": files | expected}
