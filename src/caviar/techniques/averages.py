"""Exponentially weighted averages with bias correction. Notes 2.3 to 2.5.

Averages of weights, which predict in their place: Polyak & Juditsky, 1992, doi 10.1137/0330046.
"""

import torch
from torch import Tensor

from caviar.core.errors import CaviarError
from caviar.techniques.precision import at_least_single


class ExponentialAverage:
    """v ← βv + (1 − β)x, an average over about 1 / (1 − β) values; corrected, v / (1 − β^t), from the first value on.

    Values in half precision are averaged in single: a share of 1 − β is lost in their rounding.

    Args:
        beta: in [0, 1), a number or a tensor that broadcasts to the values, such as (member, 1).
        corrected: divide by 1 − β^t, without which the start is pulled towards 0.

    >>> average = ExponentialAverage(0.9)
    >>> [round(average.add(torch.tensor(value)).item(), 2) for value in (10.0, 10.0, 20.0)]
    [10.0, 10.0, 13.69]
    """

    def __init__(self, beta: Tensor | float, corrected: bool = True):
        self.beta = beta
        self.corrected = corrected
        self.total: Tensor | None = None
        self.count = 0

    def add(self, value: Tensor) -> Tensor:
        """Take in the next value, any shape; returns the average so far."""
        value = at_least_single(value)
        self.total = torch.zeros_like(value) if self.total is None else self.total
        self.total = self.beta * self.total + (1 - self.beta) * value
        self.count += 1
        return self.value()

    def take(self, value: Tensor) -> None:
        """The same as `add` in one pass over memory, in place, for matrices such as weights (member, parameter).

        β, where it is a tensor, is typed as the average is; with β = 0 the average is the last value, bit for bit.
        """
        value = at_least_single(value)
        self.total = torch.zeros_like(value) if self.total is None else self.total
        self.total.lerp_(value, 1 - self.beta)
        self.count += 1

    def value(self) -> Tensor:
        """The average so far; at least one value must have come. Uncorrected, it is the running tensor itself."""
        if self.total is None:
            raise CaviarError("an average of no values is asked for: add one first.")
        return self.total / (1 - self.beta**self.count) if self.corrected else self.total

    def keep(self, members: Tensor) -> None:
        """Go on with these members only (row numbers); values and, where it is a tensor, β have the member axis."""
        self.total = None if self.total is None else self.total[members]
        if isinstance(self.beta, Tensor):
            self.beta = self.beta[members]
