#!/usr/bin/env python3
"""In: the program eev. Out: a line for each kind of checkpoint that `eev convert` reads, at full size; exit 1 if one is
converted wrongly.

    golden/bin/python tools/check_conversions.py build/cpu-release/command/eev [FOLDER]

(tools/make_golden.py says what golden/ is.) Weights by formula are put into the networks of PyTorch and timm, saved by
torch.save in both of its layouts (Inception also with tensors as of 2017, Swin also as float16 and bfloat16) and by
safetensors under each source's names, and converted with at most 200 MB of memory besides the mapped file, Swin also to
bfloat16. What comes out has to be what PyTorch's own casts make of the weights, bit for bit, and the networks' outputs
those of the library in float64. FOLDER needs 3 GB; a temporary one is used if it is not given.
"""
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import safetensors.numpy
import safetensors.torch
import timm
import torch
import torchvision
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from formula_weights import formula_tensor  # noqa: E402
from golden import head as head_golden, torch_checkpoints, vggish as vggish_golden  # noqa: E402
from golden.inputs import image  # noqa: E402
from golden.visual import IMAGENET, features, with_formula_weights  # noqa: E402

MEMORY = 200_000_000  # what Linux counts as data: everything but the file, which is mapped to be read
WRITTEN = {"fp32": torch.float32, "bf16": torch.bfloat16}  # by --precision
TOLERANCE = 1e-4      # of a whole network in float32, relative to |b| + rms(b)


# ---- how each source names the tensors ----

def merged_at_the_end(name):
    """timm merges patches at the start of a layer, the others at the end of the one before."""
    parts = name.split(".")
    if "downsample" in parts:
        parts[1] = str(int(parts[1]) - 1)
    return ".".join(parts)


def microsoft(state):
    """With the 35 buffers that Microsoft's modules register, and a classifier."""
    index, masks = None, {}
    block = timm.models.swin_transformer.SwinTransformerBlock
    named = {merged_at_the_end(name).replace("head.fc.", "head."): tensor for name, tensor in state.items()}
    for layer, (depth, side) in enumerate(zip((2, 2, 18, 2), (56, 28, 14, 7))):
        shifted = block(32, (side, side), num_heads=1, window_size=7, shift_size=3)
        index = shifted.attn.relative_position_index
        for number in range(depth):
            named[f"layers.{layer}.blocks.{number}.attn.relative_position_index"] = index.clone()
            if number % 2 == 1 and side > 7:
                named[f"layers.{layer}.blocks.{number}.attn_mask"] = shifted.attn_mask.clone()
    assert len(named) == len(state) + 35
    return named


def hugging_face(state):
    """As transformers' convert_swin_timm_to_pytorch.py names them."""
    named = {}
    for name, tensor in state.items():
        name = merged_at_the_end(name)
        if name.startswith("head."):
            named[name.replace("head.fc.", "classifier.")] = tensor
            continue
        for old, new in (("patch_embed.proj", "embeddings.patch_embeddings.projection"),
                         ("patch_embed.norm", "embeddings.norm"), ("layers", "encoder.layers"),
                         ("attn.proj", "attention.output.dense"), ("attn", "attention.self"),
                         ("norm1", "layernorm_before"), ("norm2", "layernorm_after"),
                         ("mlp.fc1", "intermediate.dense"), ("mlp.fc2", "output.dense")):
            name = name.replace(old, new)
        name = "swin." + ("layer" + name if name.startswith("norm.") else name)
        if ".qkv." not in name:
            named[name] = tensor
            continue
        for part, rows in zip(("query", "key", "value"), tensor.chunk(3)):
            named[name.replace("qkv", part)] = rows.clone()
    return named


def authors(head):
    """A training checkpoint of a head inside DataParallel, as it stands after a step of Adam."""
    state = {f"module.{name}": tensor for name, tensor in head.state_dict().items()
             if not name.endswith(("_mean", "_std"))}
    optimizer = torch.optim.Adam(head.parameters(), lr=2e-4)
    for parameter in head.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    return {"epoch": 3, "state_dict": state, "optimizer": optimizer.state_dict(), "best_corr": 0.0125}


def stored_as(kind, state):
    """As model.to(kind) leaves a state dict: buffers of whole numbers stay."""
    return {name: tensor.to(kind) if tensor.is_floating_point() else tensor for name, tensor in state.items()}


# ---- the checks ----

