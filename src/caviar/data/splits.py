"""Train, dev and test: how many rows each, which ones, and what to beware of. Notes 1.1."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from caviar.core.errors import DataError, SettingsError
from caviar.core.records import Notice
from caviar.data.cuts import cut_at_random, cut_by_class, cut_by_group, cut_by_time
from caviar.data.part_checks import class_notices, dev_size_notice, duplicate_notices, overlap_notices
from caviar.data.part_distributions import distribution_notices
from caviar.data.split_request import (
    check_columns,
    check_enough_classes,
    check_enough_values,
    checked_shares,
    class_numbers,
    group_numbers,
    like_train,
    time_numbers,
)
from caviar.data.split_sizes import held_out_share, why_this_share

if TYPE_CHECKING:
    from caviar.data.records import Table


@dataclass(frozen=True)
class Split:
    """The parts of a table. `rows`: for each part cut from it, its row numbers in the table, ascending, from 0.

    `train_dev`: rows like train's that are not trained on (`train_dev.py`), where dev rows are of another origin.
    """

    train: Table
    dev: Table
    test: Table | None
    rule: str
    notices: tuple[Notice, ...]
    rows: dict[str, np.ndarray]
    train_dev: Table | None = None


def split(
    table: Table,
    *,
    seed: int = 0,
    dev_share: float | None = None,
    test_share: float | None = None,
    group: str | None = None,
    time: str | None = None,
    dev: Table | None = None,
    test: Table | None = None,
) -> Split:
    """Cut a table in train, dev and test; or in fewer parts, where dev or test come as tables of their own.

    Sizes follow the row count (`held_out_share`) where no share is given. Every part gets the classes in proportion
    (stratified), except where groups or the time decide. The same table and seed give the same rows everywhere.

    Args:
        table: what to cut; it has a target.
        seed: of the random cut.
        dev_share: share of the table's rows, in (0, 1).
        test_share: the same, in [0, 1); 0 makes no test part.
        group: a column; rows with the same value stay in one part. A missing cell is a group of its own.
        time: a column; train lies before dev, dev before test, and rows of one time stay together.
        dev: a separate dev table, read like `table` (`load(…, like=schema)`).
        test: a separate test table, likewise.

    Raises:
        SettingsError: a share is out of range or contradicts a separate table; both group and time are given.
        DataError: a column is unknown; or rows, classes, groups or times are too few for the parts.
    """
    asked = checked_shares(dev_share, test_share, dev, test)
    check_columns(table, group, time)
    separate = {
        name: like_train(given, table, name, {group, time})
        for name, given in (("dev", dev), ("test", test))
        if given is not None
    }
    shares = _shares(len(table.frame), asked, separate)
    part_of_row, how = _assign(table, shares, group, time, np.random.default_rng(seed))
    rows = {name: np.flatnonzero(part_of_row == number) for number, name in enumerate(shares)}
    parts = {name: part_of(table, numbers) for name, numbers in rows.items()} | separate
    parts = {name: _without(parts[name], {group, time}) for name in ("train", "dev", "test") if name in parts}
    check_enough_classes(parts["train"], "in train")
    return Split(
        parts["train"],
        parts["dev"],
        parts.get("test"),
        _rule(parts, rows, how, len(table.frame), asked),
        tuple(_notices(table, parts, group, time, separate=bool(separate))),
        rows,
    )


def _shares(num_rows: int, asked: dict[str, float | None], separate: dict[str, Table]) -> dict[str, float]:
    """The share of each part to be cut from the table: train first, none for a part that has its own table."""
    by_rule = held_out_share(num_rows)
    measured = {name: by_rule if share is None else share for name, share in asked.items() if name not in separate}
    measured = {name: share for name, share in measured.items() if share > 0}
    if sum(measured.values()) >= 1:
        given = " + ".join(f"{share:g} for {name}" for name, share in measured.items())
        raise SettingsError(f"dev_share and test_share must leave rows to train on, got {given}. Lower one of them.")
    for name, share in measured.items():
        if asked[name] is not None and share * num_rows < 1:
            raise DataError(
                f"{name} would be empty: a share of {share:g} of {num_rows:,} rows is less than one row. "
                f"Raise --{name}-share to {1 / num_rows:.2g} at least, or leave it to the rule."
            )
    if num_rows < len(measured) + 2:
        raise DataError(
            f"{num_rows} rows are too few to cut: train needs at least 2, {' and '.join(measured)} 1 each. Add rows."
        )
    return {"train": 1 - sum(measured.values()), **measured}


def _assign(
    table: Table, shares: dict[str, float], group: str | None, time: str | None, generator: np.random.Generator
) -> tuple[np.ndarray, str]:
    """The part number of each row, (row,), and how it was found, for the rule."""
    sizes, classes = list(shares.values()), class_numbers(table)
    if len(sizes) == 1:
        return np.zeros(len(table.frame), dtype=np.int64), ""
    if group is not None:
        groups = group_numbers(table.frame[group])
        check_enough_values(groups, len(sizes), "group", group)
        return cut_by_group(groups, classes, sizes, generator), f"in whole groups of {group!r}"
    if time is not None:
        times = time_numbers(table.frame[time])
        check_enough_values(times, len(sizes), "time", time)
        return cut_by_time(times, sizes), f"in order of {time!r}"
    if classes is None:
        return cut_at_random(len(table.frame), sizes, generator), "at random"
    check_enough_classes(table, "in the table")
    return cut_by_class(classes, sizes, generator), "at random, with the classes in proportion"


def part_of(table: Table, rows: np.ndarray) -> Table:
    """Some rows of a table as a table; its fingerprint follows from the whole one's and the rows."""
    fingerprint = hashlib.sha256(table.fingerprint.encode() + rows.astype("<i8").tobytes()).hexdigest()
    return replace(table, frame=table.frame[rows], fingerprint=fingerprint, skipped_rows=())


