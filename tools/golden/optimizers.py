"""Parameters after steps of torch.optim's Adam and AdamW, a norm that was clipped, and learning rates, in float64."""
import numpy as np
import torch
from formula_weights import formula_tensor

STEPS = 6


def parameters_after(optimizer, clip=None, **options):
    x = torch.from_numpy(formula_tensor("x", [7, 5])).double().requires_grad_()
    optimizer = optimizer([x], lr=0.01, weight_decay=0.1, **options)
    trajectory = []
    for step in range(STEPS):
        x.grad = torch.from_numpy(formula_tensor(f"gradient.{step}", [7, 5])).double()
        if clip:
            torch.nn.utils.clip_grad_norm_([x], clip)
        optimizer.step()
        trajectory.append(x.detach().clone())
    return torch.stack(trajectory).numpy()


def rates(schedule, epochs, **options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2e-4)
    scheduler = schedule(optimizer, **options)
    values = []
    for _ in range(epochs):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(values)


def make():
    schedules = torch.optim.lr_scheduler
    average = parameters_after(torch.optim.Adam).mean(0)
    return {"optimizers": {
        "adam": parameters_after(torch.optim.Adam),
        "adamw": parameters_after(torch.optim.AdamW),
        "clipped": parameters_after(torch.optim.Adam, clip=2.0),
        "average": average,
        "multi_step": rates(schedules.MultiStepLR, 100, milestones=[40, 80], gamma=0.3),
        "cosine": rates(schedules.CosineAnnealingLR, 51, T_max=50, eta_min=1e-6),
    }}
