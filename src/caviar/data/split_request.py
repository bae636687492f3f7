"""What is asked of a split, checked before any row moves: shares, columns, separate tables, enough rows. Notes 1.1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from caviar.core.errors import DataError, SettingsError, nearest
from caviar.data.labels import refuse_unknown
from caviar.data.wording import counted, listed, shown_names, shown_rows

if TYPE_CHECKING:
    from caviar.data.records import Table

FEWEST_ROWS_A_CLASS = 2


def checked_shares(
    dev_share: float | None, test_share: float | None, dev: Table | None, test: Table | None
) -> dict[str, float | None]:
    """The shares as asked, by part; None where the rule decides. Raises SettingsError."""
    for name, share, given in (("dev", dev_share, dev), ("test", test_share, test)):
        if share is None:
            continue
        if given is not None:
            raise SettingsError(
                f"{name}_share cuts {name} from the table, but a separate {name} table came as well. "
                "Leave one of the two out."
            )
        if not (0 < share < 1 or (share == 0 and name == "test")):
            limit = "from 0 (no test) up to, not including, 1" if name == "test" else "between 0 and 1"
            raise SettingsError(f"{name}_share must lie {limit}, got {share:g}.")
    return {"dev": dev_share, "test": test_share}


def check_columns(table: Table, group: str | None, time: str | None) -> None:
    """Raises SettingsError for both at once, DataError for one that is unknown, the target, or lacks times."""
    if group is not None and time is not None:
        raise SettingsError(
            f"rows are cut by groups or by time, not by both, got group {group!r} and time {time!r}. Leave one out."
        )
    for setting, name in (("group", group), ("time", time)):
        if name is None:
            continue
        if name not in table.frame.columns:
            columns = table.frame.columns
            raise DataError(
                f"the {setting} column must be in the table, but {name!r} is not.{nearest(name, columns)} "
                f"Its columns: {shown_names(columns, 20)}."
            )
        if name == table.target:
            raise DataError(f"the {setting} column must not be the target, got {name!r}. Choose another column.")
    if time is not None and table.frame[time].null_count():
        rows = table.frame[time].is_null().arg_true().to_list()
        raise DataError(
            f"the time column {time!r} must be filled, but is missing in {counted(len(rows), 'row')}: "
            f"{shown_rows(rows)}. Fill those cells, or drop the rows."
        )


def like_train(given: Table, table: Table, name: str, aside: set[str | None]) -> Table:
    """A separate table with the target, the task and the classes of the table to train on.

    Raises DataError where it has no rows, no target, other columns, other types of cells or unknown labels.
    """
    if not len(given.frame):
        raise DataError(f"the {name} table has no rows. Is it the right file?")
    needed = [column.name for column in table.columns if column.used and column.name not in aside]
    if given.target is None or table.target not in given.frame.columns:
        raise DataError(f"the {name} table must have the target {table.target!r}: errors are measured on it. Add it.")
    if absent := [column for column in needed if column not in given.frame.columns]:
        raise DataError(
            f"the {name} table lacks {counted(len(absent), 'column')} of the table to train on: "
            f"{shown_names(absent)}. Add them; the cells may be empty."
        )
    ours, theirs = table.frame.schema, given.frame.schema
    if other := [column for column in [*needed, table.target] if ours[column] != theirs[column]]:
        raise DataError(
            f"columns of the {name} table must hold the same as in the table to train on, but {other[0]!r} "
            f"holds {theirs[other[0]]}, not {ours[other[0]]}. Read it with that table's schema: "
            "load(…, like=schema)."
        )
    labels = given.frame[table.target]
    if table.task != "regression" and (unknown := ~labels.is_in(list(table.classes)).fill_null(False)).any():
        raise refuse_unknown(labels, unknown, f"the {name} table", table.classes)
    return replace(given, target=table.target, task=table.task, classes=table.classes)


def class_numbers(table: Table) -> np.ndarray | None:
    """Class indices, (row,) int64; None for regression."""
    if table.task == "regression" or table.target is None:
        return None
    return table.frame[table.target].cast(pl.Enum(table.classes)).to_physical().cast(pl.Int64).to_numpy()


def group_numbers(cells: pl.Series) -> np.ndarray:
    """Group numbers from 0, (row,) int64; each missing cell is a group of its own."""
    ranks = cells.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    missing = cells.is_null().to_numpy()
    return np.where(missing, ranks.max(initial=0) + np.cumsum(missing), ranks) - 1


def time_numbers(cells: pl.Series) -> np.ndarray:
    """Times as their rank among the distinct ones, from 0: (row,) int64."""
    return cells.rank("dense").cast(pl.Int64).to_numpy() - 1


def check_enough_values(numbers: np.ndarray, num_parts: int, setting: str, name: str) -> None:
    if (distinct := int(numbers.max()) + 1) < num_parts:
        raise DataError(
            f"the {setting} column {name!r} must have at least {num_parts} distinct values, one for each "
            f"part, but has {distinct}. Choose a finer column, or leave it out."
        )


def check_enough_classes(table: Table, where: str) -> None:
    """Raises DataError where a class has fewer than two rows."""
    classes = class_numbers(table)
    if classes is None:
        return
    counts = np.bincount(classes, minlength=len(table.classes))
    few = [f"{table.classes[number]!r} has {counts[number]}" for number in np.flatnonzero(counts < FEWEST_ROWS_A_CLASS)]
    if few:
        raise DataError(
            f"every class of {table.target!r} needs at least {FEWEST_ROWS_A_CLASS} rows {where}, but "
            f"{listed(few)}. Mend the labels, merge rare classes, or drop those rows."
        )
