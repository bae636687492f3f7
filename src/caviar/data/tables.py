"""Reading a table to learn from: one reader for every source, kinds judged once over whole columns, repairs told. Notes 1.9."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice, Task
from caviar.data.cleaning import clean
from caviar.data.columns import check_types, left_out_notices, type_column
from caviar.data.copies import copy_notices
from caviar.data.fingerprint import fingerprint
from caviar.data.records import Column, Table
from caviar.data.schema import Schema, read_like
from caviar.data.sources import Source, read
from caviar.data.target_task import find_target, read_target
from caviar.data.wording import counted

__all__ = ["Column", "Table", "load"]


def load(source: str | Path | Any, target: str | None = None, *, task: Task | None = None, types: Mapping[str, str] | None = None,
         missing: Sequence[str] = (), like: Schema | None = None, target_needed: bool = True) -> Table:
    """Read a table whole, and say in its notices what was chosen, repaired or left out.

    Args:
        source: a file (.csv .tsv .parquet .npz, also .gz), a built-in name, or a polars, pandas or Arrow table.
        target: the column to predict; built-in tables and .npz files have one already.
        task: binary, multiclass or regression; inferred unless set.
        types: kinds (number, category, boolean, date, text, identifier) by column name, instead of the inferred ones.
        missing: further spellings of a missing cell, besides empty, ?, NA, NaN, null.
        like: read as a dev or test file of the table with this schema; then the other settings are not looked at.
        target_needed: False also reads a table without a target, to look at.

    Raises:
        DataError: the source cannot be read, the target cannot be learned, or no feature is left.
    """
    if like is not None:
        return read_like(source, like, target_needed=target_needed)
    found = read(source)
    frame, notices = _without_empty_tail(clean(found.frame, missing))
    notices = [*found.notices, *notices]
    target = target if target is not None else found.target
    read_as = None
    if target is not None or target_needed:
        target = find_target(frame.columns, target, found.name)
        read_as = read_target(frame[target], task, comma_is_decimal=found.comma_is_decimal)
        notices += read_as.notices
    features = [name for name in frame.columns if name != target]
    check_types(types or {}, features, target)
    typed = {name: type_column(frame[name], (types or {}).get(name), comma_is_decimal=found.comma_is_decimal)  # type: ignore[arg-type]
             for name in features}
    columns = tuple(column.column for column in typed.values())
    _check_features(columns, found)
    notices += left_out_notices(columns) + [notice for column in typed.values() for notice in column.notices]
    values = {name: column.values for name, column in typed.items()}
    frame = pl.DataFrame([read_as.values if read_as and name == target else values[name] for name in frame.columns])
    if read_as and target:
        notices += copy_notices(frame, columns, target, classify=read_as.task != "regression")
    return Table(frame, columns, target, read_as.task if read_as else None, read_as.classes if read_as else (), tuple(notices),
                 found.name, fingerprint(frame), (), read_as.form if read_as else "", tuple(missing))


def _without_empty_tail(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Notice]]:
    """Spreadsheets like to save rows without a single value below the last one."""
    present = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    filled = present.arg_true()
    kept = int(filled[-1]) + 1 if len(filled) else 0
    if not kept:
        raise DataError(f"every cell of the {counted(frame.height, 'row')} is missing. Check the file, and the spellings of a missing cell.")
    if kept == frame.height:
        return frame, []
    return frame[:kept], [Notice("repaired", f"{counted(frame.height - kept, 'row')} at the end without a single value "
                                 f"{'is' if frame.height - kept == 1 else 'are'} dropped.")]


def _check_features(columns: Sequence[Column], source: Source) -> None:
    if any(column.used for column in columns):
        return
    if not columns:
        raise DataError(f"{source.name} has one column only, the target: there is nothing to predict it from. "
                        "Add columns; or, if cells are separated by blanks, separate them by commas.")
    why = "; ".join(f"{column.name!r}: {column.kind}, {column.reason}" for column in columns[:5]) + " …" * (len(columns) > 5)
    raise DataError(f"no column of {source.name} is left to learn from: {why}. Add a feature, or set a column's kind with --types.")
