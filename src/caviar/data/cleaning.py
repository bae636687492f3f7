"""Which cells are missing: the usual spellings, and those that the user adds."""

from collections.abc import Sequence

import polars as pl

MISSING = ("", "?", "NA", "na", "NaN", "nan", "NAN", "null", "NULL", "Null")


def clean(frame: pl.DataFrame, missing: Sequence[str] = ()) -> pl.DataFrame:
    """Text without blanks around it; null for each missing cell, in text as in numbers (NaN).

    `missing` adds spellings; one that is a number, such as -999, is compared by value in columns of numbers, and by value as
    well as by spelling in text.
    """
    spellings = pl.Series([*MISSING, *(spelling.strip() for spelling in missing)], dtype=pl.String)
    values = pl.Series(list(missing), dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls().drop_nans()
    return frame.with_columns(_cleaned(pl.col(name), frame.schema[name], spellings, values).alias(name) for name in frame.columns)


def _cleaned(cells: pl.Expr, kind: pl.DataType, spellings: pl.Series, values: pl.Series) -> pl.Expr:
    if kind == pl.String:
        text = cells.str.strip_chars()
        absent = text.is_in(spellings.implode())
        if len(values):
            absent |= text.cast(pl.Float64, strict=False).is_in(values.implode())
        return pl.when(absent.not_()).then(text)
    if not kind.is_numeric():
        return cells
    numbers = cells.fill_nan(None) if kind.is_float() else cells
    return pl.when(numbers.cast(pl.Float64).is_in(values.implode()).not_()).then(numbers) if len(values) else numbers
