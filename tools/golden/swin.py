"""Swin by timm with weights by formula: the demo's shape, Swin-T and Swin-L."""
import timm
from golden.visual import golden


def network(**shape):
    return timm.models.swin_transformer.SwinTransformer(num_classes=0, **shape)


def make():
    return {
        "swin_demo": golden(network(embed_dim=32, depths=(2, 2, 2, 1), num_heads=(1, 2, 4, 8)), 2),
        "swin_tiny": golden(network(embed_dim=96, depths=(2, 2, 6, 2), num_heads=(3, 6, 12, 24)), 1),
        "swin_large": golden(network(embed_dim=192, depths=(2, 2, 18, 2), num_heads=(6, 12, 24, 48)), 1),
    }
