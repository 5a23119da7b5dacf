"""A mixture of logistic experts for each class (YouTube-8M's MoeModel), and its gradients by PyTorch's autograd."""
import torch
from golden.inputs import waves


def mixture(gates, experts, expressions):
    """gates [..., E (M + 1)], experts [..., E M] -> [..., E]"""
    weights = gates.unflatten(-1, (expressions, -1)).softmax(-1)[..., :-1]
    return (weights * experts.unflatten(-1, (expressions, -1)).sigmoid()).sum(-1)


def make():
    gates, experts, dy = (torch.from_numpy(values) for values in (2 * waves(0.7, 7, 20), 3 * waves(1.3, 7, 15),
                                                                 waves(0.9, 7, 5)))
    gates.requires_grad_(), experts.requires_grad_()
    y = mixture(gates, experts, 5)
    y.backward(dy)
    return {"mixture_of_experts": {"gates": gates.detach().numpy(), "experts": experts.detach().numpy(),
                                   "dy": dy.numpy(), "y": y.detach().numpy(), "dgates": gates.grad.numpy(),
                                   "dexperts": experts.grad.numpy()}}
