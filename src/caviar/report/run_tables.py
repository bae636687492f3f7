"""The tables of a run folder, each column of the type the report counts on; cells that are not of it are missing."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Schema:
    """Columns by type. A table needs its `keys` (text or whole numbers) in every row, and the columns in `needed`."""

    keys: dict[str, type[pl.DataType]]
    needed: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    families: tuple[str, ...] = ()  # columns whose names begin so keep their type: numbers or text


TABLES = {
    "history.parquet": Schema(
        {"member": pl.Int64, "epoch": pl.Int64},
        figures=("train_loss", "dev_loss", "dev_error"),
        words=("stage", "nudged"),
    ),
    "members.parquet": Schema(
        {"member": pl.Int64},
        needed=("dev_error",),
        figures=("dev_error", "dev_loss", "train_error", "num_parameters", "epochs", "best_epoch", "seconds"),
        words=("stage", "structure", "state"),
        flags=("in_ensemble",),
        families=("setting.",),
    ),
    "predictions.parquet": Schema({}, needed=("truth", "prediction"), words=("part",)),
}


def settled(table: pl.DataFrame | None, name: str, missing: dict[str, str]) -> pl.DataFrame | None:
    """The table by its schema. None, and the reason in `missing`, where it lacks what it needs or has no usable row."""
    if table is None:
        return None
    schema = TABLES[name]
    absent = [column for column in (*schema.keys, *schema.needed) if column not in table.columns]
    if absent:
        lacks = f"the column{'s' * (len(absent) > 1)} {', '.join(absent)}"
        missing[name] = f"{name} is in the run folder, but lacks {lacks}."
        return None
    columns: dict[str, pl.Series] = {
        column: table[column].cast(kind, strict=False) for column, kind in schema.keys.items()
    }
    columns |= {column: finite(table, column) for column in schema.figures if column in table.columns}
    columns |= {column: words(table[column]) for column in schema.words if column in table.columns}
    columns |= {column: _flag(table[column]) for column in schema.flags if column in table.columns}
    for column in table.columns:
        if column.startswith(schema.families or ("\0",)):
            columns[column] = _number_or_words(table[column])
    usable = table.with_columns(series.alias(column) for column, series in columns.items()).drop_nulls(
        list(schema.keys)
    )
    if usable.is_empty():
        missing[name] = f"{name} is in the run folder, but has no rows that can be shown."
        return None
    return usable


def finite(table: pl.DataFrame, column: str) -> pl.Series:
    """A column as Float64: what is no finite number is null. All null where there is no such column."""
    if column not in table.columns:
        return pl.Series(column, [None] * len(table), dtype=pl.Float64)
    numbers = _as_floats(table[column])
    return numbers.set(~numbers.is_finite().fill_null(False), None)


def words(cells: pl.Series) -> pl.Series:
    """Cells as text; categories, numbers and dates as polars writes them."""
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        return pl.Series(cells.name, [None] * len(cells), dtype=pl.String)
    return cells.cast(pl.String, strict=False)


def _as_floats(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_numeric() or cells.dtype in (pl.String, pl.Boolean):
        return cells.cast(pl.Float64, strict=False)
    return pl.Series(cells.name, [None] * len(cells), dtype=pl.Float64)


def _flag(cells: pl.Series) -> pl.Series:
    """Yes or no; nothing counts as no."""
    if cells.dtype == pl.Boolean or cells.dtype.is_numeric():
        return cells.cast(pl.Boolean, strict=False).fill_null(False)
    return pl.Series(cells.name, [False] * len(cells))


def _number_or_words(cells: pl.Series) -> pl.Series:
    """A setting: numbers as Float64, where infinity is a value and NaN is none; everything else as text."""
    return _as_floats(cells).fill_nan(None) if cells.dtype.is_numeric() else words(cells)
