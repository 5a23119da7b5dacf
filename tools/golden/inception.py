"""Inception-v3 by torchvision with weights by formula, seeing colours from -1 to 1."""
import torch
import torchvision
from golden.visual import CENTRED, golden

SIDE = 299


def network(**options):
    model = torchvision.models.inception_v3(weights=None, init_weights=False, **options)
    model.fc = torch.nn.Identity()
    return model


def make():
    return {"inception_v3": golden(network(), 1, side=SIDE, colours=CENTRED)}
