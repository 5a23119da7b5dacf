"""The end of a squeeze-and-excitation block, as Cadene's senet.py has it, in float64."""
import torch
from golden.inputs import waves


def make():
    x, residual, logits = 3 * waves(0.7, 2, 5, 7), 2 * waves(0.9, 2, 5, 7), 4 * waves(1.3, 2, 7)
    gates = torch.sigmoid(torch.from_numpy(logits))[:, None]
    y = torch.relu(gates * torch.from_numpy(x) + torch.from_numpy(residual))
    return {"excite": {"x": x, "residual": residual, "logits": logits, "y": y.numpy()}}
