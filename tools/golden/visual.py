"""Visual networks with weights by formula, seeing images by formula. Not an area: make() returns nothing."""
import torch
from formula_weights import formula_tensor
from golden.inputs import image

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # mean and deviation of the colours
CENTRED = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def with_formula_weights(model):
    """Parameters and the statistics of batch norms; other buffers stay."""
    tensors = dict(model.named_parameters())
    tensors |= {name: buffer for name, buffer in model.named_buffers() if name.endswith(("running_mean", "running_var"))}
    model.load_state_dict({name: torch.from_numpy(formula_tensor(name, tuple(tensor.shape)))
                           for name, tensor in tensors.items()}, strict=False)
    return model.eval()


def features(model, batch, dtype, side=224, colours=IMAGENET):
    mean, deviation = (torch.tensor(values, dtype=torch.float64) for values in colours)
    rgb = torch.from_numpy(image(batch, side, side)).to(torch.float64)
    x = ((rgb / 255 - mean) / deviation).permute(0, 3, 1, 2).to(dtype)
    with torch.no_grad():
        return model.to(dtype)(x)


def golden(model, batch, **sight):
    """The features in float64, and what PyTorch itself makes of them in float32 and bfloat16, whose errors are the
    yardstick of ours."""
    outputs = {}
    for name, dtype in [("features", torch.float64), ("float32", torch.float32), ("bfloat16", torch.bfloat16)]:
        y = features(with_formula_weights(model), batch, dtype, **sight)
        outputs[name] = (y if dtype is torch.float64 else y.float()).numpy()
        model.float()
    return outputs


def make():
    return {}
