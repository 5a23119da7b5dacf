"""VGGish as torchvggish builds it, with weights by formula: the full shape and the demo's.

For each: the features before the last ReLU in float64, and what PyTorch itself makes of them in float32 and bfloat16,
whose errors are the yardstick of ours.
"""
import torch
from formula_weights import formula_tensor
from golden.log_mel import log_mel, sound


class VGGish(torch.nn.Module):
    def __init__(self, channels, units):
        super().__init__()
        layers, inputs = [], 1
        for outputs, pool in zip(channels, [True, True, False, True, False, True]):
            layers += [torch.nn.Conv2d(inputs, outputs, 3, padding=1), torch.nn.ReLU()]
            layers += [torch.nn.MaxPool2d(2, 2)] if pool else []
            inputs = outputs
        self.features = torch.nn.Sequential(*layers)
        self.embeddings = torch.nn.Sequential(
            torch.nn.Linear(6 * 4 * inputs, units[0]), torch.nn.ReLU(),
            torch.nn.Linear(units[0], units[1]), torch.nn.ReLU(), torch.nn.Linear(units[1], units[2]))

    def forward(self, patches):
        x = self.features(patches[:, None])            # [B, channels, 6 of time, 4 of mel]
        return self.embeddings(x.permute(0, 2, 3, 1).flatten(1))


def golden(channels, units):
    model = VGGish(channels, units)
    state = {name: torch.from_numpy(formula_tensor(name, tuple(parameter.shape)))
             for name, parameter in model.named_parameters()}
    spectrum = torch.from_numpy(log_mel(sound(3 * 16000))).float()
    patches = torch.stack([spectrum[0:96], spectrum[96:192]])
    outputs = {}
    for name, dtype in [("features", torch.float64), ("float32", torch.float32), ("bfloat16", torch.bfloat16)]:
        model.load_state_dict(state)
        with torch.no_grad():
            y = model.to(dtype)(patches.to(dtype))
        outputs[name] = (y if dtype is torch.float64 else y.float()).numpy()
        model.float()
    return outputs


def make():
    return {"vggish": golden((64, 128, 256, 256, 512, 512), (4096, 4096, 128)),
            "vggish_demo": golden((8, 16, 32, 32, 64, 64), (128, 128, 128))}
