"""From the cleaned cells of a feature to a typed column, and what to tell about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import polars as pl

from caviar.core.errors import DataError, nearest
from caviar.core.records import Notice
from caviar.data.casting import Cast, cast
from caviar.data.kinds import impose, infer
from caviar.data.records import Column, Kind
from caviar.data.wording import counted, shown_cell, shown_names

SETTABLE = tuple(kind for kind in get_args(Kind) if kind != "constant")
WHAT_CELLS_ARE = {"number": "numbers", "boolean": "true or false", "date": "dates"}
MANY_ODD = 0.05


@dataclass(frozen=True)
class TypedColumn:
    """A column, its values, and the notices that concern it alone."""

    column: Column
    values: pl.Series
    notices: tuple[Notice, ...]


def check_types(types: Mapping[str, str], features: Sequence[str], target: str | None) -> None:
    """Raises DataError where `types` names no feature, or sets no kind."""
    for name, kind in types.items():
        if name == target:
            raise DataError(f"types sets the kind of the target {name!r}, which is not a feature. "
                            "Set the task instead: --task binary, multiclass or regression.")
        if name not in features:
            raise DataError(f"types sets the kind of {name!r}, which is no column of the table.{nearest(name, list(features))} "
                            f"Its features: {shown_names(features, 20)}.")
        if kind not in SETTABLE:
            raise DataError(f"the kind of column {name!r} must be one of {', '.join(SETTABLE)}; got {kind!r}.{nearest(kind, SETTABLE)}")


def type_column(cells: pl.Series, kind: Kind | None, *, comma_is_decimal: bool) -> TypedColumn:
    """A feature as the kind set, or else as the kind inferred. Raises DataError where no cell is of the kind set."""
    guess = infer(cells, comma_is_decimal=comma_is_decimal) if kind is None else impose(cells, kind, comma_is_decimal=comma_is_decimal)
    if guess is None:
        assert kind is not None, "a kind that is inferred fits"
        raise DataError(f"column {cells.name!r} is set to be a {kind}, but no cell is one; the first is "
                        f"{shown_cell(str(cells.drop_nulls()[0]))}. Set another kind with --types {cells.name}=…, or leave that out.")
    found = cast(cells, guess.kind, guess.form)
    notices = [Notice("info", guess.remark, (cells.name,))] if guess.remark else []
    if guess.used:
        notices += cast_notices(cells, found, guess.kind)
    values = found.values
    column = Column(cells.name, guess.kind, guess.used, guess.reason, values.null_count(), values.drop_nulls().n_unique(), guess.form)
    return TypedColumn(column, values, tuple(notices))


def cast_notices(cells: pl.Series, found: Cast, kind: str) -> list[Notice]:
    """Tell how many cells became missing because they are infinite, or not of the column's kind, and which."""
    notices = []
    if rows := found.infinite.arg_true().to_list():
        notices.append(Notice("repaired", f"column {cells.name!r} has {counted(len(rows), 'infinite cell')}, first at row {rows[0] + 1:,}: "
                              f"{'it counts' if len(rows) == 1 else 'they count'} as missing.", (cells.name,)))
    if rows := found.odd.arg_true().to_list():
        first_rows: dict[str, int] = {}
        for row in rows[:1000]:
            first_rows.setdefault(str(cells[row]), row)
        shown = ", ".join(f"{shown_cell(cell)} (row {row + 1:,})" for cell, row in list(first_rows.items())[:3])
        share = len(rows) / cells.count()
        notices.append(Notice("warning" if share > MANY_ODD else "repaired",
                              f"column {cells.name!r} holds {WHAT_CELLS_ARE[kind]}, but {len(rows):,} of its {cells.count():,} cells are not: "
                              f"{shown}{' …' * (len(first_rows) > 3)}. {'It counts' if len(rows) == 1 else 'They count'} as missing.",
                              (cells.name,)))
    return notices


def left_out_notices(columns: Sequence[Column]) -> list[Notice]:
    """One notice a kind for the columns that training leaves out, with the way to keep them."""
    notices = []
    for kind, what in (("text", "as text"), ("identifier", "as identifiers")):
        if left := [column for column in columns if column.kind == kind]:
            shown = "; ".join(f"{column.name!r} ({column.reason})" for column in left[:5]) + f" … ({len(left) - 5} more)" * (len(left) > 5)
            keep = f" To keep one: --types {left[0].name}={'category' if kind == 'text' else 'number'}." if left[0].reason != "as set" else ""
            notices.append(Notice("info", f"left out {what}: {shown}.{keep}", tuple(column.name for column in left)))
    if left := [column for column in columns if column.kind == "constant"]:
        shown = "; ".join(f"{column.name!r} ({column.reason})" for column in left[:5]) + f" … ({len(left) - 5} more)" * (len(left) > 5)
        notices.append(Notice("repaired", f"left out, because there is nothing to learn from {'it' if len(left) == 1 else 'them'}: {shown}.",
                              tuple(column.name for column in left)))
    return notices


