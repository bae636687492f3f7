"""Cells as the kind of their column: what parses becomes a value, what does not becomes missing, and is counted.

The form of a column says how: numbers (written_numbers.py), dates (written_dates.py); of categories and class labels,
"number" says that all of them are plain numbers, so that 3, 3.0 and a DataFrame's 3 are one category, '3'; of identifiers and
constants, "number" says that they are kept as numbers.
"""

from dataclasses import dataclass

import polars as pl

from caviar.data.written_dates import as_dates
from caviar.data.written_numbers import as_numbers

TRUE, FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
EXACT = 2.0 ** 53  # from here on a float64 cannot tell neighbouring whole numbers apart


@dataclass(frozen=True)
class Cast:
    """`values` of the column's type; `odd` (row,) where a cell is present but is no such value, `infinite` where it is ±∞."""

    values: pl.Series
    odd: pl.Series
    infinite: pl.Series


def cast(cells: pl.Series, kind: str, form: str) -> Cast:
    """Cleaned cells (text, numbers, booleans or dates) as a column of that kind."""
    infinite = pl.Series(cells.name, [False], dtype=pl.Boolean).new_from_index(0, len(cells))
    if kind == "number" or (form == "number" and kind in ("identifier", "constant")):
        numbers = as_numbers(cells, form if kind == "number" else "")
        infinite = numbers.is_infinite().fill_null(False)
        values = numbers.to_frame().select(pl.when(~infinite).then(pl.first())).to_series()
        odd = numbers.is_null() & cells.is_not_null()
        return Cast(values.alias(cells.name), odd, infinite)
    if kind == "boolean":
        values = as_booleans(cells)
    elif kind == "date":
        values = as_dates(cells, form) if cells.dtype in (pl.Datetime, pl.String) or form == "compact" else _no_dates(cells)
    else:
        values = as_text(cells, form)
    return Cast(values.alias(cells.name), values.is_null() & cells.is_not_null(), infinite)


def as_booleans(cells: pl.Series) -> pl.Series:
    """true, t, yes, y, 1 and their opposites, in any case; null for anything else."""
    if cells.dtype == pl.Boolean:
        return cells
    words = cells.cast(pl.String).str.to_lowercase()
    return words.replace_strict({**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}, default=None, return_dtype=pl.Boolean)


def as_text(cells: pl.Series, form: str = "") -> pl.Series:
    """Cells as text; numbers without a needless fraction (3.0 → '3') where the form or the type says that they are numbers."""
    if cells.dtype == pl.String and form != "number":
        return cells
    if cells.dtype == pl.Datetime:
        return cells.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    text = cells.cast(pl.String)
    if not (cells.dtype == pl.String or cells.dtype.is_float()):
        return text
    number = pl.col("number")
    whole = (number == number.floor()) & (number.abs() < EXACT)
    frame = pl.DataFrame({"text": text, "number": as_numbers(cells)})
    plain = pl.when(whole).then(pl.when(whole).then(number).cast(pl.Int64).cast(pl.String))
    fraction = pl.when(number.is_finite() & (number != number.floor())).then(number.cast(pl.String))
    return frame.select(pl.coalesce(plain, fraction, pl.col("text")).alias(cells.name)).to_series()


def _no_dates(cells: pl.Series) -> pl.Series:
    return pl.Series(cells.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(cells))
