"""The target among the features under another name: suspicious, and cheap to see."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from caviar.core.records import Notice
from caviar.data.records import Column

ALIKE = 0.9999
FEWEST_ROWS = 10


def copy_notices(frame: pl.DataFrame, columns: Sequence[Column], target: str, *, classify: bool) -> list[Notice]:
    """Warn of each used feature that gives the target away.

    Classes: each value of the feature goes with one label, and each label with one value. Numbers: the correlation of
    the values, or of their ranks, is above 0.9999 in size.
    """
    if frame.height < FEWEST_ROWS:
        return []
    gives_away = _one_to_one if classify else _same_order
    found = {column.name: how for column in columns if column.used and (how := gives_away(frame, column, target))}
    return [
        Notice(
            "warning",
            f"column {name!r} gives the target {target!r} away: {how}. If it is not known when "
            "predicting, drop it: the errors would look far too good.",
            (name,),
        )
        for name, how in found.items()
    ]


def _one_to_one(frame: pl.DataFrame, column: Column, target: str) -> str:
    num_labels = frame[target].n_unique()
    if column.num_distinct != num_labels or column.num_missing > frame.height // 2:
        return ""
    pairs = frame.lazy().select(column.name, target).drop_nulls().unique().collect()
    if len(pairs) != num_labels or pairs[target].n_unique() != num_labels:
        return ""
    return "each of its values goes with one label, and each label with one value"


def _same_order(frame: pl.DataFrame, column: Column, target: str) -> str:
    if column.kind not in ("number", "date") or column.num_distinct < FEWEST_ROWS:
        return ""
    both = frame.select(pl.col(column.name).to_physical().cast(pl.Float64), pl.col(target)).drop_nulls()
    if len(both) < max(FEWEST_ROWS, frame.height // 2):
        return ""
    values, targets = both[column.name], both[target]
    straight = correlation(values.to_numpy(), targets.to_numpy())
    if abs(straight) > ALIKE:
        return f"their correlation is {straight:.5f}"
    ranks = correlation(values.rank().to_numpy(), targets.rank().to_numpy())
    return f"both put the rows in the same order (rank correlation {ranks:.5f})" if abs(ranks) > ALIKE else ""


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson's r of two (row,) arrays; 0 where one of them is constant."""
    first, second = (values / max(np.abs(values).max(), 1e-300) for values in (first, second))  # no overflow in squares
    first, second = first - first.mean(), second - second.mean()
    size = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / size) if size > 0 else 0.0
