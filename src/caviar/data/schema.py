"""What a model remembers of its training table, and how a new file is read alike: nothing is inferred from it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from caviar.core.errors import DataError, nearest
from caviar.core.records import Notice, Task
from caviar.data.casting import cast
from caviar.data.cleaning import clean
from caviar.data.columns import cast_notices
from caviar.data.fingerprint import fingerprint
from caviar.data.labels import match_labels, refuse_unknown
from caviar.data.names import header_hint
from caviar.data.records import Column, Table
from caviar.data.sources import read
from caviar.data.wording import are, counted, shown_cell, shown_cells, shown_names, shown_number, shown_rows
from caviar.data.written_dates import date_form
from caviar.data.written_numbers import number_form


@dataclass(frozen=True)
class Schema:
    """The features with their kinds and forms, the target, the task, the labels, added spellings of a missing cell."""

    columns: tuple[Column, ...]
    target: str
    task: Task
    classes: tuple[str, ...]
    target_form: str = ""
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: Table) -> Schema:
        """The schema of a table to learn from, or of its train part (columns that cut the parts are no features)."""
        assert table.target is not None and table.task is not None, "a table to learn from has a target"
        return cls(table.columns, table.target, table.task, table.classes, table.target_form, table.missing)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that a new file must have."""
        return tuple(column.name for column in self.columns if column.used)

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": [asdict(column) for column in self.columns],
            "target": self.target,
            "task": self.task,
            "classes": list(self.classes),
            "target_form": self.target_form,
            "missing": list(self.missing),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Schema:
        tuples = {
            "columns": tuple(Column(**column) for column in value["columns"]),
            "classes": tuple(value["classes"]),
            "missing": tuple(value["missing"]),
        }
        return cls(**{**value, **tuples})


def read_like(
    source: str | Path | Any, schema: Schema, *, target_needed: bool, skip_unknown_labels: bool = False
) -> Table:
    """Read a file for a model: columns in any order, extra ones ignored and told, kinds from the schema, even one row.

    A cell that does not parse as its column's kind counts as missing, and is told. The table's frame has the schema's
    columns in the schema's order, as far as the file has them (left-out ones are not needed), then the target. Without
    `target_needed` a target in the file is not looked at.

    Args:
        source: any source of `load`.
        schema: of the training table.
        target_needed: True to measure errors: then every row needs a target that training saw.
        skip_unknown_labels: drop rows whose label is missing or unknown; `Table.skipped_rows` names them.

    Raises:
        DataError: the source cannot be read; it lacks features or a target that is needed; it has unknown labels, or a
            regression target that is no finite number.
    """
    found = read(source)
    _check_columns(found.frame.columns, schema, found.name, target_needed=target_needed)
    notices = list(found.notices)
    named = {column.name for column in schema.columns} | {schema.target}
    if extra := [name for name in found.frame.columns if name not in named]:
        notices.append(
            Notice(
                "info",
                f"{counted(len(extra), 'column')} of {found.name} that the model does not know "
                f"{are(len(extra))} ignored: {shown_names(extra, 5)}.",
                tuple(extra),
            )
        )
    frame = clean(found.frame.select(name for name in found.frame.columns if name in named), schema.missing)
    columns, values = [], []
    for column in schema.columns:
        if column.name in frame.columns:
            cells, told = _cast_like(frame[column.name], column, comma_is_decimal=found.comma_is_decimal)
            notices += told
            num_missing, num_distinct = cells.null_count(), cells.drop_nulls().n_unique()
            columns.append(replace(column, num_missing=num_missing, num_distinct=num_distinct))
            values.append(cells)
    skipped: tuple[int, ...] = ()
    if target_needed:
        target, told, skipped = _read_target(frame[schema.target], schema, found.name, skip_unknown_labels)
        notices += told
        values.append(target)
    typed = pl.DataFrame(values)
    if skipped:
        typed = typed.filter(~pl.int_range(pl.len()).is_in(skipped))
    return Table(
        typed,
        tuple(columns),
        schema.target if target_needed else None,
        schema.task,
        schema.classes,
        tuple(notices),
        found.name,
        fingerprint(typed),
        skipped,
        schema.target_form,
        schema.missing,
    )


def _cast_like(cells: pl.Series, column: Column, *, comma_is_decimal: bool) -> tuple[pl.Series, tuple[Notice, ...]]:
    """Values in the column's form; or in another, told, where numbers or dates are plainly written so in this file."""
    found = cast(cells, column.kind, column.form)
    if not column.used:
        return found.values, ()
    if found.odd.any() and cells.dtype == pl.String and column.kind in ("number", "date"):
        form = number_form(cells, comma_is_decimal) if column.kind == "number" else date_form(cells, 0.5)
        other = cast(cells, column.kind, form or "")
        if form and other.odd.sum() < found.odd.sum():
            row = int((found.odd & ~other.odd).arg_max() or 0)
            value = shown_number(other.values[row]) if column.kind == "number" else str(other.values[row])
            told = (
                f"column {cells.name!r} is written otherwise than in training: {shown_cell(cells[row])} "
                f"(row {row + 1:,}) is read as {value}."
            )
            return other.values, (Notice("repaired", told, (cells.name,)), *cast_notices(cells, other, column.kind))
    return found.values, tuple(cast_notices(cells, found, column.kind))


def _check_columns(names: list[str], schema: Schema, source: str, *, target_needed: bool) -> None:
    absent = [name for name in schema.features if name not in names]
    if absent:
        spare = [name for name in names if name not in schema.features]
        hints = "".join(f" {name!r}:{hint}" for name in absent[:5] if (hint := nearest(name, spare)))
        raise DataError(
            f"{source} lacks {counted(len(absent), 'column')} that the model learned from: "
            f"{shown_names(absent)}.{hints} Add what is missing under that name; its cells may be empty."
            + header_hint(names)
        )
    if target_needed and schema.target not in names:
        raise DataError(
            f"{source} has no column {schema.target!r}, on which errors are measured."
            f"{nearest(schema.target, names)} Its columns: {shown_names(names, 20)}."
        )


def _read_target(
    cells: pl.Series, schema: Schema, source: str, skip: bool
) -> tuple[pl.Series, tuple[Notice, ...], tuple[int, ...]]:
    """The target's values, what to tell, and the rows to drop."""
    told: tuple[Notice, ...] = ()
    if schema.task == "regression":
        values = cast(cells, "number", schema.target_form).values
    else:
        labels = match_labels(cells, schema.classes, schema.target_form)
        values, told = labels.values, labels.notices
    unknown = values.is_null()
    rows = tuple(unknown.arg_true())
    if not rows:
        return values, told, ()
    if skip and len(rows) == len(cells):
        raise DataError(
            f"no row of {source} has a value in {cells.name!r} that training knows: there is nothing to "
            "measure. Is it the right file?"
        )
    if skip:
        skipped = f"{counted(len(rows), 'row')} of {source} {are(len(rows))} skipped: {shown_rows(rows)}"
        why = f"{cells.name!r} is missing or unknown there"
        return values, (*told, Notice("warning", f"{skipped}. {why}.", (cells.name,))), rows
    if schema.task != "regression":
        raise refuse_unknown(cells, unknown, source, schema.classes)
    raise DataError(
        f"column {cells.name!r} of {source} must hold finite numbers, but does not in "
        f"{counted(len(rows), 'row')} of {len(cells):,}: {shown_cells(cells, rows, 5)}. "
        "Mend those cells, or drop those rows with --skip-unknown-labels."
    )
