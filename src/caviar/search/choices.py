"""Dimensions that are not a plain range: a choice among a few values, and a range that 0 is added to. Notes 3.1."""

from dataclasses import dataclass
from math import inf, isnan
from typing import Any, ClassVar

import numpy as np

from caviar.core.errors import SettingsError
from caviar.search.dimensions import Dimension, Range, Value, check_factor, finite


@dataclass(frozen=True)
class Choice(Dimension):
    """One of a few values without an order: text, numbers, booleans, or tuples such as hidden sizes (64, 64).

    `weights`: how likely each one is, any scale; equal where not given. They are stored as shares that sum to 1.
    """

    values: tuple[Any, ...]
    weights: tuple[float, ...] = ()
    kind: ClassVar[str] = "choice"

    def __post_init__(self) -> None:
        if not isinstance(self.values, list | tuple) or not self.values:
            raise SettingsError(f"{self.kind}: values must be a list of at least one value, got {self.values!r}.")
        values = tuple(_plain(value) for value in self.values)
        for value in values:
            if not _is_value(value):
                raise SettingsError(
                    f"{self.kind}: a value must be text, a number, a boolean or a list of these, got {value!r}."
                )
        if len(set(values)) < len(values):
            raise SettingsError(f"{self.kind}: values must differ from one another, got {values!r}.")
        weights = tuple(float(finite(self.kind, "a weight", weight)) for weight in self.weights) or (1.0,) * len(values)
        if len(weights) != len(values) or min(weights) < 0 or sum(weights) <= 0:
            raise SettingsError(
                f"{self.kind}: weights must be {len(values)} numbers of at least 0, not all of them 0; "
                f"got {self.weights!r}."
            )
        object.__setattr__(self, "values", values)
        total = 1.0 if abs(sum(weights) - 1) < 1e-9 else sum(weights)  # shares read from JSON stay as they are
        object.__setattr__(self, "weights", tuple(weight / total for weight in weights))

    def from_units(self, units: np.ndarray) -> np.ndarray:
        likely = np.flatnonzero(self.weights)
        ends = np.cumsum(np.array(self.weights)[likely])[:-1]
        return self._array()[likely[np.searchsorted(ends, units, side="right")]]

    def to_units(self, values: Any) -> np.ndarray:
        """The middle of each value's piece; NaN for a value that is none of the choices."""
        ends = np.cumsum(self.weights)
        middles = dict(zip(self.values, (ends - np.array(self.weights) / 2).tolist(), strict=True))
        return np.array([middles.get(_plain(value), np.nan) for value in values], dtype=np.float64)

    def _array(self) -> np.ndarray:
        kinds = {type(value) for value in self.values}
        if (len(kinds) == 1 and tuple not in kinds) or kinds == {int, float}:
            return np.array(self.values)
        array = np.empty(len(self.values), dtype=object)
        array[:] = self.values
        return array

    def zoom(self, centre: Value, factor: float) -> "Choice":
        """Choices have no neighbours: the others keep `factor` of their chance, `centre` gains the rest."""
        check_factor(factor)
        self.to_unit(centre)
        at_centre = np.array([value == _plain(centre) for value in self.values])
        return Choice(self.values, tuple((factor * np.array(self.weights) + (1 - factor) * at_centre).tolist()))

    def describe(self) -> str:
        if len(set(self.weights)) == 1:
            return "one of " + ", ".join(map(str, self.values))
        shares = zip(self.values, self.weights, strict=True)
        return "one of " + ", ".join(f"{value} ({weight:.0%})" for value, weight in shares)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "values": [_to_json(value) for value in self.values], "weights": list(self.weights)}


@dataclass(frozen=True)
class OrZero(Dimension):
    """0 with this probability, else a draw of `inner`: for rates such as dropout or L2 that are often best left out."""

    inner: Range
    probability: float
    kind: ClassVar[str] = "or-zero"

    def __post_init__(self) -> None:
        if not isinstance(self.inner, Range) or self.inner.low < 0:
            raise SettingsError(f"{self.kind}: inner must be a dimension of numbers of at least 0, got {self.inner!r}.")
        object.__setattr__(self, "probability", float(finite(self.kind, "probability", self.probability)))
        if not 0 <= self.probability <= 1:
            raise SettingsError(f"{self.kind}: probability must lie in [0, 1], got {self.probability:g}.")

    def from_units(self, units: np.ndarray) -> np.ndarray:
        units = np.asarray(units)
        rest = np.clip((units - self.probability) / max(1.0 - self.probability, 1e-12), 0.0, 1.0)
        return np.where((units < self.probability) | (self.probability == 1), 0, self.inner.from_units(rest))

    def to_units(self, values: Any) -> np.ndarray:
        values = np.asarray(values, dtype=np.float64)
        others = self.probability + (1 - self.probability) * self.inner.to_units(values)
        return np.where((values == 0) & (self.probability > 0), self.probability / 2, others)

    def zoom(self, centre: Value, factor: float) -> "OrZero":
        """Around 0 the chance of other values shrinks by `factor`; around another value that of 0 does, and `inner`."""
        check_factor(factor)
        self.to_unit(centre)
        if centre == 0:
            return OrZero(self.inner, 1 - (1 - self.probability) * factor)
        return OrZero(self.inner.zoom(centre, factor), self.probability * factor)

    def describe(self) -> str:
        return f"0 ({self.probability:.0%}), or {self.inner.describe()}"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "inner": self.inner.to_json(), "probability": self.probability}


def _plain(value: Any) -> Any:
    """NumPy scalars as Python's own, lists as tuples, and what `_to_json` made of infinity as infinity again."""
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    if isinstance(value, dict) and set(value) == {"number"}:
        return float(value["number"])
    return value.item() if isinstance(value, np.generic) else value


def _to_json(value: Any) -> Any:
    """JSON has no infinity, and a clipping norm may well be infinite."""
    if isinstance(value, tuple):
        return [_to_json(part) for part in value]
    return {"number": str(value)} if value in (inf, -inf) else value


def _is_value(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_value(part) for part in value)
    return isinstance(value, str | bool | int) or (isinstance(value, float) and not isnan(value))