def _without(part: Table, aside: set[str | None]) -> Table:
    """Group and time are no features: a group that is only in test says nothing, nor does a time after all of train."""
    return replace(part, columns=tuple(column for column in part.columns if column.name not in aside))


def _notices(
    table: Table, parts: dict[str, Table], group: str | None, time: str | None, *, separate: bool
) -> list[Notice]:
    notices = []
    used = {column.name for column in table.columns if column.used}
    for setting, name in (("group", group), ("time", time)):
        if name in used:
            notices.append(
                Notice(
                    "info",
                    f"column {name!r} says how to cut the parts (--{setting}), so it is not used as a feature.",
                    (name,),
                )
            )
    if time is not None and table.frame.schema[time] == pl.String:
        notices.append(
            Notice(
                "warning",
                f"column {time!r} holds text, so its order is that of the alphabet. If it "
                f"holds dates, read it as such: --types {time}=date.",
                (time,),
            )
        )
    notices += class_notices(parts)
    notices.append(dev_size_notice(parts["dev"]))
    notices += duplicate_notices(parts)
    if separate:
        notices += overlap_notices(parts, group, time)
    if separate or group is not None or time is not None:
        notices += distribution_notices(parts, "train", "dev")
        notices += distribution_notices(parts, "dev", "test") if "test" in parts else []
    return notices


def _rule(
    parts: dict[str, Table], rows: dict[str, np.ndarray], how: str, num_rows: int, asked: dict[str, float | None]
) -> str:
    """Why these sizes, in one sentence."""
    sizes = " / ".join(
        f"{name} {len(part.frame):,}{'' if name in rows else ' (a table of its own)'}" for name, part in parts.items()
    )
    if len(rows) == 1:
        return f"{sizes} rows: all of the table trains, because dev{' and test' * ('test' in parts)} came separately."
    shares = " / ".join(f"{len(numbers) / num_rows:.1%}" for numbers in rows.values())
    by_hand = [f"--{name}-share" for name, share in asked.items() if share is not None]
    why = f"as set by {' and '.join(by_hand)}" if by_hand else why_this_share(num_rows)
    return f"{sizes} rows ({shares} of {num_rows:,}), cut {how}: {why}."
