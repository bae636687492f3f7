"""Inverted dropout (Srivastava et al., 2014, jmlr.org/papers/v15/srivastava14a.html). Notes 1.6, 1.7."""

from torch import Tensor


def dropout(activations: Tensor, drop_rate: Tensor | float, uniform: Tensor) -> Tensor:
    """Silence each unit with probability `drop_rate`; scale the rest so that the expectation stays.

        a' = a · [u ≥ rate] / (1 − rate)

    Args:
        activations: any shape, for a population (member, unit, batch).
        drop_rate: in [0, 1), a number or a tensor that broadcasts to the activations, such as (member, 1, 1);
            0 leaves them alone. Its range is checked once, where settings are made.
        uniform: in [0, 1), broadcasts to the activations; one draw serves all members (core/random.py).
    """
    return activations * ((uniform >= drop_rate) / (1 - drop_rate))
