"""Rows that are equal, and whether chance alone makes them so: copies, or coarse columns.

Where columns are coarse (a few ages, a few fares), different examples are equal now and then; but then near misses
are commoner still: rows that differ in one column alone, in a value that other rows have too. Copies have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

MOST_COLUMNS, MOST_ROWS = 32, 5_000  # of which near misses are looked for


@dataclass(frozen=True, eq=False)
class EqualRows:
    """`rows`: places of those that equal another row; `num_rows`: of all that were looked at.

    near_share: of rows that equal none, the share of near misses.
    """

    rows: np.ndarray
    num_rows: int
    near_share: float

    @property
    def share(self) -> float:
        return len(self.rows) / self.num_rows if self.num_rows else 0.0

    @property
    def by_chance(self) -> bool:
        """Whether near misses are commoner than equal rows, as they are where columns are coarse."""
        return self.share < self.near_share


def equal_rows(frame: pl.DataFrame, among: pl.DataFrame) -> EqualRows:
    """Rows of `frame` that equal a row of `among` in every column; both have the same columns, at least one."""
    ours, theirs = _hashes(frame), _hashes(among)
    keys, others = _sum(ours), _sum(theirs)
    equal = np.isin(keys, others)
    looked_at = np.flatnonzero(~equal)
    looked_at = looked_at[:: max(1, len(looked_at) // MOST_ROWS)]
    near = np.zeros(len(looked_at), dtype=bool)
    if equal.any():
        for mine, other in _some(list(zip(ours, theirs, strict=True))):
            alike = np.isin(keys[looked_at] - mine[looked_at], others - other)
            near |= alike & np.isin(mine[looked_at], other)
    return EqualRows(np.flatnonzero(equal), len(frame), float(near.mean()) if len(near) else 0.0)


def repeated_rows(frame: pl.DataFrame) -> EqualRows:
    """Rows of `frame` that equal an earlier one in every column."""
    hashes = _hashes(frame)
    keys = _sum(hashes)
    repeats = ~pl.Series(keys).is_first_distinct().to_numpy()
    alone = pl.Series(keys).is_unique().to_numpy()
    near = np.zeros(len(frame), dtype=bool)
    if repeats.any():
        for column in _some(hashes):
            alike = pl.Series(keys - column).is_duplicated().to_numpy()
            near |= alone & alike & pl.Series(column).is_duplicated().to_numpy()
    return EqualRows(np.flatnonzero(repeats), len(frame), float(near.sum() / max(1, alone.sum())))


def _hashes(frame: pl.DataFrame) -> list[np.ndarray]:
    """One (row,) uint64 a column; a row's key is their sum modulo 2⁶⁴, so that a column is left out by subtracting."""
    return [frame[name].hash(seed=place).to_numpy() for place, name in enumerate(frame.columns)]


def _sum(hashes: list[np.ndarray]) -> np.ndarray:
    return np.asarray(np.sum(hashes, axis=0, dtype=np.uint64))


def _some(columns: list[Any]) -> list[Any]:
    """At most MOST_COLUMNS of them, evenly spread."""
    return columns[:: -(-len(columns) // MOST_COLUMNS)]
