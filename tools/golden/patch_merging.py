"""Patch merging: timm's layer up to its linear reduction, in float64."""
import torch
from timm.models.swin_transformer import PatchMerging


def make():
    generator = torch.Generator().manual_seed(3)
    x, gain, bias = (torch.randn(*shape, generator=generator, dtype=torch.float64)
                     for shape in [(1, 4, 6, 3), (12,), (12,)])
    layer = PatchMerging(3).double()
    layer.reduction = torch.nn.Identity()
    layer.norm.weight.data, layer.norm.bias.data = gain, bias
    with torch.no_grad():
        y = layer(x)
    return {"patch_merging": {name: tensor.numpy() for name, tensor in dict(x=x, gain=gain, bias=bias, y=y).items()}}
