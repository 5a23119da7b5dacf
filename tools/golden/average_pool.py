"""Averages of 3 x 3 places, zeros beyond the edges counted: torch.nn.functional.avg_pool2d in float64."""
import torch
from golden.inputs import waves


def make():
    x = waves(0.7, 2, 5, 7, 3)  # channels last
    y = torch.nn.functional.avg_pool2d(torch.from_numpy(x).permute(0, 3, 1, 2), 3, stride=1, padding=1)
    return {"average_pool": {"x": x, "y": y.permute(0, 2, 3, 1).numpy()}}
