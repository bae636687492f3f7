"""Category and true/false columns as network inputs: one input a frequent category (one-hot). Notes 1.9."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl


@dataclass(frozen=True)
class CategoryEncoding:
    """Inputs 0 or 1, in this order: each kept category, most frequent first · any other · missing.

    'Other' exists where train had rare categories to fold into it; 'missing' where train had missing cells. A category
    that train never saw counts as other; where there is no such input, all inputs are 0.
    """

    name: ClassVar[str] = "category"
    column: str
    categories: tuple[str, ...]
    has_other: bool
    had_missing: bool
    why: str

    @property
    def input_names(self) -> tuple[str, ...]:
        names = [f"{self.column} = {category}" for category in self.categories]
        return (*names, *[f"{self.column} = other"] * self.has_other, *[f"{self.column} is missing"] * self.had_missing)

    @property
    def summary(self) -> str:
        return "one-hot" + (" + other" if self.has_other else "") + (" + missing flag" if self.had_missing else "")

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Fill `inputs` (row, input) float32 from the column's cells."""
        texts = cells.cast(pl.String)
        missing = texts.is_null().to_numpy()
        codes = texts.cast(pl.Enum(self.categories), strict=False).to_physical()
        place = codes.cast(pl.Int64).fill_null(len(self.categories) if self.has_other else -1).to_numpy().copy()
        place[missing] = len(self.input_names) - 1 if self.had_missing else -1
        inputs[:] = 0
        known = np.flatnonzero(place >= 0)
        inputs[known, place[known]] = 1

    def to_json(self) -> dict[str, Any]:
        return {"categories": list(self.categories), "has_other": self.has_other, "had_missing": self.had_missing}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "CategoryEncoding":
        return cls(column, tuple(value["categories"]), value["has_other"], value["had_missing"], why)


def fit_category(column: str, cells: pl.Series, *, fewest_rows: int = 10, most_categories: int = 100) -> CategoryEncoding | None:
    """Keep the categories with at least `fewest_rows` train rows, the `most_categories` most frequent of them.

    In small tables a category is rare below 1 % of the rows rather than below ten. Ties are kept in order of the alphabet.
    A single rare category is kept as it is: an 'other' for it alone would be the same input. None when every train row
    would get the same inputs.
    """
    texts = cells.cast(pl.String)
    counts = texts.drop_nulls().value_counts()
    order = sorted(zip(counts[column].to_list(), counts["count"].to_list(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    enough = min(fewest_rows, max(2, len(texts) // 100))
    kept = [category for category, count in order if count >= enough][:most_categories]
    if len(order) - len(kept) == 1 and len(kept) < most_categories:
        kept.append(order[-1][0])
    folded, missing = len(order) - len(kept), texts.null_count()
    why = f"{len(kept)} categories, one input for each"
    if folded:
        why += f"; {folded} rare ones share the input 'other'"
    if missing:
        why += "; missing cells have their own input"
    if len(kept) + bool(folded) + bool(missing) < 2:
        return None
    return CategoryEncoding(column, tuple(kept), bool(folded), bool(missing), why)


@dataclass(frozen=True)
class BooleanEncoding:
    """False → −1, true → 1, missing → 0 and a second input that is 1 (where train had missing cells)."""

    name: ClassVar[str] = "boolean"
    column: str
    had_missing: bool
    why: str

    @property
    def input_names(self) -> tuple[str, ...]:
        return (self.column, *[f"{self.column} is missing"] * self.had_missing)

    @property
    def summary(self) -> str:
        return "-1 or 1" + (" + missing flag" if self.had_missing else "")

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        inputs[:, 0] = (cells.cast(pl.Int8) * 2 - 1).fill_null(0).to_numpy()
        if self.had_missing:
            inputs[:, 1] = cells.is_null().to_numpy()

    def to_json(self) -> dict[str, Any]:
        return {"had_missing": self.had_missing}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "BooleanEncoding":
        return cls(column, value["had_missing"], why)


def fit_boolean(column: str, cells: pl.Series) -> BooleanEncoding | None:
    """None when every train row holds the same."""
    missing = cells.null_count()
    if cells.n_unique() < 2:
        return None
    return BooleanEncoding(column, bool(missing), "false becomes -1, true 1" + ("; missing 0, with a flag" if missing else ""))
