"""Numbers brought to about mean 0 and spread 1, in the way that fits their shape. Notes 1.9.

Every scaling is fitted on train rows only, maps (row,) float64 without missing cells to (row,) float64, and is
bounded: no cell of a later file becomes larger than ten, however strange it is.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtri

LARGEST_CELL = 1e100  # larger ones count as this large, so that no sum or square overflows
LARGEST_INPUT = 10.0
BEND = 3.0  # limit of the smooth clip, as in RealMLP
MOSTLY_ZERO_SHARE = 0.8
TAME_DISTANCE, EXTREME_DISTANCE = 6, 30  # in middle spreads from the median; see `choose_scaling`


@dataclass(frozen=True)
class Standard:
    """(x − centre) / scale, cut off at ±10. Centre and scale are the train mean and standard deviation."""

    name: ClassVar[str] = "standard"
    center: float
    scale: float

    @classmethod
    def fit(cls, values: np.ndarray) -> "Standard":
        return cls(*mean_and_deviation(values))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):  # an overflow is infinite, and is cut off like any value too large
            return np.clip((values - self.center) / self.scale, -LARGEST_INPUT, LARGEST_INPUT)


@dataclass(frozen=True)
class Robust:
    """z = (x − median) / (q75 − q25), then z / √(1 + (z/3)²), which bends towards ±3 (RealMLP, arXiv 2407.04491).

    Half of the rows decide the scale, so outliers cannot; the bend keeps their order and takes away their weight.
    """

    name: ClassVar[str] = "robust"
    center: float
    scale: float

    @classmethod
    def fit(cls, values: np.ndarray) -> "Robust":
        return cls(float(np.median(values)), middle_spread(values))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return smooth_clip((values - self.center) / self.scale)


@dataclass(frozen=True)
class ToNormal:
    """A cell's rank among the train rows, as the normal quantile of that rank; beyond the train rows, that of the end.

    `points` are train quantiles at `levels` (i + ½)/n, at most 512, with straight lines between; a value that takes up
    several levels has their middle.
    """

    name: ClassVar[str] = "quantile to normal"
    points: tuple[float, ...]
    levels: tuple[float, ...]

    @classmethod
    def fit(cls, values: np.ndarray, most_points: int = 512) -> "ToNormal":
        count = min(most_points, len(values))
        levels = (np.arange(count) + 0.5) / count
        points, which = np.unique(np.quantile(values, levels, method="nearest"), return_inverse=True)
        middles = np.bincount(which, weights=levels) / np.bincount(which)
        return cls(tuple(points.tolist()), tuple(middles.tolist()))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return ndtri(np.interp(values, self.points, self.levels))


@dataclass(frozen=True)
class MostlyZero:
    """Cells that are not zero: t = sign(x) · log(1 + |x| / typical), then as `Robust` does it. Zeros stay 0.

    `typical` is the median size of the train cells that are not zero; `center` and `scale` belong to their t. A second
    input says whether the cell is zero (numbers.py), which tells zeros from the middle of the others, 0 here as well.
    """

    name: ClassVar[str] = "mostly zero"
    typical: float
    center: float
    scale: float

    @classmethod
    def fit(cls, values: np.ndarray) -> "MostlyZero":
        nonzero = values[values != 0]
        typical = floored(float(np.median(np.abs(nonzero))), nonzero)
        logs = signed_log(nonzero, typical)
        return cls(typical, float(np.median(logs)), middle_spread(logs))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        scaled = smooth_clip((signed_log(values, self.typical) - self.center) / self.scale)
        return np.where(values == 0, 0.0, scaled)


Scaling = Standard | Robust | ToNormal | MostlyZero
SCALINGS: dict[str, type[Scaling]] = {scaling.name: scaling for scaling in (Standard, Robust, ToNormal, MostlyZero)}


def choose_scaling(values: np.ndarray) -> tuple[Scaling, str]:
    """The scaling for one column, and why, in a newcomer's words.

    Looks at the train cells that are not missing (at least two distinct ones), in this order, with distances from the
    median in middle spreads (q75 − q25; a normal column reaches 3 or 4 of them, a uniform one 1):

        two distinct values                        → standard, so that they become −1 and 1
        more than 80 % zeros                       → mostly zero
        no cell further than 6                     → standard
        more than 1 % of the cells further than 30 → quantile to normal
        anything else                              → robust
    """
    low, high = float(values.min()), float(values.max())
    if np.all((values == low) | (values == high)):
        return Standard((low + high) / 2, (high - low) / 2), "only two values: one becomes -1, the other 1"
    zeros = float(np.mean(values == 0))
    if zeros > MOSTLY_ZERO_SHARE:
        why = f"{zeros:.0%} of the cells are 0: one input says whether the cell is 0, one how large it is if not"
        return MostlyZero.fit(values), why
    distances = np.abs(values - np.median(values)) / middle_spread(values)
    if distances.max() <= TAME_DISTANCE:
        return Standard.fit(values), "no outliers: the mean is subtracted, then divided by the standard deviation"
    if np.mean(distances > EXTREME_DISTANCE) > 0.01:
        return ToNormal.fit(values), "some cells are vastly larger than the usual ones: each counts by its rank"
    why = "a few cells lie far out: the middle half of the rows sets the scale, and far cells are drawn in"
    return Robust.fit(values), why


def smooth_clip(values: np.ndarray) -> np.ndarray:
    """Bend z to z / √(1 + (z/3)²): near 0 the value itself, far out ±3."""
    bounded = np.clip(values, -1e6, 1e6)
    return bounded / np.sqrt(1 + np.square(bounded / BEND))


def signed_log(values: np.ndarray, typical: float) -> np.ndarray:
    """sign(x) · log(1 + |x| / typical)."""
    return np.sign(values) * np.log1p(np.abs(values) / typical)


def mean_and_deviation(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation, without overflow whatever the unit; the deviation is floored (`floored`)."""
    unit = float(np.abs(values).max()) or 1.0
    return float(np.mean(values / unit)) * unit, floored(float(np.std(values / unit)) * unit, values)


def middle_spread(values: np.ndarray) -> float:
    """q75 − q25; where that is 0, the next wider pair of quantiles, made comparable as for a normal column."""
    for level in (0.25, 0.1, 0.05, 0.01, 0.001):
        low, high = np.quantile(values, [level, 1 - level])
        if high > low:
            return floored(float(high - low) * ndtri(0.25) / ndtri(level), values)
    return floored(float(np.std(values)), values)


def floored(scale: float, values: np.ndarray) -> float:
    """A scale above rounding noise (1e-12 of the largest cell), so that dividing by it never blows noise up."""
    return float(max(scale, 1e-12 * float(np.abs(values).max()), 1e-100))


def scaling_to_json(scaling: Scaling) -> dict[str, Any]:
    return {"name": scaling.name, **asdict(scaling)}


def scaling_from_json(value: dict[str, Any]) -> Scaling:
    make: Callable[..., Scaling] = SCALINGS[value["name"]]
    fields = {key: entry for key, entry in value.items() if key != "name"}
    return make(**{key: tuple(entry) if isinstance(entry, list) else entry for key, entry in fields.items()})
