"""A true/false column as a network input."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl


@dataclass(frozen=True)
class BooleanEncoding:
    """False → −1, true → 1, missing → 0; where train had missing cells, a second input is 1 for them."""

    name: ClassVar[str] = "boolean"
    column: str
    why: str
    had_missing: bool

    @property
    def kind(self) -> str:
        return self.name

    @property
    def input_names(self) -> tuple[str, ...]:
        return (self.column, *[f"{self.column} is missing"] * self.had_missing)

    @property
    def summary(self) -> str:
        return "-1 or 1" + " + missing flag" * self.had_missing

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Fill `inputs` (row, input) float32 from the column's cells."""
        inputs[:, 0] = (cells.cast(pl.Int8) * 2 - 1).fill_null(0).to_numpy()
        if self.had_missing:
            inputs[:, 1] = cells.is_null().to_numpy()

    def to_json(self) -> dict[str, Any]:
        return {"had_missing": self.had_missing}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "BooleanEncoding":
        return cls(column, why, value["had_missing"])


def fit_boolean(column: str, cells: pl.Series) -> BooleanEncoding | None:
    """None where all train cells hold the same."""
    if cells.n_unique() < 2:
        return None
    had_missing = cells.null_count() > 0
    why = "false becomes -1, true 1" + "; missing cells become 0, and one input says so" * had_missing
    return BooleanEncoding(column, why, had_missing)
