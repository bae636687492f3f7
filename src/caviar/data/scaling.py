"""Numbers brought to about mean 0 and spread 1, in the way that fits their shape. Notes 1.9.

Every scaling is fitted on the train rows only, maps a float64 column without missing cells to float64, and is bounded, so
that no cell of a later file can be larger than a few units, however strange it is.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtri

LARGEST = 10.0  # a standardised value further out than this is cut off here
BEND = 3.0  # the smooth clip's limit, as in RealMLP


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
        return np.clip(_shifted(values, self.center, self.scale), -LARGEST, LARGEST)


@dataclass(frozen=True)
class Robust:
    """z = (x − median) / (q75 − q25), then z / √(1 + (z/3)²), which bends smoothly towards ±3 (RealMLP, arXiv 2407.04491).

    Half of the rows decide the scale, so outliers cannot; the bend keeps their order and takes away their weight.
    """

    name: ClassVar[str] = "robust"
    center: float
    scale: float

    @classmethod
    def fit(cls, values: np.ndarray) -> "Robust":
        return cls(float(np.median(values)), middle_spread(values))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return smooth_clip(_shifted(values, self.center, self.scale))


@dataclass(frozen=True)
class ToNormal:
    """A value's rank among the train rows, as the normal quantile of that rank; beyond the train rows, the end's.

    `points` are train quantiles at the levels (i + ½)/n; equal points share their middle level.
    """

    name: ClassVar[str] = "quantile to normal"
    points: tuple[float, ...]
    levels: tuple[float, ...]

    @classmethod
    def fit(cls, values: np.ndarray, num_points: int = 512) -> "ToNormal":
        count = min(num_points, len(values))
        levels = (np.arange(count) + 0.5) / count
        points, which = np.unique(np.quantile(values, levels, method="nearest"), return_inverse=True)
        middle = np.bincount(which, weights=levels) / np.bincount(which)
        return cls(tuple(points.tolist()), tuple(middle.tolist()))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return ndtri(np.interp(values, self.points, self.levels))


@dataclass(frozen=True)
class MostlyZero:
    """For the cells that are not zero: t = sign(x) · log(1 + |x| / typical), then robust; zeros become 0.

    `typical` is the median size of the train cells that are not zero. A second input says whether the cell is zero
    (numbers.py), so zero and the middle of the others, both 0 here, are told apart.
    """

    name: ClassVar[str] = "mostly zero"
    typical: float
    rest: Robust = field(default_factory=lambda: Robust(0.0, 1.0))

    @classmethod
    def fit(cls, values: np.ndarray) -> "MostlyZero":
        nonzero = values[values != 0]
        typical = float(np.median(np.abs(nonzero)))
        return cls(typical, Robust.fit(cls(typical)._logs(nonzero)))

    def _logs(self, values: np.ndarray) -> np.ndarray:
        return np.sign(values) * np.log1p(np.abs(values) / self.typical)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return np.where(values == 0, 0.0, self.rest(self._logs(values)))


Scaling = Standard | Robust | ToNormal | MostlyZero


def choose_scaling(values: np.ndarray) -> tuple[Scaling, str]:
    """The scaling for one column, and why, in a newcomer's words.

    Looks at the train cells that are not missing (at least two distinct ones, float64), in this order:
    two values → −1 and 1; more than 80 % zeros → mostly zero; furthest cell within 6 middle spreads (q75 − q25) of the
    median → standard (a normal column reaches 3 to 4, a uniform one 1); else, the 1 % furthest cells beyond 30 middle
    spreads → quantile to normal; else robust.
    """
    low, high = float(values.min()), float(values.max())
    if np.all((values == low) | (values == high)):
        return Standard(low / 2 + high / 2, high / 2 - low / 2), "only two values, so one becomes -1 and the other 1"
    zeros = float(np.mean(values == 0))
    if zeros > 0.8:
        why = f"{zeros:.0%} of the cells are 0, so one input says whether it is 0 and one how large it is otherwise"
        return MostlyZero.fit(values), why
    distance = np.abs(_shifted(values, float(np.median(values)), middle_spread(values)))
    if distance.max() <= 6:
        return Standard.fit(values), "no outliers, so its mean is subtracted and it is divided by its standard deviation"
    if np.quantile(distance, 0.99) > 30:
        why = "its largest cells are hundreds of times its usual ones, so each cell counts by its rank, not by its size"
        return ToNormal.fit(values), why
    why = "a few cells lie far out, so the middle half of the rows sets the scale and far cells are bent towards it"
    return Robust.fit(values), why


def smooth_clip(values: np.ndarray) -> np.ndarray:
    """z / √(1 + (z/3)²): near 0 the value itself, far out ±3."""
    bounded = np.clip(values, -1e6, 1e6)
    return bounded / np.sqrt(1 + np.square(bounded / BEND))


def mean_and_deviation(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation in float64, safe for huge units; the deviation is floored (see `floored`)."""
    unit = float(np.abs(values).max()) or 1.0
    parts = values / unit
    return float(parts.mean() * unit), floored(float(parts.std()) * unit, values)


def middle_spread(values: np.ndarray) -> float:
    """q75 − q25; where that is 0, the next wider pair of quantiles, brought to the same meaning for a normal column."""
    for low, factor in ((0.25, 1.0), (0.1, 0.5263), (0.05, 0.4101), (0.01, 0.2899), (0.0, 0.1686)):
        bottom, top = np.quantile(values, [low, 1 - low])
        if top > bottom:
            return floored(float((top - bottom) * factor), values)
    return floored(0.0, values)


def floored(scale: float, values: np.ndarray) -> float:
    """Keep a scale above rounding noise (1e-12 of the largest cell), so that dividing by it never explodes."""
    return max(scale, 1e-12 * float(np.abs(values).max()), 1e-300)


def scaling_to_json(scaling: Scaling) -> dict[str, Any]:
    fields = {key: value for key, value in vars(scaling).items() if key != "rest"}
    if isinstance(scaling, MostlyZero):
        fields["rest"] = vars(scaling.rest)
    return {"scaling": scaling.name, **fields}


def scaling_from_json(value: dict[str, Any]) -> Scaling:
    fields = {key: entry for key, entry in value.items() if key != "scaling"}
    match value["scaling"]:
        case Standard.name:
            return Standard(**fields)
        case Robust.name:
            return Robust(**fields)
        case MostlyZero.name:
            return MostlyZero(fields["typical"], Robust(**fields["rest"]))
        case _:
            return ToNormal(tuple(fields["points"]), tuple(fields["levels"]))


def _shifted(values: np.ndarray, center: float, scale: float) -> np.ndarray:
    with np.errstate(over="ignore"):  # to infinity, which every caller cuts off
        return (values - center) / scale
