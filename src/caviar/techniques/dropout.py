"""Inverted dropout (Srivastava et al., 2014, jmlr.org/papers/v15/srivastava14a.html). Notes 1.6, 1.7."""

import torch
from torch import Tensor


def dropout(activations: Tensor, drop_rate: Tensor | float, uniform: Tensor) -> Tensor:
    """Silence each unit with probability `drop_rate`; scale the rest so that the expectation stays.

        a' = a · [u ≥ rate] / (1 − rate)

    Args:
        activations: any shape, for a population (member, unit, batch).
        drop_rate: in [0, 1), a number or a tensor that broadcasts to the activations, such as (member, 1, 1);
            0 leaves them alone. Its range is checked once, where settings are made.
        uniform: in [0, 1), broadcasts to the activations; one draw serves all members (core/random.py).

    Returns:
        Shaped and typed like the activations.

    >>> a = torch.ones(1000, 50)
    >>> dropped = dropout(a, 0.2, torch.rand_like(a))
    >>> print(f"{dropped.min():.2f} or {dropped.max():.2f}")
    0.00 or 1.25
    """
    keep_rate = torch.as_tensor(1 - drop_rate, dtype=activations.dtype, device=activations.device)
    return activations * ((uniform >= drop_rate) / keep_rate)
