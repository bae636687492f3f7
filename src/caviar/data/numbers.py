"""One number column as network inputs: scaled value, bins, and whether the cell was missing. Notes 1.9."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from caviar.data.piecewise_linear import Bins, fit_bins
from caviar.data.scaling import MostlyZero, Scaling, choose_scaling, scaling_from_json, scaling_to_json


@dataclass(frozen=True)
class NumberEncoding:
    """Inputs, in this order: scaled value · is it not zero (mostly-zero columns) · is it missing · bins.

    A missing cell takes the train median. The missing input exists only where train has missing cells.
    """

    name: ClassVar[str] = "number"
    column: str
    scaling: Scaling
    median: float
    had_missing: bool
    bins: Bins | None
    why: str

    @property
    def input_names(self) -> tuple[str, ...]:
        names = [self.column]
        if isinstance(self.scaling, MostlyZero):
            names.append(f"{self.column} is not 0")
        if self.had_missing:
            names.append(f"{self.column} is missing")
        if self.bins:
            names += [f"{self.column} from {edge:.6g}" for edge in self.bins.edges[:-1]]
        return tuple(names)

    @property
    def summary(self) -> str:
        bins = f" + {len(self.bins)} bins" if self.bins else ""
        return self.scaling.name + bins + (" + missing flag" if self.had_missing else "")

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Fill `inputs` (row, input) float32 from the column's cells."""
        values = number_cells(cells)
        missing = np.isnan(values)
        values[missing] = self.median
        inputs[:, 0] = self.scaling(values)
        place = 1
        if isinstance(self.scaling, MostlyZero):
            inputs[:, place] = values != 0
            place += 1
        if self.had_missing:
            inputs[:, place] = missing
            place += 1
        if self.bins:
            inputs[:, place:] = self.bins(values)

    def to_json(self) -> dict[str, Any]:
        return {"scaling": scaling_to_json(self.scaling), "median": self.median, "had_missing": self.had_missing,
                "bins": self.bins.to_json() if self.bins else None}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "NumberEncoding":
        bins = Bins.from_json(value["bins"]) if value["bins"] else None
        return cls(column, scaling_from_json(value["scaling"]), value["median"], value["had_missing"], bins, why)


def fit_number(column: str, cells: pl.Series, targets: np.ndarray | None, *, classify: bool,
               shared: tuple[Scaling, str] | None = None) -> NumberEncoding | None:
    """Choose the encoding from the train cells; None when fewer than two distinct values are left.

    `targets` (row,) asks for bins, which a column gets when it has more than ten distinct values. `shared` is a scaling
    decided for several columns together, and why.
    """
    values = number_cells(cells)
    missing = np.isnan(values)
    present = values[~missing]
    if not len(present) or present.min() == present.max():
        return None
    scaling, why = shared or choose_scaling(present)
    bins = None
    if targets is not None and len(np.unique(present)) > 10:
        bins = fit_bins(present, targets[~missing], classify=classify)
    if bins:
        why += f"; {len(bins)} bins, cut where the target changes, let the network bend"
    if missing.any():
        why += f"; {missing.mean():.1%} of the cells are missing and take the median"
    return NumberEncoding(column, scaling, float(np.median(present)), bool(missing.any()), bins, why)


def number_cells(cells: pl.Series) -> np.ndarray:
    """A fresh float64 array; missing and infinite cells are NaN."""
    values = cells.cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    values[np.isinf(values)] = np.nan
    return values
