"""The dimensions of a search space: one hyperparameter each, on the scale it is drawn on. Notes 3.1, 3.2.

Every dimension maps the unit interval onto its values, equal lengths of it being equally likely. So a draw is one
uniform number, "near" is a small distance between two units whatever the scale, and narrowing a dimension is cutting a
piece out of the interval. Random draws on the right scale beat a grid of the same size (Bergstra & Bengio, 2012,
jmlr.org/papers/v13/bergstra12a.html).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import isfinite
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np

from caviar.core.errors import SettingsError

Value = float | int | str | bool | tuple


class Dimension(ABC):
    """What every kind of dimension can do. `kind` is its name in JSON."""

    kind: ClassVar[str]

    @abstractmethod
    def from_units(self, units: np.ndarray) -> np.ndarray:
        """The values at these units in [0, 1], any shape."""

    @abstractmethod
    def to_units(self, values: Any) -> np.ndarray:
        """The units in [0, 1] of an array of values; beyond a bound the bound's unit, NaN for what is no value here."""

    @abstractmethod
    def zoom(self, centre: Value, factor: float) -> "Dimension":
        """A narrower dimension of the same kind around `centre`, inside the bounds; a `factor` of 1 changes nothing."""

    @abstractmethod
    def describe(self) -> str:
        """In words, such as "0.0001 to 1, log scale"."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """A plain dict with a `kind`, which `spaces.dimension_from_json` reads."""

    def sample(self, num: int, generator: np.random.Generator) -> np.ndarray:
        """`num` independent draws, shape (draw,); the first draws stay the same when more are asked for."""
        return self.from_units(generator.random(num))

    def from_unit(self, unit: float) -> Any:
        """The value at one unit in [0, 1], as a plain Python value."""
        if not 0 <= unit <= 1:
            raise SettingsError(f"a unit of a {self.kind} dimension must lie in [0, 1], got {unit!r}.")
        return self.from_units(np.array([unit])).tolist()[0]

    def to_unit(self, value: Value) -> float:
        """The unit of one value, in [0, 1]; beyond a bound the bound's. SettingsError for what is no value here."""
        try:
            unit = float(self.to_units([value])[0])
        except (TypeError, ValueError):
            unit = np.nan
        if np.isnan(unit):
            raise SettingsError(f"a value of this dimension must be {self.describe()}; got {value!r}.")
        return unit


class Range(Dimension):
    """A dimension of numbers between two bounds, both included."""

    low: float
    high: float

    @abstractmethod
    def narrowed(self, low_unit: float, high_unit: float) -> "Range":
        """The same kind of dimension, on this piece of the unit interval alone."""

    def zoom(self, centre: Value, factor: float) -> "Range":
        """`factor` times as wide in units, around `centre` but moved to stay inside the bounds."""
        check_factor(factor)
        low = min(max(self.to_unit(centre) - factor / 2, 0.0), 1.0 - factor)
        return self.narrowed(low, low + factor)


@dataclass(frozen=True)
class Uniform(Range):
    """Any number from `low` to `high`, equally likely: the right scale for a share such as a dropout rate."""

    low: float
    high: float
    kind: ClassVar[str] = "uniform"
    scale: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            object.__setattr__(self, name, float(finite(self.kind, name, getattr(self, name))))
        if not self.low < self.high:
            raise SettingsError(f"{self.kind}: low must be less than high, got {self.low:g} and {self.high:g}.")

    def _forward(self, value: Any) -> Any:
        """A value's place on the scale that is even in units; increasing."""
        return value

    def _backward(self, place: Any) -> Any:
        return place

    def from_units(self, units: np.ndarray) -> np.ndarray:
        first, last = self._forward(self.low), self._forward(self.high)
        values = np.clip(self._backward(first + np.asarray(units) * (last - first)), self.low, self.high)
        return np.where(units <= 0, self.low, np.where(units >= 1, self.high, values))  # the bounds without rounding

    def to_units(self, values: Any) -> np.ndarray:
        first, last = self._forward(self.low), self._forward(self.high)
        inside = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        return np.clip((self._forward(inside) - first) / (last - first), 0.0, 1.0)

    def narrowed(self, low_unit: float, high_unit: float) -> "Uniform":
        low, high = self.from_units(np.array([low_unit, high_unit])).tolist()
        return type(self)(low, high) if low < high else self

    def describe(self) -> str:
        return f"{self.low:.4g} to {self.high:.4g}{self.scale}"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class LogUniform(Uniform):
    """Each factor of ten equally likely: α from 1e-4 to 1 gives as many draws below 1e-2 as above it."""

    kind: ClassVar[str] = "log-uniform"
    scale: ClassVar[str] = ", log scale"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low <= 0:
            raise SettingsError(f"{self.kind}: low must be above 0, got {self.low:g}. OrZero adds 0 to a log scale.")

    def _forward(self, value: Any) -> Any:
        return np.log(value)

    def _backward(self, place: Any) -> Any:
        return np.exp(place)


@dataclass(frozen=True)
class OneMinusLogUniform(Uniform):
    """1 − value on a log scale: β from 0.9 to 0.999 averages over 10 to 1,000 values, each factor equally likely."""

    kind: ClassVar[str] = "one-minus-log-uniform"
    scale: ClassVar[str] = ", log scale of 1 − value"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.high >= 1:
            raise SettingsError(f"{self.kind}: high must be below 1, got {self.high:g}.")

    def _forward(self, value: Any) -> Any:
        return -np.log1p(-value)

    def _backward(self, place: Any) -> Any:
        return -np.expm1(-place)


@dataclass(frozen=True)
class Integer(Range):
    """A whole number from `low` to `high`, both included; with `log` each factor is about equally likely.

    Every number k owns the piece of the unit interval that k − ½ to k + ½ covers, so rounding favours none.
    """

    low: int
    high: int
    log: bool = False
    kind: ClassVar[str] = "integer"

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise SettingsError(f"{self.kind}: {name} must be a whole number, got {value!r}.")
            object.__setattr__(self, name, int(value))
        if not self.low <= self.high:
            raise SettingsError(f"{self.kind}: low must be at most high, got {self.low} and {self.high}.")
        if self.log and self.low < 1:
            raise SettingsError(f"{self.kind}: low must be at least 1 on a log scale, got {self.low}.")

    def _ends(self) -> tuple[float, float]:
        ends = np.array([self.low - 0.5, self.high + 0.5])
        first, last = (np.log(ends) if self.log else ends).tolist()
        return first, last

    def from_units(self, units: np.ndarray) -> np.ndarray:
        first, last = self._ends()
        places = first + np.asarray(units) * (last - first)
        return np.clip(np.floor((np.exp(places) if self.log else places) + 0.5), self.low, self.high).astype(np.int64)

    def to_units(self, values: Any) -> np.ndarray:
        first, last = self._ends()
        inside = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        return ((np.log(inside) if self.log else inside) - first) / (last - first)

    def narrowed(self, low_unit: float, high_unit: float) -> "Integer":
        low, high = self.from_units(np.array([low_unit, high_unit])).tolist()
        return Integer(low, high, self.log)

    def describe(self) -> str:
        return f"{self.low} to {self.high}, whole{', log scale' if self.log else ''}"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "low": self.low, "high": self.high, "log": self.log}


def finite(kind: str, name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise SettingsError(f"{kind}: {name} must be a finite number, got {value!r}.")
    return value


def check_factor(factor: float) -> None:
    if not 0 < factor <= 1:
        raise SettingsError(f"a zoom factor must lie above 0 and be at most 1, got {factor!r}.")
