"""Weight penalties: L2, L1 and decoupled decay, each with a strength per member. Notes 1.4, 1.5.

L2: Hoerl & Kennard, 1970, doi 10.1080/00401706.1970.10488634 · L1: Tibshirani, 1996,
doi 10.1111/j.2517-6161.1996.tb02080.x · decoupled decay: Loshchilov & Hutter, 2019, arXiv 1711.05101.

Biases and batch norm's γ and β are left out by the caller. m is the number of train rows.

>>> weights, gradient = torch.tensor([[3.0, -0.5]]), torch.zeros(1, 2)
>>> add_l2_gradient(gradient, weights, torch.tensor([[0.1]]))
>>> add_l1_gradient(gradient, weights, torch.tensor([[1.0]]))
>>> [round(one, 2) for one in gradient[0].tolist()]
[1.3, -1.05]
"""

import torch
from torch import Tensor


def add_l2_gradient(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
    """J + λ/2m ‖W‖²:  dW ← dW + λ/m · W, in place.

    Args:
        gradient, weights: (member, weight). strength: λ/m, torch's `weight_decay`, (member, 1), at least 0.
    """
    gradient.addcmul_(weights, strength)


def add_l1_gradient(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
    """J + λ/m ‖W‖₁:  dW ← dW + λ/m · sign(W), in place; sign(0) is 0.

    Args:
        gradient, weights: (member, weight). strength: λ/m, (member, 1), at least 0.
    """
    gradient.addcmul_(torch.sign(weights), strength)


def decay_weights(weights: Tensor, learning_rate: Tensor, decay: Tensor) -> None:
    """W ← (1 − α · decay) · W, in place, apart from the gradient and its moments.

    Args:
        weights: (member, weight). learning_rate, decay: α and the strength, (member, 1), at least 0.
    """
    weights.mul_(1 - learning_rate * decay)
