"""Gradient clipping by global norm, one norm per member (Pascanu et al., 2013, arXiv 1211.5063)."""

import torch
from torch import Tensor


def clip_gradients(gradients: Tensor, max_norm: Tensor) -> Tensor:
    """Scale each member's gradient down to `max_norm` where it is longer, in place; returns the norms before.

        g ← g · min(1, max_norm / (‖g‖ + 1e-6))

    Args:
        gradients: (member, parameter).
        max_norm: (member,), above 0; infinity leaves a member alone.
    """
    norms = torch.linalg.vector_norm(gradients, dim=1)
    factor = torch.clamp(max_norm / (norms + 1e-6), max=1)
    gradients.mul_(factor.unsqueeze(1))
    return norms