class Check:
    def __init__(self, program, folder):
        self.program, self.folder, self.failed = pathlib.Path(program).resolve(), pathlib.Path(folder), False

    def eev(self, *arguments, memory=None):
        def limit():
            if memory:
                resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        return subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, preexec_fn=limit, check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def say(self, good, what):
        self.failed |= not good
        print("pass" if good else "FAIL", what, flush=True)

    def same(self, network, stored, written):
        """Python's safetensors opens the file, and it holds the formula's weights, cast to both types."""
        def same_bits(a, b):
            return a.dtype == b.dtype and torch.equal(a.view(torch.uint8), b.view(torch.uint8))
        with safetensors.safe_open(self.folder / network, "pt") as file:
            return file.metadata()["eev.network"] == network and all(
                same_bits(found := file.get_tensor(name),
                          torch.from_numpy(formula_tensor(name, found.shape)).to(stored).to(written))
                for name in file.keys())

    def convert(self, source, network, checkpoint, memory=MEMORY, stored=torch.float32, precision="fp32", **more_ways):
        """Saves `checkpoint`, whose weights are `stored`, in every way, converts it and keeps the last file."""
        def legacy(thing, path):
            torch.save(thing, path, _use_new_zipfile_serialization=False)
        ways = {"zip": torch.save, "legacy": legacy, **more_ways}
        if all(isinstance(value, torch.Tensor) for value in checkpoint.values()):
            ways["safetensors"] = safetensors.torch.save_file
        for way, save in ways.items():
            path = self.folder / "checkpoint"
            save(checkpoint, path)
            start = time.perf_counter()
            summary = self.eev("convert", "checkpoint", "--output", network, "--precision", precision,
                               memory=memory).splitlines()
            seconds = time.perf_counter() - start
            good = summary[0] == f"checkpoint: {source}" and self.same(network, stored, WRITTEN[precision])
            size = path.stat().st_size / 1e6
            types = f"{stored} to {precision}".removeprefix("torch.")
            self.say(good, f"{source}, {way}, {types}: {size:.0f} MB in {seconds:.2f} s, {summary[-1]}")
            path.unlink()

    def close(self, what, found, expected, single=None):
        """`single`: what PyTorch makes of it in float32, of whose error ours may be four times as much."""
        def error(values):
            return np.max(np.abs(values - expected) / (np.abs(expected) + np.sqrt(np.mean(np.square(expected)))))
        worst, limit = error(found), TOLERANCE if single is None else min(TOLERANCE, 4 * error(single))
        self.say(bool(worst <= limit), f"{what}: largest error {worst:.2g}, expected at most {limit:.2g}")

    def rows_of(self, picture, *backbones):
        """Features of one picture, a video of one second without sound."""
        folder = f"features of {backbones[1]}"
        self.eev("extract", picture, *backbones, "--audio-weights", "vggish", "--precision", "fp32", "--output", folder)
        return safetensors.numpy.load_file(self.folder / folder / f"{pathlib.Path(picture).stem}.safetensors")

    def backbone(self, network, model, **sight):
        """The converted `network` sees a picture as `model` does."""
        side = sight.get("side", 224)
        Image.fromarray(image(1, side, side)[0]).save(self.folder / f"{side}.png")
        rows = self.rows_of(f"{side}.png", "--visual-weights", network)
        single = features(model, 1, torch.float32, **sight).numpy()
        self.close(network, rows["visual"], features(model, 1, torch.float64, **sight).numpy(), single)
        return rows


def check_swin(check):
    large = with_formula_weights(timm.models.swin_transformer.SwinTransformer(
        num_classes=21841, embed_dim=192, depths=(2, 2, 18, 2), num_heads=(6, 12, 24, 48)))
    state = dict(large.state_dict())
    official = microsoft(state)
    assert timm.models.swin_transformer.checkpoint_filter_fn(dict(official), large).keys() == state.keys()
    check.convert("timm Swin", "swin-large", state)
    check.convert("Hugging Face Swin", "swin-large", hugging_face(state))
    for stored in (torch.float16, torch.bfloat16):
        check.convert("official Swin", "swin-large", {"model": stored_as(stored, official)}, stored=stored)
    check.convert("official Swin", "swin-large", {"model": official}, precision="bf16")
    check.convert("official Swin", "swin-large", {"model": official})
    large.reset_classifier(0)
    return check.backbone("swin-large", large)


def check_se_resnets(check):
    for network, name in (("se-resnet50", "seresnet50"), ("se-resnext101-32x4d", "seresnext101_32x4d")):
        model = with_formula_weights(timm.create_model(f"legacy_{name}"))
        check.convert("Cadene SE-ResNet", network, dict(model.state_dict()))
        model.reset_classifier(0)
        check.backbone(network, model)


def check_inception(check):
    """timm's has no auxiliary classifier. torchvision's makes colours from -1 to 1 of ImageNet-normalised ones."""
    model = with_formula_weights(timm.create_model("inception_v3"))
    check.convert("torchvision Inception", "inception-v3", dict(model.state_dict()))
    model = with_formula_weights(torchvision.models.inception_v3(weights=None, init_weights=False,
                                                                 transform_input=True))
    check.convert("torchvision Inception", "inception-v3", dict(model.state_dict()),
                  early=lambda state, path: path.write_bytes(torch_checkpoints.saved_early(state).tobytes()))
    model.fc = torch.nn.Identity()
    check.backbone("inception-v3", model, side=299, colours=IMAGENET)


def main(program, folder):
    check = Check(program, folder)
    vggish = with_formula_weights(vggish_golden.VGGish((64, 128, 256, 256, 512, 512), (4096, 4096, 128)))
    check.convert("torchvggish", "vggish", dict(vggish.state_dict()), memory=None)  # one tensor alone has 201 MB
    check_se_resnets(check)
    check_inception(check)
    rows = check_swin(check)

    head = head_golden.Head({"image": (1536, 512), "audio": (128, 128)})
    for name, buffer in head.named_buffers():
        buffer.fill_(float(name.endswith("_std")))
    with_formula_weights(head)
    check.convert("PyTorch head", "head", authors(head))
    silence = torch.full((1, 96, 64), np.log(0.01), dtype=torch.float64)
    with torch.no_grad():
        check.close("vggish, of silence", rows["audio"], torch.relu(vggish.double()(silence)).numpy())
        inputs = {"image": torch.from_numpy(rows["visual"]), "audio": torch.from_numpy(rows["audio"])}
        scores = head.double()({name: row.double()[None] for name, row in inputs.items()})[0].numpy()
    table = check.eev("predict", "224.png", "--weights", "head", "--visual-weights", "swin-large", "--audio-weights",
                      "vggish", "--precision", "fp32", "--rate", 1).splitlines()
    check.close("head", np.array([float(score) for score in table[1].split(",")[2:]]), scores[0])
    return check.failed


if __name__ == "__main__":
    if len(sys.argv) == 3:
        sys.exit(main(*sys.argv[1:]))
    with tempfile.TemporaryDirectory(prefix="eev-conversions-") as temporary:
        sys.exit(main(sys.argv[1], temporary))
