"""Rows of length 3: torch.nn.functional.normalize in float64, and its gradient by autograd."""
import torch
from golden.inputs import waves


def make():
    x, dy = torch.from_numpy(2 * waves(0.7, 3, 7)).requires_grad_(), torch.from_numpy(waves(0.9, 3, 7))
    y = 3 * torch.nn.functional.normalize(x)
    y.backward(dy)
    return {"unit_rows": {"x": x.detach().numpy(), "dy": dy.numpy(), "y": y.detach().numpy(), "dx": x.grad.numpy()}}
