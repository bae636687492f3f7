"""Train, dev and test: how many rows each, which ones, and what to beware of. Notes 1.1."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from caviar.core.errors import DataError, SettingsError, nearest
from caviar.core.records import Notice
from caviar.data.cuts import cut_at_random, cut_by_class, cut_by_group, cut_by_time
from caviar.data.part_checks import dev_size_notice, distribution_notices, duplicate_notices
from caviar.data.split_sizes import held_out_share, why_these_shares

if TYPE_CHECKING:
    from caviar.data.tables import Table


@dataclass(frozen=True)
class Split:
    """The parts of a table. `rows` holds the row numbers in the source table (ascending, from 0) of the parts cut from it."""

    train: Table
    dev: Table
    test: Table | None
    rule: str
    notices: tuple[Notice, ...]
    rows: dict[str, np.ndarray]


def split(table: Table, *, seed: int = 0, dev_share: float | None = None, test_share: float | None = None,
          group: str | None = None, time: str | None = None, dev: Table | None = None, test: Table | None = None) -> Split:
    """Cut a table in train, dev and test; or in fewer parts, where dev or test come as tables of their own.

    Sizes follow the row count (`held_out_share`) unless the shares are given. Classes are kept in proportion in every part
    (stratified), unless whole groups or the time decide. The same seed gives the same rows on any machine.

    Args:
        table: the table to cut, with a target.
        seed: of the random cut.
        dev_share, test_share: shares of the table's rows, in (0, 1); a test share of 0 makes no test set.
        group: a column; rows with the same value stay in one part. A missing value is a group of its own row.
        time: a column; train lies before dev, dev before test.
        dev, test: separate tables with the same columns.

    Raises:
        SettingsError: shares out of range or contradicting a separate table; both group and time.
        DataError: unknown column, or too few rows, classes, groups or times for the parts.
    """
    named = _checked_shares(len(table.frame), dev_share, test_share, dev, test)
    _check_columns(table, group, time, dev, test)
    names, shares = list(named), list(named.values())
    generator = np.random.default_rng(seed)
    parts, how = _assign(table, names, shares, group, time, generator)
    rows = {name: np.flatnonzero(parts == number) for number, name in enumerate(names)}
    for name, numbers in rows.items():
        if not len(numbers):
            raise DataError(f"the {name} part would be empty: {len(table.frame)} rows are too few for a share of "
                            f"{named[name]:.2%}. Add rows, or raise --{name}-share." if name != "train" else
                            f"no row would be left for training out of {len(table.frame)}. Add rows, or lower the other shares.")
    aside = {group, time}
    cut = {name: _part(table, name, numbers, aside) for name, numbers in rows.items()}
    for name, given in (("dev", dev), ("test", test)):
        if given is not None:
            cut[name] = _without(given, aside)
    _check_classes_in_train(cut["train"])
    notices = _notices(table, cut, group, time, separate=dev is not None or test is not None)
    rule = _rule(cut, rows, how, len(table.frame), by_rule=dev_share is None and test_share is None and len(names) > 1)
    return Split(cut["train"], cut["dev"], cut.get("test"), rule, tuple(notices), rows)


def _checked_shares(num_rows: int, dev_share: float | None, test_share: float | None,
                    dev: Table | None, test: Table | None) -> dict[str, float]:
    """The share of each part to be cut from the table, train first."""
    for name, share, given in (("dev", dev_share, dev), ("test", test_share, test)):
        if share is not None and given is not None:
            raise SettingsError(f"{name}_share must not be set when a separate {name} table is given, got {share}. Leave one out.")
        if share is not None and not (0 <= share < 1 if name == "test" else 0 < share < 1):
            raise SettingsError(f"{name}_share must lie between 0 and 1, got {share}.")
    rule = held_out_share(num_rows)
    dev_part = 0.0 if dev is not None else rule if dev_share is None else dev_share
    test_part = 0.0 if test is not None else rule if test_share is None else test_share
    if dev_part + test_part >= 1:
        raise SettingsError(f"dev_share and test_share must leave rows for training, got {dev_part} + {test_part}. Lower one.")
    named = {"train": 1 - dev_part - test_part, "dev": dev_part, "test": test_part}
    return {name: share for name, share in named.items() if share > 0}


def _check_columns(table: Table, group: str | None, time: str | None, dev: Table | None, test: Table | None) -> None:
    if group is not None and time is not None:
        raise SettingsError(f"give a group column or a time column, not both: got group {group!r} and time {time!r}.")
    for setting, name in (("group", group), ("time", time)):
        if name is not None and name not in table.frame.columns:
            raise DataError(f"{setting} column {name!r} is not in the table.{nearest(name, table.frame.columns)} "
                            f"Its columns: {', '.join(table.frame.columns[:20])}{' …' if len(table.frame.columns) > 20 else ''}.")
        if name is not None and name == table.target:
            raise DataError(f"{setting} column {name!r} is the target. Choose another column.")
    used = {column.name for column in table.columns if column.used} - {group, time}
    for part, given in (("dev", dev), ("test", test)):
        if given is None:
            continue
        if given.target is None or given.target not in given.frame.columns:
            raise DataError(f"the {part} table has no target column {table.target!r}. Add it: errors are measured on it.")
        absent = sorted(used - set(given.frame.columns))
        if absent:
            raise DataError(f"the {part} table lacks the columns {', '.join(map(repr, absent))}. Add them; empty cells will do.")
        if not len(given.frame):
            raise DataError(f"the {part} table has no rows.")


def _assign(table: Table, names: list[str], shares: list[float], group: str | None, time: str | None,
            generator: np.random.Generator) -> tuple[np.ndarray, str]:
    """A part number for each row, and how it was found, for the rule."""
    num_rows, classes = len(table.frame), _class_numbers(table)
    if num_rows < len(names) + 1:
        raise DataError(f"{num_rows} rows are too few for {' and '.join(names)}: train needs two, each other part one. Add rows.")
    if group is not None:
        groups = _group_numbers(table.frame[group])
        if groups.max() + 1 < len(names):
            raise DataError(f"group column {group!r} has {groups.max() + 1} distinct values, but {len(names)} parts need one each. "
                            "Choose a finer column, or leave it out.")
        return cut_by_group(groups, classes, shares, generator), f"whole groups by {group!r}"
    if time is not None:
        times = _time_numbers(table.frame[time], time)
        if len(np.unique(times)) < len(names):
            raise DataError(f"time column {time!r} has {len(np.unique(times))} distinct values, but {len(names)} parts need one each. "
                            "Choose a finer column, or leave it out.")
        return cut_by_time(times, shares), f"in order of {time!r}"
    if classes is not None:
        _check_class_sizes(table, classes)
        return cut_by_class(classes, shares, generator), "at random, classes in proportion"
    return cut_at_random(num_rows, shares, generator), "at random"


def _class_numbers(table: Table) -> np.ndarray | None:
    if table.task == "regression" or table.target is None:
        return None
    labels = table.frame[table.target].cast(pl.String)
    return labels.cast(pl.Enum(table.classes)).to_physical().cast(pl.Int64).to_numpy()


def _group_numbers(cells: pl.Series) -> np.ndarray:
    """0 … groups − 1 in order of first appearance; every missing cell is a group of its own."""
    missing = cells.is_null().to_numpy()
    numbers = cells.rank("dense").cast(pl.Int64).fill_null(0).to_numpy().copy()
    numbers[missing] = numbers.max() + 1 + np.arange(missing.sum())
    return np.unique(numbers, return_inverse=True)[1]


def _time_numbers(cells: pl.Series, name: str) -> np.ndarray:
    if cells.null_count():
        rows = cells.is_null().arg_true()
        raise DataError(f"time column {name!r} is missing in {len(rows)} rows, first at row {rows[0] + 1}. Fill or drop those rows.")
    return cells.rank("dense").cast(pl.Int64).to_numpy()


def _check_class_sizes(table: Table, classes: np.ndarray) -> None:
    counts = np.bincount(classes, minlength=len(table.classes))
    lone = [f"{label!r} ({count})" for label, count in zip(table.classes, counts, strict=True) if count < 2]
    if lone:
        raise DataError(f"every class of {table.target!r} needs at least 2 rows to learn from; too few in {', '.join(lone[:5])}"
                        f"{' …' if len(lone) > 5 else ''}. Mend the labels, merge the classes or drop those rows.")


def _check_classes_in_train(train: Table) -> None:
    classes = _class_numbers(train)
    if classes is None:
        return
    counts = np.bincount(classes, minlength=len(train.classes))
    short = [f"{label!r} ({count})" for label, count in zip(train.classes, counts, strict=True) if count < 2]
    if short:
        raise DataError(f"every class of {train.target!r} needs at least 2 rows in train; too few in {', '.join(short[:5])}"
                        f"{' …' if len(short) > 5 else ''}. Merge or drop those classes, or cut the table another way.")


def _part(table: Table, name: str, rows: np.ndarray, aside: set[str | None]) -> Table:
    """The rows of one part as a table; its fingerprint follows from the whole table's and the rows."""
    fingerprint = hashlib.sha256(table.fingerprint.encode() + rows.astype("<i8").tobytes()).hexdigest()
    return _without(replace(table, frame=table.frame[rows], fingerprint=fingerprint), aside)


