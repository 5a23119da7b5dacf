"""A mixture of logistic experts for each class (YouTube-8M's MoeModel), and its gradients by PyTorch's autograd."""
import torch


def mixture(gates, experts, expressions):
    """gates [..., E (M + 1)], experts [..., E M] -> [..., E]"""
    weights = gates.unflatten(-1, (expressions, -1)).softmax(-1)[..., :-1]
    return (weights * experts.unflatten(-1, (expressions, -1)).sigmoid()).sum(-1)


def make():
    numbers = lambda rows, columns, factor: torch.sin(factor * torch.arange(rows * columns).double()).view(rows, columns)
    gates, experts, dy = 2 * numbers(7, 20, 0.7), 3 * numbers(7, 15, 1.3), numbers(7, 5, 0.9)
    gates.requires_grad_(), experts.requires_grad_()
    y = mixture(gates, experts, 5)
    y.backward(dy)
    return {"mixture_of_experts": {"gates": gates.detach().numpy(), "experts": experts.detach().numpy(),
                                   "dy": dy.numpy(), "y": y.detach().numpy(), "dgates": gates.grad.numpy(),
                                   "dexperts": experts.grad.numpy()}}
