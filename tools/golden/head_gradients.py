"""The gradient of every parameter of the head by PyTorch's autograd: in float64, and the error of float32.

Small heads whole; of the full-size head, of each parameter the first and last 64 numbers and the norm.
"""
import torch
import torch.nn.functional as F
from formula_weights import formula_tensor
from golden.head import Head, rows
from golden.losses import LOSSES, curves


CROSS_MODAL_WEIGHT, WIDTH, TEMPERATURE, INSTANCES = 0.3, 128, 0.07, 5


def cross_modal_parameters(modalities, kind, dtype):
    """The layers of training alone, by formula: {name: tensor}."""
    shapes = {f"training.{Head.rows(name)}_projection": (WIDTH, 2 * units) for name, (_, units) in modalities.items()}
    if kind == "instance":
        shapes["training.instances"] = (INSTANCES, WIDTH)
    return {f"{name}.{part}": torch.from_numpy(formula_tensor(f"{name}.{part}", size)).to(dtype).requires_grad_()
            for name, shape in shapes.items() for part, size in (("weight", shape), ("bias", shape[:1]))}


def cross_modal_loss(head, inputs, kind, parameters):
    linear = lambda x, name: F.linear(x, parameters[f"{name}.weight"], parameters[f"{name}.bias"])
    seen, heard = (linear(head.branch(name, x).mean(1), f"training.{Head.rows(name)}_projection")
                   for name, x in inputs.items())
    if kind == "instance":
        videos = torch.tensor([(3 * b + 4) % INSTANCES for b in range(len(seen))])
        return F.cross_entropy(linear(torch.cat([seen, heard]), "training.instances"), videos.repeat(2))
    logits = F.normalize(seen, dim=1) @ F.normalize(heard, dim=1).T / TEMPERATURE
    own = torch.arange(len(seen))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def gradients(modalities, batch, steps, loss, dtype, experts, cross_modal):
    head = Head(modalities, experts=experts)
    head.load_state_dict({name: torch.from_numpy(formula_tensor(name, tensor.shape))
                          for name, tensor in head.state_dict().items()})
    head = head.to(dtype)
    inputs = {modality: rows(batch, steps, inputs).to(dtype) for modality, (inputs, _) in modalities.items()}
    _, labels, mask = curves(batch, steps, 15)
    value = sum(LOSSES[name](head(inputs), labels.to(dtype), mask.to(dtype)) for name in loss.split("+"))
    more = cross_modal_parameters(modalities, cross_modal, dtype) if cross_modal else {}
    if cross_modal:
        value = value + CROSS_MODAL_WEIGHT * cross_modal_loss(head, inputs, cross_modal, more)
    value.backward()
    return {"loss": value.detach().double()} | {
        name: p.grad.double() for name, p in (dict(head.named_parameters()) | more).items()}


def relative_difference(a, b):
    return ((a - b).abs() / (b.abs() + b.square().mean().sqrt())).max()


def golden(modalities, batch, steps, loss, whole, experts=0, cross_modal=None):
    exact = gradients(modalities, batch, steps, loss, torch.float64, experts, cross_modal)
    single = gradients(modalities, batch, steps, loss, torch.float32, experts, cross_modal)
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
        "head_gradients_instance": golden(small, 3, 13, "l1", whole=True, cross_modal="instance"),
        "head_gradients_contrastive": golden(small, 3, 13, "l1", whole=True, cross_modal="contrastive"),
        "head_gradients_visual": golden({"image": (7, 5)}, 3, 13, "l1", whole=True),
        "head_gradients_demo": golden({"image": (256, 64), "audio": (128, 32)}, 2, 13, "kl+l1", whole=False),
        "head_gradients_full": golden({"image": (1536, 512), "audio": (128, 128)}, 3, 60, "kl+ccc", whole=False),
    }
