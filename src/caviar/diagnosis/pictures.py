"""Rows that are pictures: all columns are grey values on one scale, as many as fill a square."""

from dataclasses import dataclass
from math import isqrt

import polars as pl

from caviar.data.shared_range import find_shared_range

SMALLEST_SIDE = 7  # 36 measurements of something may share a scale, too


@dataclass(frozen=True)
class PictureShape:
    """`side` × `side` pixels, row by row, each from `low` to `high`."""

    side: int
    low: float
    high: float


def picture_shape(cells: pl.DataFrame) -> PictureShape | None:
    """None where the rows are no pictures."""
    side = isqrt(cells.width)
    if side * side != cells.width or side < SMALLEST_SIDE or not all(kind.is_numeric() for kind in cells.dtypes):
        return None
    numbers = cells.cast(pl.Float64)
    if numbers.null_count().sum_horizontal().item() or len(find_shared_range(numbers)) < cells.width:
        return None
    values = numbers.to_numpy()
    return PictureShape(side, float(values.min()), float(values.max()))


def picture_columns(cells: pl.DataFrame) -> pl.DataFrame:
    """What a picture is like as a whole: `brightness`, its mean grey value, and `contrast`, their standard deviation.

    A single pixel makes no slice that anybody could act on.
    """
    values = cells.cast(pl.Float64).to_numpy()
    return pl.DataFrame({"brightness": values.mean(axis=1), "contrast": values.std(axis=1)})