def _without(table: Table, aside: set[str | None]) -> Table:
    """The group and time columns are no features: what decides the cut would give it away."""
    return replace(table, columns=tuple(column for column in table.columns if column.name not in aside))


def _notices(table: Table, cut: dict[str, Table], group: str | None, time: str | None, *, separate: bool) -> list[Notice]:
    notices = []
    for setting, name in (("group", group), ("time", time)):
        if name is not None and any(column.name == name and column.used for column in table.columns):
            notices.append(Notice("info", f"column {name!r} cuts the parts ({setting}), so it is no feature.", (name,)))
    notices += _class_notices(cut)
    notices.append(dev_size_notice(cut["dev"]))
    notices += duplicate_notices(cut)
    if separate or time is not None:
        notices += distribution_notices(cut["train"], cut["dev"], ("train", "dev"))
        if "test" in cut:
            notices += distribution_notices(cut["dev"], cut["test"], ("dev", "test"))
    return notices


def _class_notices(cut: dict[str, Table]) -> list[Notice]:
    """Tell which classes are missing from a part: there they are not measured."""
    notices = []
    for name in ("dev", "test"):
        classes = _class_numbers(cut[name]) if name in cut else None
        if classes is not None:
            counts = np.bincount(classes, minlength=len(cut[name].classes))
            absent = [label for label, count in zip(cut[name].classes, counts, strict=True) if not count]
            if absent:
                shown = ", ".join(map(repr, absent[:5])) + (" …" if len(absent) > 5 else "")
                notices.append(Notice("warning", f"{name} has no row of the classes {shown}: too few rows of them, which training needs "
                                      "first. How well they are told apart is not measured there."))
    return notices


def _rule(cut: dict[str, Table], rows: dict[str, np.ndarray], how: str, num_rows: int, *, by_rule: bool) -> str:
    sizes = " / ".join(f"{len(cut[name].frame):,} {name}" + ("" if name in rows else " (separate)")
                       for name in ("train", "dev", "test") if name in cut)
    shares = "/".join(f"{100 * len(numbers) / num_rows:.3g}" for numbers in rows.values())
    if len(rows) == 1:
        return f"{sizes} rows: dev and test are separate tables, so all rows train."
    why = why_these_shares(num_rows) if by_rule else "shares as set"
    return f"{sizes} rows ({shares} % of {num_rows:,}, {how}): {why}."
