"""Derivatives of a loss by differences, with an eye on rounding and on kinks. Notes 1.12."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from caviar.techniques.checked_loss import ROUNDING, CheckedLoss

CLOSER = (1.0, 0.1, 0.01)  # steps of a closer look, as multiples of ε
NOISE_LINES, NOISE_POINTS = 3, 12


@dataclass(frozen=True)
class Slope:
    """The derivative along one direction.

    two_sided, left, right: (f(θ + ε) − f(θ − ε)) / 2ε and its halves. uncertainty: how far rounding, and a bend within
    the step, may put the two-sided one off. kink: left and right differ, however small the step, as of ReLU at 0.
    """

    two_sided: float
    left: float
    right: float
    uncertainty: float
    kink: bool = False


class NumericalGradient:
    """Slopes of `loss` along single entries or directions; the weights are put back after each.

    Args:
        epsilon: the first step. Two-sided differences err by about ε² from the curve's bend and by 2e-16 · f / ε from
            rounding; the sum is least near the cube root of 2e-16, 6e-6, and is then about 1e-10. With the notes' 1e-7
            rounding alone makes 1e-9, too much beside a small gradient.
    """

    def __init__(self, loss: CheckedLoss, epsilon: float):
        self.loss, self.epsilon = loss, epsilon
        self.here = loss.value()
        self.noise = self._noise()

    def entry(self, name: str, index: tuple[int, ...]) -> Callable[[float], float]:
        """The loss when one entry moves; an index of one more axis than the tensor has tells Re from Im."""
        numbers = real(self.loss.parameters[name])
        before = numbers[index].item()

        def moved(step: float) -> float:
            numbers[index] = before + step
            value = self.loss.value()
            self.loss.restore()
            return value

        return moved

    def along(self, name: str, direction: Tensor) -> Callable[[float], float]:
        """The loss when a whole tensor moves; `direction` has its shape, and is of length 1 at most."""
        numbers = real(self.loss.parameters[name])

        def moved(step: float) -> float:
            numbers.add_(direction, alpha=step)
            value = self.loss.value()
            self.loss.restore()
            return value

        return moved

    def slope(self, moved: Callable[[float], float], gradient: float, tolerance: float) -> Slope:
        """The slope at 0. Where it is not the `gradient` at once, smaller steps are taken too.

        A smaller step leaves a kink nearby outside and follows a sharp bend; a larger one rounds less. The one with the
        least uncertainty counts, whatever the gradient says.
        """
        first = self._slope(moved, self.epsilon)
        if abs(first.two_sided - gradient) <= tolerance * (abs(first.two_sided) + abs(gradient)):
            return first
        slopes = [first] + [self._slope(moved, self.epsilon * share) for share in CLOSER[1:]]
        wide, narrow = (abs(one.right - one.left) for one in slopes[-2:])
        # the gap of a smooth curve shrinks as the step does
        if narrow > wide / 2 and narrow > 8 * slopes[-1].uncertainty:
            return replace(first, kink=True)
        # how far the next smaller step leads away is what the larger one missed
        missed = [abs(larger.two_sided - smaller.two_sided) for larger, smaller in itertools.pairwise(slopes)]
        known = [
            replace(one, uncertainty=one.uncertainty + more) for one, more in zip(slopes, [*missed, 0.0], strict=True)
        ]
        return min(known, key=lambda one: one.uncertainty)

    def wrong_place(self, name: str, gradient: Tensor, tolerance: float, draws: torch.Generator) -> int | None:
        """The flat place of an entry whose gradient is wrong, if a random direction shows that there is one.

        Two passes see all entries of a tensor at once; halving the direction, of length 1, leads to one that is wrong.
        """
        size = gradient.numel()
        signs = torch.randint(0, 2, (size,), generator=draws) * 2 - 1
        direction = signs.to(gradient) / math.sqrt(size)
        typical = float(torch.linalg.vector_norm(gradient)) / math.sqrt(size)

        def excess(start: int, stop: int) -> float:
            """By how much a part of the direction disagrees, beyond what rounding and the size of slopes explain."""
            part = torch.zeros_like(direction)
            part[start:stop] = direction[start:stop]
            given = float((part * gradient.reshape(-1)).sum())
            slope = self.slope(self.along(name, part.view(gradient.shape)), given, tolerance)
            if slope.kink:
                return 0.0
            allowed = slope.uncertainty + 1e-6 * (abs(slope.two_sided) + abs(given) + typical)
            return abs(slope.two_sided - given) - allowed

        start, stop = 0, size
        if not excess(start, stop) > 0:
            return None
        while stop - start > 1:
            middle = (start + stop) // 2
            start, stop = (start, middle) if excess(start, middle) >= excess(middle, stop) else (middle, stop)
        return start

    def _slope(self, moved: Callable[[float], float], step: float) -> Slope:
        above, below = moved(step), moved(-step)
        return Slope(
            (above - below) / (2 * step), (self.here - below) / step, (above - self.here) / step, self.noise / step
        )

    def _noise(self) -> float:
        """How far rounding alone moves the loss, with room to spare.

        Of values at equal distances the fifth differences leave nothing of a smooth curve, and of independent errors of
        size σ numbers of size σ √252 (Moré & Wild, 2011, Estimating computational noise). The least of a few lines
        counts: another may cross a kink.
        """
        sizes = []
        for number in range(NOISE_LINES):
            values = np.array(self._along_a_line(number))
            sizes.append(np.sqrt(np.mean(np.diff(values, 5) ** 2) / 252))
        return 8 * max(ROUNDING * abs(self.here) / 2, float(min(sizes)))

    def _along_a_line(self, number: int) -> list[float]:
        """Losses on the way from the weights in a random direction of length 1, ε / 10 apart."""
        generator, parameters = torch.Generator().manual_seed(number), self.loss.parameters
        directions = {
            name: torch.randn(real(one).shape, generator=generator, dtype=torch.float64).to(one.device)
            for name, one in parameters.items()
        }
        length = math.sqrt(sum(float(one.square().sum()) for one in directions.values()))
        values = []
        for place in range(1, NOISE_POINTS + 1):
            for name, one in parameters.items():
                real(one).add_(directions[name], alpha=place * self.epsilon / 10 / length)
            values.append(self.loss.value())
            self.loss.restore()
        return values


def real(tensor: Tensor) -> Tensor:
    """A view of the numbers that a derivative can be taken by: a complex tensor has a last axis (Re, Im) more."""
    plain = tensor.detach()
    return torch.view_as_real(plain) if plain.is_complex() else plain
