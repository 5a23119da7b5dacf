"""A gradient of length 1: torch.nn.utils.clip_grad_norm_ in float64."""
import torch
from golden.inputs import waves


def make():
    parameter = torch.zeros(33, dtype=torch.float64, requires_grad=True)
    gradient = waves(0.7, 33)
    parameter.grad = torch.from_numpy(gradient.copy())
    norm = torch.nn.utils.clip_grad_norm_(parameter, 1)
    return {"clip_norm": {"gradient": gradient, "norm": norm.numpy().reshape(1), "clipped": parameter.grad.numpy()}}
