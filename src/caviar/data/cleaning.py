"""Which cells are missing: the usual spellings, and those that the user adds."""

from collections.abc import Sequence

import polars as pl

MISSING = ("", "?", "NA", "na", "NaN", "nan", "NAN", "null", "NULL", "Null")


def clean(frame: pl.DataFrame, missing: Sequence[str] = ()) -> pl.DataFrame:
    """Text without blanks around it; null for each missing cell, in text as in numbers (NaN).

    `missing` adds spellings; one that is a number, such as -999, is compared by value too: -999.0 is missing as well.
    """
    spellings = pl.Series([*MISSING, *(spelling.strip() for spelling in missing)], dtype=pl.String)
    values = pl.Series(list(missing), dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls().drop_nans()
    return frame.with_columns(
        _cleaned(pl.col(name), kind, spellings, values).alias(name) for name, kind in frame.schema.items()
    )


def _cleaned(cells: pl.Expr, kind: pl.DataType, spellings: pl.Series, values: pl.Series) -> pl.Expr:
    if kind == pl.String:
        cells = cells.str.strip_chars()
        absent = cells.is_in(spellings.implode())
        if len(values):
            absent |= cells.cast(pl.Float64, strict=False).is_in(values.implode()).fill_null(False)
    elif kind.is_numeric():
        cells = cells.fill_nan(None) if kind.is_float() else cells
        absent = cells.cast(pl.Float64).is_in(values.implode()) if len(values) else pl.lit(False)
    else:
        absent = pl.lit(False)
    return pl.when(absent.not_()).then(cells)
