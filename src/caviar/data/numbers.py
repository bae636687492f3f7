"""One number column as network inputs: scaled value, bins, and whether the cell was missing. Notes 1.9."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from caviar.data.piecewise_linear import Bins, BinTargets, fit_bins
from caviar.data.scaling import (
    LARGEST_CELL,
    MostlyZero,
    Scaling,
    choose_scaling,
    scaling_from_json,
    scaling_to_json,
)

FEWEST_DISTINCT_FOR_BINS = 11


@dataclass(frozen=True)
class NumberEncoding:
    """Inputs, in this order: scaled value · is it not 0 (mostly-zero columns) · is it missing · bins.

    A missing cell takes the train median in the scaled value and the bins. The missing input (0 or 1) exists where
    train has missing cells. Without a scaling, the missing input is all there is: all other train cells hold the same.
    """

    name: ClassVar[str] = "number"
    column: str
    why: str
    scaling: Scaling | None
    median: float
    had_missing: bool
    bins: Bins | None = None

    @property
    def kind(self) -> str:
        return self.name

    @property
    def input_names(self) -> tuple[str, ...]:
        names = [self.column] if self.scaling else []
        if isinstance(self.scaling, MostlyZero):
            names.append(f"{self.column} is not 0")
        if self.had_missing:
            names.append(f"{self.column} is missing")
        if self.bins:
            names += [f"{self.column} from {edge:.6g}" for edge in self.bins.edges[:-1]]
        return tuple(names)

    @property
    def summary(self) -> str:
        bins = f"{len(self.bins)} bins" if self.bins else ""
        parts = (self.scaling.name if self.scaling else "", bins, "missing flag" if self.had_missing else "")
        return " + ".join(filter(None, parts))

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Fill `inputs` (row, input) float32 from the column's cells."""
        values = number_cells(cells)
        missing = np.isnan(values)
        values[missing] = self.median
        columns = [self.scaling(values)] if self.scaling else []
        if isinstance(self.scaling, MostlyZero):
            columns.append(values != 0)
        if self.had_missing:
            columns.append(missing)
        for place, column in enumerate(columns):
            inputs[:, place] = column
        if self.bins:
            inputs[:, len(columns) :] = self.bins(values)

    def to_json(self) -> dict[str, Any]:
        return {
            "scaling": scaling_to_json(self.scaling) if self.scaling else None,
            "median": self.median,
            "had_missing": self.had_missing,
            "bins": self.bins.to_json() if self.bins else None,
        }

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "NumberEncoding":
        scaling = scaling_from_json(value["scaling"]) if value["scaling"] else None
        bins = Bins.from_json(value["bins"]) if value["bins"] else None
        return cls(column, why, scaling, value["median"], value["had_missing"], bins)


def fit_number(
    column: str, cells: pl.Series, targets: BinTargets | None, shared: tuple[Scaling, str] | None = None
) -> NumberEncoding | None:
    """Choose the encoding from the train cells; None where all of them hold the same.

    Args:
        column: its name.
        cells: the train cells.
        targets: of the same rows, for bins, which a column gets if it has more than ten distinct values; None for no
            bins.
        shared: a scaling that several columns have in common (shared_range.py), and why.
    """
    values = number_cells(cells)
    missing = np.isnan(values)
    present = values[~missing]
    share = f"{missing.mean():.1%} of the cells are missing" if missing.any() else ""
    if not len(present):
        return None
    if present.min() == present.max():
        why = f"{share}, all others hold the same: one input says which"
        return NumberEncoding(column, why, None, float(present[0]), True) if share else None
    scaling, why = shared or choose_scaling(present)
    enough = targets is not None and len(np.unique(present)) >= FEWEST_DISTINCT_FOR_BINS
    bins = fit_bins(present, targets.of_rows(~missing)) if targets and enough else None
    if bins:
        why += f"; {len(bins)} bins, cut where the target changes, let the network follow bends and jumps"
    elif enough:
        why += "; no bins, as the target hardly changes with this column alone"
    if share:
        why += f"; {share}: they take the median, and one input says so"
    return NumberEncoding(column, why, scaling, float(np.median(present)), bool(share), bins)


def number_cells(cells: pl.Series) -> np.ndarray:
    """A fresh float64 array; missing and infinite cells are NaN, cells beyond ±1e100 are cut to that."""
    values = cells.cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    values[np.isinf(values)] = np.nan
    return np.clip(values, -LARGEST_CELL, LARGEST_CELL, out=values)
