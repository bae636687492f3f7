"""From values to places along an axis: linear, log, or log of one minus the value; and its ticks. Notes 3.2."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from caviar.report.wording import number, superscript

ScaleKind = Literal["linear", "log", "log of 1 − value"]
SPANS_DECADES = 10  # values whose largest is so many times the smallest may need a log scale


class Axis(Protocol):
    """Anything that values can be placed along."""

    def place(self, values: np.ndarray) -> np.ndarray:
        """Values → places, 0 at the axis's start and 1 at its end."""

    def marks(self, most: int) -> list[tuple[float, str]]:
        """At most about `most` ticks: place and label."""


@dataclass(frozen=True)
class Scale:
    """The values from `low` to `high` along an axis. `factor` multiplies the labels: 100 shows a share in per cent."""

    low: float
    high: float
    kind: ScaleKind = "linear"
    factor: float = 1.0

    def place(self, values: np.ndarray) -> np.ndarray:
        start, end = self._bend(np.array([self.low, self.high]))
        return (self._bend(np.asarray(values, dtype=np.float64)) - start) / (end - start)

    def marks(self, most: int) -> list[tuple[float, str]]:
        ticks = self.ticks(most)
        return list(
            zip(self.place(np.array(ticks)).tolist(), labels([tick * self.factor for tick in ticks]), strict=True)
        )

    def ticks(self, most: int) -> list[float]:
        """Round values within the scale, in the values' own units."""
        low, high = self.low * self.factor, self.high * self.factor
        found: list[float] = []
        if self.kind == "log":
            found = _round_in_decades(low, high, most)
        elif self.kind == "log of 1 − value":
            found = sorted(1 - part for part in _round_in_decades(1 - high, 1 - low, most))
        if len(found) < 2:
            found = _round_steps(low, high, most)
        return [tick / self.factor for tick in found]

    def _bend(self, values: np.ndarray) -> np.ndarray:
        if self.kind == "linear":
            return values
        tiny = np.finfo(np.float64).tiny
        if self.kind == "log":
            return np.log10(np.maximum(values, tiny))
        return -np.log10(np.maximum(1 - values, tiny))


def scale_of(
    values: Sequence[float] | np.ndarray,
    *,
    factor: float = 1.0,
    decades: float | None = None,
    kind: ScaleKind | None = None,
) -> Scale:
    """A scale that holds all `values` (finite, at least one) with a little room.

    Its kind is the one given. Else, with `decades`, log where the largest value is that many times the smallest; else
    the one that the values lie most evenly on. A linear scale of values that are not negative starts at 0 where that
    costs little room.
    """
    low, high = float(np.min(values)), float(np.max(values))
    if kind is None and decades is not None:
        kind = "log" if low > 0 and high / low >= decades else "linear"
    kind = kind or kind_of(values)
    if kind == "log":
        room = max((high / low) ** 0.04, 1.02)
        return Scale(low / room, high * room, kind, factor)
    if kind == "log of 1 − value":
        room = ((1 - low) / (1 - high)) ** 0.04
        return Scale(1 - (1 - low) * room, 1 - (1 - high) / room, kind, factor)
    room = 0.04 * (high - low) or 0.1 * abs(high) or 1 / factor
    start = 0.0 if 0 <= low < 0.3 * high else low - room
    return Scale(max(start, 0.0) if low >= 0 else start, high + room, kind, factor)


def kind_of(values: Sequence[float] | np.ndarray) -> ScaleKind:
    """The scale that values were drawn on, as far as they show it: they lie most evenly on it.

    Log for positive values that span a decade; log of one minus the value, as for momentum, for values in [0.5, 1)
    whose distances from 1 differ fivefold; each only where it is the more even one. Evenness is the largest distance of
    the distinct values' cumulative shares from a straight line (Kolmogorov's, from the uniform distribution).
    """
    values = np.unique(values)
    low, high = float(values[0]), float(values[-1])
    if low > 0 and high / low >= SPANS_DECADES and _unevenness(np.log(values)) < _unevenness(values):
        return "log"
    if (
        low >= 0.5
        and high < 1
        and (1 - low) / (1 - high) >= 5
        and _unevenness(np.log(1 - values)) < _unevenness(values)
    ):
        return "log of 1 − value"
    return "linear"


def _unevenness(values: np.ndarray) -> float:
    places = np.sort((values - values.min()) / (values.max() - values.min()))
    shares = np.arange(len(places)) / (len(places) - 1)
    return float(np.abs(places - shares).max())


@dataclass(frozen=True)
class WithSlots:
    """A scale with places of their own for 0, at its start, and for infinity, at its end: a log scale has none."""

    scale: Scale
    zero: bool
    infinity: bool

    SLOT = 0.12

    def place(self, values: np.ndarray) -> np.ndarray:
        values = np.asarray(values, dtype=np.float64)
        start, end = self.SLOT * self.zero, 1 - self.SLOT * self.infinity
        with np.errstate(invalid="ignore"):
            places = start + (end - start) * self.scale.place(np.where(np.isfinite(values), values, 1.0))
        places = np.where((values == 0) & self.zero, self.SLOT / 3, places)
        return np.where(np.isinf(values), 1 - self.SLOT / 3, places)

    def marks(self, most: int) -> list[tuple[float, str]]:
        start, end = self.SLOT * self.zero, 1 - self.SLOT * self.infinity
        inner = [
            (start + (end - start) * place, label)
            for place, label in self.scale.marks(most - self.zero - self.infinity)
        ]
        return [(self.SLOT / 3, "0")] * self.zero + inner + [(1 - self.SLOT / 3, "∞")] * self.infinity


def labels(ticks: Sequence[float]) -> list[str]:
    """The ticks as text, all with the same decimals where they are evenly spaced; powers of ten beyond 1e-4 and 1e7."""
    if not ticks:
        return []
    largest = max(abs(tick) for tick in ticks)
    smallest = min((abs(tick) for tick in ticks if tick), default=1.0)
    if largest >= 1e7 or smallest < 1e-4:
        return ["0" if tick == 0 else _power(tick) for tick in ticks]
    steps = np.diff(ticks)
    if len(steps) and np.allclose(steps, steps[0]) and steps[0] < 100:
        decimals = next(
            places for places in range(12) if abs(round(steps[0], places) - steps[0]) < 1e-9 * steps[0] + 1e-15
        )
        return [f"{tick + 0.0:,.{decimals}f}".replace("-", "−") for tick in ticks]
    return [number(tick) if tick >= 100 or tick < 0 else f"{tick:.10f}".rstrip("0").rstrip(".") for tick in ticks]


def _power(tick: float) -> str:
    power = math.floor(math.log10(abs(tick)) + 1e-9)
    lead = tick / 10**power
    return ("" if abs(lead - 1) < 1e-6 else f"{lead:.3g}·".replace("-", "−")) + f"10{superscript(power)}"


def _round_steps(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten."""
    rough = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [multiple * step for multiple in range(first, last + 1)]


def _round_in_decades(low: float, high: float, most: int) -> list[float]:
    """Powers of ten; also 2 and 5 times them where there is room; every second or third power where there is none."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        ticks = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        if len(ticks) <= most:
            return ticks
    return ticks[:: math.ceil(len(ticks) / most)]
