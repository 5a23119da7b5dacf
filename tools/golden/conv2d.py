"""Convolutions, one in groups, with a stride and a padding for each axis: torch.nn.functional.conv2d in float64."""
import torch
from golden.inputs import waves


def make():
    x, bias = waves(0.7, 2, 6, 7, 6), waves(1.1, 4)  # channels last
    arrays = {"x": x, "bias": bias}
    for groups in (1, 2):
        filters = waves(1.3, 4, 6 // groups, 3, 2)
        y = torch.nn.functional.conv2d(torch.from_numpy(x).permute(0, 3, 1, 2), torch.from_numpy(filters),
                                       torch.from_numpy(bias), stride=(2, 1), padding=(1, 0), groups=groups)
        arrays |= {f"filters{groups}": filters, f"y{groups}": y.permute(0, 2, 3, 1).numpy()}
    return {"conv2d": arrays}
