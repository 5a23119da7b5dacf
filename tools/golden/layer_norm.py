"""Layer norm: torch.nn.functional.layer_norm in float64."""
import torch


def make():
    generator = torch.Generator().manual_seed(1)
    x, gain, bias = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in [(3, 7), (7,), (7,)])
    y = torch.nn.functional.layer_norm(x, (7,), gain, bias, 1e-5)
    return {"layer_norm": {name: tensor.numpy() for name, tensor in dict(x=x, gain=gain, bias=bias, y=y).items()}}
