"""A table as histogram gradient boosting reads it: raw numbers, and categories as codes that it splits natively."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from caviar.data.tables import Table

MOST_CODES = 255  # scikit-learn's histograms have that many bins


@dataclass(frozen=True)
class TreeInputs:
    """The used columns of a train table; for each category column the categories that have a code, most frequent first.

    Missing cells and categories that train never saw become NaN, which the trees treat as "missing". Where a column has
    more than 255 categories, the rarest share the last code.
    """

    kinds: Mapping[str, str]
    categories: Mapping[str, tuple[str, ...]]

    @classmethod
    def fit(cls, train: Table) -> TreeInputs:
        kinds = {column.name: column.kind for column in train.columns if column.used}
        categories = [name for name, kind in kinds.items() if kind == "category"]
        return cls(kinds, {name: _by_frequency(train.frame[name]) for name in categories})

    @property
    def is_category(self) -> list[bool]:
        """One entry an input column: whether its values are codes."""
        return [name in self.categories for name in self.kinds]

    def transform(self, frame: pl.DataFrame) -> np.ndarray:
        """Rows → (row, column) float64; NaN where missing."""
        return np.column_stack([self._values(frame[name], kind) for name, kind in self.kinds.items()])

    def _values(self, cells: pl.Series, kind: str) -> np.ndarray:
        if kind == "category":
            names = self.categories[cells.name]
            codes = cells.cast(pl.String).cast(pl.Enum(names), strict=False).to_physical().cast(pl.Float64)
            codes = codes.clip(upper_bound=MOST_CODES - 1)
        elif kind == "date":
            codes = cells.cast(pl.Datetime("us")).to_physical().cast(pl.Float64)
        else:
            codes = cells.cast(pl.Float64)
        return codes.fill_null(np.nan).to_numpy()


def _by_frequency(cells: pl.Series) -> tuple[str, ...]:
    counts = cells.cast(pl.String).drop_nulls().value_counts()
    names, sizes = counts[:, 0].to_list(), counts[:, 1].to_list()
    return tuple(name for name, _ in sorted(zip(names, sizes, strict=True), key=lambda pair: (-pair[1], pair[0])))
