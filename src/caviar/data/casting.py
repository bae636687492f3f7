"""Cells as the kind of their column: what parses becomes a value, what does not becomes missing, and is counted.

The form of a column says how: of numbers and dates as in written_numbers.py and written_dates.py; of categories and
class labels, "number" says that all are plain numbers, so that 3, 3.0 and a DataFrame's 3 are one category, '3'; of
identifiers and constants, "number" says that they are kept as numbers.
"""

from dataclasses import dataclass

import polars as pl

from caviar.data.written_dates import as_dates
from caviar.data.written_numbers import as_numbers

TRUE, FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
EXACT = 2.0**53  # from here on a float64 cannot tell neighbouring whole numbers apart


@dataclass(frozen=True)
class Cast:
    """`values` of the column's type; `odd` (row,) where a cell is present but is no such value, `infinite` where ±∞."""

    values: pl.Series
    odd: pl.Series
    infinite: pl.Series


def cast(cells: pl.Series, kind: str, form: str) -> Cast:
    """Cleaned cells (text, numbers, booleans or dates) as a column of that kind."""
    if kind == "number" or (form == "number" and kind in ("identifier", "constant")):
        numbers = as_numbers(cells, form if kind == "number" else "")
        infinite = numbers.is_infinite().fill_null(False)
        values = numbers.to_frame().select(pl.when(~infinite).then(pl.first())).to_series()
        return Cast(values, numbers.is_null() & cells.is_not_null(), infinite)
    if kind == "boolean":
        values = as_booleans(cells)
    elif kind == "date":
        values = as_dates(cells, form)
        if form != "year" and cells.dtype == pl.String and values.null_count() > cells.null_count():
            values = values.zip_with(values.is_not_null(), as_dates(cells, "year"))  # 2024-01-31 is never mistaken
    else:
        values = as_text(cells, form)
    return Cast(values, values.is_null() & cells.is_not_null(), cells.is_null() & cells.is_not_null())


def as_booleans(cells: pl.Series) -> pl.Series:
    """true, t, yes, y, 1 and their opposites, in any case; null for anything else."""
    if cells.dtype == pl.Boolean:
        return cells
    words = cells.cast(pl.String).str.to_lowercase()
    meanings = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
    return words.replace_strict(meanings, default=None, return_dtype=pl.Boolean)


def as_text(cells: pl.Series, form: str = "") -> pl.Series:
    """Cells as text; numbers without a needless fraction (3.0 → '3'), where form or type says that they are numbers."""
    if cells.dtype == pl.String and form != "number":
        return cells
    if cells.dtype == pl.Datetime:
        return cells.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    text = cells.cast(pl.String)
    if cells.dtype != pl.String and not cells.dtype.is_float():
        return text
    number = pl.col("number")
    whole = (number == number.floor()) & (number.abs() < EXACT)
    plain = pl.when(whole).then(number).cast(pl.Int64, strict=False).cast(pl.String)
    fraction = pl.when(number != number.floor()).then(number.cast(pl.String))
    frame = pl.DataFrame({"text": text, "number": as_numbers(cells)})
    return frame.select(pl.coalesce(plain, fraction, pl.col("text")).alias(cells.name)).to_series()
