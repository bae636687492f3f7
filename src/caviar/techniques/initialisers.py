"""Random initial weights whose variance keeps signals and gradients alive. Notes 1.10, 1.11.

Xavier: LeCun et al., 1998, doi 10.1007/3-540-49430-8_2, and the notes (tanh) · Glorot & Bengio, 2010,
proceedings.mlr.press/v9/glorot10a.html · He et al., 2015, arXiv 1502.01852 (ReLU).
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from caviar.core.errors import SettingsError, nearest


def he(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(2 / n_in): half of ReLU's inputs are cut off, so the variance is doubled."""
    return math.sqrt(2 / fan_in)


def xavier(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(1 / n_in), for tanh and for outputs."""
    return math.sqrt(1 / fan_in)


def glorot(fan_in: int, fan_out: int) -> float:
    """Standard deviation √(2 / (n_in + n_out)): a compromise between the forward and the backward pass."""
    return math.sqrt(2 / (fan_in + fan_out))


def zeros(fan_in: int, fan_out: int) -> float:
    """All weights alike: units of a layer never become different. Kept to show why it fails."""
    return 0.0


SCHEMES: dict[str, Callable[[int, int], float]] = {"he": he, "xavier": xavier, "glorot": glorot, "zeros": zeros}
OWN = "own"
INITIALISERS = (*SCHEMES, OWN)
"""The choices for a network: a scheme, or every layer's own `reset_parameters` (techniques/first_weights.py)."""


def initial_weights(shape: tuple[int, ...], scheme: str, gain: float, generator: torch.Generator) -> Tensor:
    """Normal draws with the scheme's standard deviation times `gain` (the notes' tunable factor).

    Args:
        shape: (out, in), or (out, in, height, width) for a convolution; never with a member axis, where the fan-in
            would be wrong: members are initialised one by one, then stacked.
        scheme: "he", "xavier", "glorot" or "zeros".
        gain: at least 0.

    >>> weights = initial_weights((100, 200), "he", 1.0, torch.Generator().manual_seed(0))
    >>> print(f"{weights.var():.3f}, and 2 / n_in = {2 / 200}")
    0.010, and 2 / n_in = 0.01
    """
    if scheme not in SCHEMES:
        raise SettingsError(
            f"initialiser {scheme!r} is unknown: choose from {', '.join(SCHEMES)}.{nearest(scheme, list(SCHEMES))}"
        )
    if len(shape) < 2 or not all(shape):
        raise SettingsError(
            f"initial weights need a shape (out, in) or (out, in, height, width), each at least 1; got {shape}. "
            "A bias has no fan-in, and begins at 0."
        )
    receptive_field = math.prod(shape[2:])
    deviation = SCHEMES[scheme](shape[1] * receptive_field, shape[0] * receptive_field)
    return torch.randn(shape, generator=generator) * (deviation * gain)
