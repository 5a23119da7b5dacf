"""Pillow's bicubic and bilinear resize, and torchvision's Resize and CenterCrop around it, of the formula image.

Small results are stored whole, those of 224x224 as their SHA-256: Pillow computes in integers, so that equal bits
can be asked for. The photographs are scikit-image's and are not in this repository: without a folder of them in
EEV_TEST_MEDIA (images/*.png) their hashes are taken over from the file that is there.
"""
import hashlib
import os
import pathlib

import numpy as np
from golden.inputs import image
from PIL import Image
from safetensors.numpy import load_file
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

# Height and width, before and after: up, down, one direction only, odd, a pixel wide, very long.
STRETCHED = [(5, 7, 3, 4), (7, 5, 20, 31), (1, 9, 1, 4), (1, 1, 3, 2), (300, 2, 7, 9), (2, 500, 11, 3),
             (64, 48, 20, 48), (64, 48, 64, 20), (33, 57, 33, 57), (97, 131, 32, 32), (1, 4000, 5, 5)]
# Height and width, to the middle 28x28.
CROPPED = [(40, 97), (97, 41), (9, 200), (28, 28), (31, 30), (200, 1)]
LARGE = [(480, 853), (406, 720), (1080, 607)]
PHOTOGRAPHS = ["astronaut", "chelsea", "coffee"]


def stretch(pixels, height, width, how=Image.BICUBIC):
    return np.asarray(Image.fromarray(pixels).resize((width, height), how))


def crop(pixels, side, how=InterpolationMode.BICUBIC):
    shorter = Resize(side * 8 // 7, how)
    return np.asarray(CenterCrop(side)(shorter(Image.fromarray(pixels))))


def hashed(pixels):
    return np.frombuffer(hashlib.sha256(np.ascontiguousarray(pixels)).digest(), np.uint8)


def make():
    arrays = {f"stretch {H}x{W} {h}x{w}": stretch(image(1, H, W)[0], h, w) for H, W, h, w in STRETCHED}
    arrays |= {f"crop {H}x{W}": crop(image(1, H, W)[0], 28) for H, W in CROPPED}
    arrays |= {f"bilinear {H}x{W} {h}x{w}": stretch(image(1, H, W)[0], h, w, Image.BILINEAR)
               for H, W, h, w in STRETCHED}
    arrays |= {f"bilinear crop {H}x{W}": crop(image(1, H, W)[0], 28, InterpolationMode.BILINEAR) for H, W in CROPPED}
    sources = {f"{H}x{W}": image(1, H, W)[0] for H, W in LARGE}
    if media := os.environ.get("EEV_TEST_MEDIA"):
        for name in PHOTOGRAPHS:
            sources[name] = np.asarray(Image.open(pathlib.Path(media) / "images" / f"{name}.png").convert("RGB"))
    else:
        stored = load_file(pathlib.Path(__file__).parents[2] / "tests/golden/resize.safetensors")
        arrays |= {key: stored[key] for key in stored if key.split()[-1] in PHOTOGRAPHS}
    for name, pixels in sources.items():
        arrays[f"sha256 stretch {name}"] = hashed(stretch(pixels, 224, 224))
        arrays[f"sha256 crop {name}"] = hashed(crop(pixels, 224))
    return {"resize": arrays}
