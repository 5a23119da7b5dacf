"""Swin by timm with weights by formula: the demo's shape, Swin-T and Swin-L.

For each: the features in float64, and what PyTorch itself makes of them in float32 and bfloat16, whose errors are
the yardstick of ours.
"""
import timm
import torch
from formula_weights import formula_tensor
from golden.inputs import image

MEAN = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64)
DEVIATION = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64)


def network(**shape):
    return timm.models.swin_transformer.SwinTransformer(num_classes=0, **shape)


def features(model, batch, dtype):
    rgb = torch.from_numpy(image(batch, 224, 224)).to(torch.float64)
    x = ((rgb / 255 - MEAN) / DEVIATION).permute(0, 3, 1, 2).to(dtype)
    with torch.no_grad():
        return model.to(dtype)(x)


def golden(model, batch):
    state = {name: torch.from_numpy(formula_tensor(name, tuple(parameter.shape)))
             for name, parameter in model.named_parameters()}
    outputs = {}
    for name, dtype in [("features", torch.float64), ("float32", torch.float32), ("bfloat16", torch.bfloat16)]:
        model.load_state_dict(state, strict=False)
        y = features(model.eval(), batch, dtype)
        outputs[name] = (y if dtype is torch.float64 else y.float()).numpy()
        model.float()
    return outputs


def make():
    return {
        "swin_demo": golden(network(embed_dim=32, depths=(2, 2, 2, 1), num_heads=(1, 2, 4, 8)), 2),
        "swin_tiny": golden(network(embed_dim=96, depths=(2, 2, 6, 2), num_heads=(3, 6, 12, 24)), 1),
        "swin_large": golden(network(embed_dim=192, depths=(2, 2, 18, 2), num_heads=(6, 12, 24, 48)), 1),
    }
