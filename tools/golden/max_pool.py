"""Largest of 2 x 2 places, and of 3 x 3 as SE-ResNet's ceil_mode has them: torch.nn.functional.max_pool2d."""
import torch
from golden.inputs import waves


def make():
    x = waves(0.7, 2, 6, 7, 3)  # channels last
    arrays = {"x": x}
    for size in (2, 3):
        y = torch.nn.functional.max_pool2d(torch.from_numpy(x).permute(0, 3, 1, 2), size, stride=2, ceil_mode=size == 3)
        arrays[f"y{size}"] = y.permute(0, 2, 3, 1).numpy()
    return {"max_pool": arrays}
