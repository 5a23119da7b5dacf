"""The head of Lin et al. 2021 in PyTorch, inputs standardised, with weights by formula.

For each size: the scores in float64, and what PyTorch makes of them in float32, whose error is the yardstick of ours.
"""
import torch
from formula_weights import formula_tensor
from golden.mixture_of_experts import mixture


def rows(batch, steps, channels):
    """[B, T, C] between -30/16 and 30/16; repeated by tests/formula_rows.hpp."""
    b, t, c = torch.meshgrid(torch.arange(batch), torch.arange(steps), torch.arange(channels), indexing="ij")
    return (((t * t * 7 + c * c * 13 + t * c * (5 + b) + 11 * b) % 61 - 30) / 16).float()


class ContextGating(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.linear = torch.nn.Linear(channels, channels)

    def forward(self, x):
        return torch.sigmoid(self.linear(x)) * x


class Head(torch.nn.Module):
    """Modalities: {"image" or "audio": (inputs, units)}. With experts: the baseline of the data set's authors."""

    def __init__(self, modalities, expressions=15, experts=0):
        super().__init__()
        fused = 2 * sum(units for _, units in modalities.values())
        self.modalities = modalities
        for name, (inputs, units) in modalities.items():
            setattr(self, f"{name}_gru", torch.nn.GRU(inputs, units, 2, batch_first=True, bidirectional=True))
            for statistic in ("mean", "std"):
                self.register_buffer(f"{self.rows(name)}_{statistic}", torch.ones(inputs))
        self.contextGate1 = ContextGating(fused)
        self.expressions, self.mixture = expressions, experts > 0
        if self.mixture:
            self.gates = torch.nn.Linear(fused, expressions * (experts + 1))
            self.experts = torch.nn.Linear(fused, expressions * experts)
        else:
            self.linear = torch.nn.Linear(fused, expressions)
            self.contextGate2 = ContextGating(expressions)

    @staticmethod
    def rows(modality):
        return "visual" if modality == "image" else modality

    def branch(self, name, x):
        rows_name = self.rows(name)
        x = (x - getattr(self, f"{rows_name}_mean")) / getattr(self, f"{rows_name}_std")
        return getattr(self, f"{name}_gru")(x)[0]

    def forward(self, inputs):
        fused = torch.cat([self.branch(name, x) for name, x in inputs.items()], -1)
        gated = self.contextGate1(fused)
        if self.mixture:
            return mixture(self.gates(gated), self.experts(gated), self.expressions)
        return torch.sigmoid(self.contextGate2(self.linear(gated)))


def golden(modalities, batch, steps, experts=0):
    head = Head(modalities, experts=experts)
    head.load_state_dict({name: torch.from_numpy(formula_tensor(name, tensor.shape))
                          for name, tensor in head.state_dict().items()})
    outputs = {}
    for name, dtype in [("scores", torch.float64), ("float32", torch.float32)]:
        inputs = {modality: rows(batch, steps, inputs).to(dtype) for modality, (inputs, _) in modalities.items()}
        with torch.no_grad():
            outputs[name] = head.to(dtype)(inputs).numpy()
        head.float()
    return outputs


def make():
    image, audio = {"image": (1536, 512)}, {"audio": (128, 128)}
    demo_image, demo_audio = {"image": (256, 64)}, {"audio": (128, 32)}
    return {
        "head_60": golden(image | audio, 2, 60),
        "head_13": golden(image | audio, 2, 13),
        "head_demo": golden(demo_image | demo_audio, 2, 13),
        "head_baseline": golden(demo_image | demo_audio, 2, 13, experts=2),
        "head_demo_visual": golden(demo_image, 2, 13),
        "head_demo_audio": golden(demo_audio, 2, 13),
    }
