"""Weight penalties: L2, L1 and decoupled decay, each with a strength per member. Notes 1.4, 1.5.

Decoupled decay: Loshchilov & Hutter, 2019, arXiv 1711.05101. Biases and batch norm's γ and β are left out by the
caller.
"""

import torch
from torch import Tensor


def add_l2_gradient(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
    """J + λ/2m ‖W‖²: add λ/m · W to the gradient, in place. `strength` is λ/m (torch's `weight_decay`), (member, 1)."""
    gradient.addcmul_(weights, strength)


def add_l1_gradient(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
    """J + λ/m ‖W‖₁: the gradient grows by λ/m · sign(W), in place. `strength` is λ/m, (member, 1)."""
    gradient.addcmul_(torch.sign(weights), strength)


def decay_weights(weights: Tensor, learning_rate: Tensor, decay: Tensor) -> None:
    """W ← (1 − α · decay) W, in place, apart from the gradient and its moments. Both strengths are (member, 1)."""
    weights.mul_(1 - learning_rate * decay)
