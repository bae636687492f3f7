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

    Classes: each value of the feature goes with one label, and each label with one value. Numbers: the correlation of the
    values, or of their ranks, is above 0.9999 in size.
    """
    if frame.height < FEWEST_ROWS:
        return []
    found = []
    for column in columns:
        if column.used:
            how = _one_to_one(frame, column, target) if classify else _same_order(frame, column, target)
            if how:
                found.append(Notice("warning", f"column {column.name!r} gives the target {target!r} away: {how}. If it is not known "
                                    "when predicting, drop it from the file: the errors would be far too good.", (column.name,)))
    return found


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
    straight = _correlation(values, targets)
    if abs(straight) > ALIKE:
        return f"their correlation is {straight:.5f}"
    ranks = _correlation(values.rank(), targets.rank())
    return f"both put the rows in the same order (rank correlation {ranks:.5f})" if abs(ranks) > ALIKE else ""


def _correlation(first: pl.Series, second: pl.Series) -> float:
    """Pearson's; 0 where one of them is constant."""
    deviations = [values.to_numpy() - values.mean() for values in (first, second)]
    largest = [np.abs(deviation).max() for deviation in deviations]
    if not all(largest):
        return 0.0
    scaled = [deviation / most for deviation, most in zip(deviations, largest, strict=True)]  # no overflow in the squares
    return float(scaled[0] @ scaled[1] / np.sqrt((scaled[0] @ scaled[0]) * (scaled[1] @ scaled[1])))
