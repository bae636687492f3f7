"""Reading a table to learn from: one reader for every source, kinds judged over whole columns, repairs told."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice, Task
from caviar.data.cleaning import clean
from caviar.data.columns import checked_types, left_out_notices, type_column
from caviar.data.copies import copy_notices
from caviar.data.fingerprint import fingerprint
from caviar.data.names import header_hint
from caviar.data.records import Column, Kind, Table
from caviar.data.schema import Schema, read_like
from caviar.data.sources import Source, read
from caviar.data.target_task import find_target, read_target
from caviar.data.wording import are, counted, listed

__all__ = ["Column", "Table", "load"]


def load(
    source: str | Path | Any,
    target: str | None = None,
    *,
    task: Task | None = None,
    types: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    like: Schema | None = None,
    target_needed: bool = True,
) -> Table:
    """Read a table whole, and say in its notices what was chosen, repaired or left out.

    Args:
        source: a file (.csv .tsv .parquet .npz, also .gz), a built-in name, or a polars, pandas or Arrow table.
        target: the column to predict; built-in tables and .npz files have one already.
        task: binary, multiclass or regression; inferred unless set.
        types: kinds (number, category, boolean, date, text, identifier) by column name, instead of the inferred ones.
        missing: further spellings of a missing cell, besides empty, ?, NA, NaN, null.
        like: read as a dev or test file of the table with this schema; then the other settings are not looked at.
        target_needed: False reads a table without a target as well, only to look at.

    Raises:
        DataError: the source cannot be read, the target cannot be learned, or no feature is left.
    """
    if like is not None:
        return read_like(source, like, target_needed=target_needed)
    missing = (missing,) if isinstance(missing, str) else tuple(missing)
    found = read(source)
    frame, notices = _without_empty_tail(clean(found.frame, missing))
    notices = [*found.notices, *notices]
    target = found.target if target is None else target
    answer = None
    if target is not None or target_needed:
        target = find_target(frame.columns, target, found.name)
        answer = read_target(frame[target], task, comma_is_decimal=found.comma_is_decimal)
        notices += answer.notices
    features = [name for name in frame.columns if name != target]
    declared: dict[str, Kind] = dict.fromkeys(found.categories, "category")
    kinds = {**declared, **checked_types(types or {}, features, target)}
    typed = [type_column(frame[name], kinds.get(name), comma_is_decimal=found.comma_is_decimal) for name in features]
    columns = tuple(feature.column for feature in typed)
    _check_features(columns, found)
    notices += left_out_notices(columns) + [notice for feature in typed for notice in feature.notices]
    values = {feature.column.name: feature.values for feature in typed}
    if answer is None or target is None:
        frame = frame.with_columns(values.values())
        return Table(frame, columns, None, None, (), tuple(notices), found.name, fingerprint(frame), missing=missing)
    frame = frame.with_columns(*values.values(), answer.values)
    notices += copy_notices(frame, columns, target, classify=answer.task != "regression")
    return Table(
        frame,
        columns,
        target,
        answer.task,
        answer.classes,
        tuple(notices),
        found.name,
        fingerprint(frame),
        target_form=answer.form,
        missing=missing,
    )


def _without_empty_tail(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Notice]]:
    """Spreadsheets like to save rows without a single value below the last one."""
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    if not len(filled):
        raise DataError(
            f"every cell of the {counted(frame.height, 'row')} is missing. Check the file, and the "
            "spellings of a missing cell."
        )
    kept = int(filled[-1]) + 1
    if (num_empty := frame.height - kept) == 0:
        return frame, []
    return frame[:kept], [
        Notice("repaired", f"{counted(num_empty, 'row')} at the end without a single value {are(num_empty)} dropped.")
    ]


def _check_features(columns: Sequence[Column], source: Source) -> None:
    if not columns:
        raise DataError(
            f"{source.name} has one column only, the target: there is nothing to predict it from. "
            "Add columns." + header_hint(source.frame.columns)
        )
    if not any(column.used for column in columns):
        why = listed((f"{column.name!r} is {column.kind} ({column.reason})" for column in columns), separator="; ")
        raise DataError(
            f"no column of {source.name} is left to learn from: {why}. "
            "Add a feature, or set a column's kind with --types."
        )
