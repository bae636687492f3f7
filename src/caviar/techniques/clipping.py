"""Gradient clipping by global norm, one norm per member (Pascanu et al., 2013, arXiv 1211.5063). Notes 1.10."""

import torch
from torch import Tensor


def clip_gradients(gradients: Tensor, max_norm: Tensor) -> Tensor:
    """Scale each member's gradient down to `max_norm` where it is longer, in place; returns the norms before.

        g ← g · min(1, max_norm / (‖g‖ + 1e-6))

    1e-6 keeps the division safe where the gradient is 0, as in torch's `clip_grad_norm_`.

    Args:
        gradients: (member, parameter), of any precision.
        max_norm: (member,), above 0; infinity leaves a member alone.

    Returns:
        (member,) in single precision at least, in which the squares of half precision do not overflow.

    >>> g = torch.tensor([[3.0, 4.0], [0.3, 0.4]])
    >>> clip_gradients(g, torch.tensor([1.0, 1.0])).tolist()
    [5.0, 0.5]
    >>> [[round(one, 3) for one in row] for row in g.tolist()]
    [[0.6, 0.8], [0.3, 0.4]]
    """
    norms = torch.linalg.vector_norm(gradients, dim=1, dtype=torch.promote_types(gradients.dtype, torch.float32))
    factor = torch.clamp(max_norm / (norms + 1e-6), max=1)
    gradients.mul_(factor.unsqueeze(1))
    return norms
