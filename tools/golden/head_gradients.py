"""The gradient of every parameter of the head by PyTorch's autograd: in float64, and the error of float32.

Small heads whole; of the full-size head, of each parameter the first and last 64 numbers and the norm.
"""
import torch
from formula_weights import formula_tensor
from golden.head import Head, rows
from golden.losses import LOSSES, curves


def gradients(modalities, batch, steps, loss, dtype, experts):
    head = Head(modalities, experts=experts)
    head.load_state_dict({name: torch.from_numpy(formula_tensor(name, tensor.shape))
                          for name, tensor in head.state_dict().items()})
    head = head.to(dtype)
    inputs = {modality: rows(batch, steps, inputs).to(dtype) for modality, (inputs, _) in modalities.items()}
    _, labels, mask = curves(batch, steps, 15)
    value = sum(LOSSES[name](head(inputs), labels.to(dtype), mask.to(dtype)) for name in loss.split("+"))
    value.backward()
    return {"loss": value.detach().double()} | {name: p.grad.double() for name, p in head.named_parameters()}


def relative_difference(a, b):
    return ((a - b).abs() / (b.abs() + b.square().mean().sqrt())).max()


def golden(modalities, batch, steps, loss, whole, experts=0):
    exact = gradients(modalities, batch, steps, loss, torch.float64, experts)
    single = gradients(modalities, batch, steps, loss, torch.float32, experts)
    outputs = {"loss": exact.pop("loss").numpy()}
    outputs["float32"] = max(relative_difference(single[name], value) for name, value in exact.items()).numpy()
    for name, value in exact.items():
        if whole:
            outputs[name] = value.numpy()
        else:
            flat = value.flatten()
            outputs[name] = torch.cat([flat[:64], flat[-64:], flat.norm()[None]]).numpy()
    return outputs


def make():
    small = {"image": (7, 5), "audio": (6, 3)}
    return {
        "head_gradients": golden(small, 3, 13, "kl+ccc", whole=True),
        "head_gradients_baseline": golden(small, 3, 13, "kl+ccc", whole=True, experts=2),
        "head_gradients_visual": golden({"image": (7, 5)}, 3, 13, "l1", whole=True),
        "head_gradients_demo": golden({"image": (256, 64), "audio": (128, 32)}, 2, 13, "kl+l1", whole=False),
        "head_gradients_full": golden({"image": (1536, 512), "audio": (128, 128)}, 3, 60, "kl+ccc", whole=False),
    }
