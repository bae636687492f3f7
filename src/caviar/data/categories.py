"""A category column as network inputs: one input for each frequent category (one-hot)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

FEWEST_ROWS = 10
MOST_CATEGORIES = 100


@dataclass(frozen=True)
class CategoryEncoding:
    """Inputs 0 or 1, in this order: each kept category, most frequent first · any other · missing.

    'Other' exists where train had rare categories to fold into it, 'missing' where train had missing cells. A category
    that train never saw counts as other; where there is no such input, all inputs are 0.
    """

    name: ClassVar[str] = "category"
    column: str
    why: str
    categories: tuple[str, ...]
    has_other: bool
    had_missing: bool

    @property
    def kind(self) -> str:
        return self.name

    @property
    def input_names(self) -> tuple[str, ...]:
        names = [f"{self.column} = {category}" for category in self.categories]
        names += [f"{self.column} is another"] * self.has_other + [f"{self.column} is missing"] * self.had_missing
        return tuple(names)

    @property
    def summary(self) -> str:
        return "one-hot" + " + other" * self.has_other + " + missing flag" * self.had_missing

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Fill `inputs` (row, input) float32 from the column's cells."""
        texts = cells.cast(pl.String)
        codes = texts.cast(pl.Enum(self.categories), strict=False).to_physical().cast(pl.Int64)
        places = codes.fill_null(len(self.categories) if self.has_other else -1).to_numpy().copy()
        places[texts.is_null().to_numpy()] = inputs.shape[1] - 1 if self.had_missing else -1
        inputs[:] = 0
        known = np.flatnonzero(places >= 0)
        inputs[known, places[known]] = 1

    def unseen(self, cells: pl.Series) -> pl.Series:
        """The cells whose category has no input of its own, missing ones aside."""
        texts = cells.cast(pl.String)
        return texts.filter(texts.is_not_null() & ~texts.is_in(list(self.categories)))

    def to_json(self) -> dict[str, Any]:
        return {"categories": list(self.categories), "has_other": self.has_other, "had_missing": self.had_missing}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "CategoryEncoding":
        return cls(column, why, tuple(value["categories"]), value["has_other"], value["had_missing"])


def fit_category(column: str, cells: pl.Series) -> CategoryEncoding | None:
    """Keep the 100 most frequent categories with at least ten train rows each, ties in the order of the alphabet.

    Below 1,000 train rows, 1 % of them are enough for a category of its own, and always two. A rare category that is
    the only one keeps its name. None where all train cells hold the same.
    """
    texts = cells.cast(pl.String).alias("category")
    counts = texts.drop_nulls().value_counts(name="rows").sort(["rows", "category"], descending=[True, False])
    enough = min(FEWEST_ROWS, max(2, len(texts) // 100))
    kept = counts.filter(pl.col("rows") >= enough)["category"].to_list()[:MOST_CATEGORIES]
    if len(counts) - len(kept) == 1 and len(kept) < MOST_CATEGORIES:
        kept = counts["category"].to_list()
    num_rare, had_missing = len(counts) - len(kept), texts.null_count() > 0
    if len(kept) + (num_rare > 0) + had_missing < 2:
        return None
    parts = [f"{len(kept)} categories, one input for each"] if kept else []
    parts += [f"{num_rare:,} rare categories share one input"] if num_rare else []
    parts += ["missing cells have an input of their own"] if had_missing else []
    return CategoryEncoding(column, "; ".join(parts), tuple(kept), num_rare > 0, had_missing)
