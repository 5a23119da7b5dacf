"""Losses over predictions [B, T, E], masked, and their gradients by PyTorch's autograd, in float64.

Predictions and labels by formula, repeated by tests/formula_curves.hpp.
"""
import torch


def curves(batch, steps, expressions):
    """Predictions in (0, 1), labels in [0, 1) with zeros, a mask of padding at the end of each clip."""
    b, t, e = torch.meshgrid(torch.arange(batch), torch.arange(steps), torch.arange(expressions), indexing="ij")
    predictions = ((t * t * 7 + e * e * 13 + t * e * (5 + b) + 11 * b) % 61 + 1).double() / 63
    labels = ((t * (3 + e) + t * t * (b + 2) + 17 * e) % 23 - 5).clamp(min=0).double() / 20
    mask = (torch.arange(steps)[None] < steps - 3 * torch.arange(batch)[:, None]).double()
    return predictions, labels, mask


def masked_mean(values, mask):
    return (values * mask[..., None]).sum() / (mask.sum() * values.shape[-1])


def moments(p, y, mask):
    rows = [m.bool() for m in mask]
    return [(p[b][row], y[b][row]) for b, row in enumerate(rows) if row.any()]


def ccc(p, y, mask, authors=False):
    losses = []
    for p, y in moments(p, y, mask):
        vp, vy = p - p.mean(0), y - y.mean(0)
        covariance = (vp * vy).sum(0) if authors else (vp * vy).mean(0)
        variances = p.var(0, unbiased=authors) + y.var(0, unbiased=authors)
        losses.append(1 - 2 * covariance / (variances + (p.mean(0) - y.mean(0)) ** 2))
    return torch.stack(losses).mean()


def pearson(p, y, mask):
    return torch.stack([1 - ((p - p.mean(0)) * (y - y.mean(0))).mean(0)
                        / (p.var(0, unbiased=False) * y.var(0, unbiased=False)).sqrt()
                        for p, y in moments(p, y, mask)]).mean()


LOSSES = {
    "l1": lambda p, y, m: masked_mean((p - y).abs(), m),
    "kl": lambda p, y, m: masked_mean(torch.nn.functional.kl_div(p.log(), y, reduction="none"), m),
    "mse": lambda p, y, m: masked_mean((p - y) ** 2, m),
    "ccc": ccc,
    "authors_ccc": lambda p, y, m: ccc(p, y, m, authors=True),
    "pearson": pearson,
}


def make():
    outputs = {}
    for name, loss in LOSSES.items():
        predictions, labels, mask = curves(3, 13, 5)
        predictions.requires_grad_()
        value = loss(predictions, labels, mask)
        value.backward()
        outputs[f"{name}.loss"], outputs[f"{name}.gradient"] = value.detach().numpy(), predictions.grad.numpy()
    return {"losses": outputs}
