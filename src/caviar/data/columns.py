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
from caviar.data.wording import counted, listed, shown_cell, shown_cells, shown_names

SETTABLE: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "constant")
WHAT_CELLS_ARE = {"number": "numbers", "boolean": "true or false", "date": "dates"}
MANY_ODD = 0.05


@dataclass(frozen=True)
class TypedColumn:
    """A column, its values, and the notices that concern it alone."""

    column: Column
    values: pl.Series
    notices: tuple[Notice, ...]


def checked_types(types: Mapping[str, str], features: Sequence[str], target: str | None) -> dict[str, Kind]:
    """The kinds set by column. Raises DataError where a name is no feature, or a kind none that can be set."""
    checked: dict[str, Kind] = {}
    for name, kind in types.items():
        if name == target:
            raise DataError(
                f"types sets the kind of the target {name!r}, which is no feature. "
                "Set the task instead: --task binary, multiclass or regression."
            )
        if name not in features:
            raise DataError(
                f"types sets the kind of {name!r}, which is no column of the table."
                f"{nearest(name, list(features))} Its features: {shown_names(features, 20)}."
            )
        settable = next((known for known in SETTABLE if known == kind), None)
        if settable is None:
            raise DataError(
                f"the kind of column {name!r} must be one of {', '.join(SETTABLE)}; got {kind!r}."
                f"{nearest(kind, SETTABLE)}"
            )
        checked[name] = settable
    return checked


def type_column(cells: pl.Series, kind: Kind | None, *, comma_is_decimal: bool = False) -> TypedColumn:
    """A feature as the kind set, or else as the kind inferred. Raises DataError where no cell is of the kind set."""
    if kind is None:
        guess = infer(cells, comma_is_decimal=comma_is_decimal)
    else:
        imposed = impose(cells, kind, comma_is_decimal=comma_is_decimal)
        if imposed is None:
            raise DataError(
                f"column {cells.name!r} is set to be a {kind}, but no cell of it is one; the first is "
                f"{shown_cell(cells.drop_nulls()[0])}. Set another kind with --types {cells.name}=…"
            )
        guess = imposed
    found = cast(cells, guess.kind, guess.form)
    notices = []
    if guess.remark:
        notices.append(Notice("warning" if guess.suspicious else "info", guess.remark, (cells.name,)))
    if guess.used:
        notices += cast_notices(cells, found, guess.kind)
    num_missing, num_distinct = found.values.null_count(), found.values.drop_nulls().n_unique()
    column = Column(cells.name, guess.kind, guess.used, guess.reason, num_missing, num_distinct, guess.form)
    return TypedColumn(column, found.values, tuple(notices))


def cast_notices(cells: pl.Series, found: Cast, kind: str) -> list[Notice]:
    """Tell how many cells became missing because they are infinite, or not of the column's kind, and which."""
    notices = []
    if rows := found.infinite.arg_true().to_list():
        told = f"{counted(len(rows), 'infinite cell')}, first at row {rows[0] + 1:,}, {_taken_as_missing(len(rows))}"
        notices.append(Notice("repaired", f"column {cells.name!r} has {told}.", (cells.name,)))
    if rows := found.odd.arg_true().to_list():
        many = len(rows) > MANY_ODD * cells.count()
        notices.append(
            Notice(
                "warning" if many else "repaired",
                f"column {cells.name!r} holds {WHAT_CELLS_ARE[kind]}, but not in {len(rows):,} of its "
                f"{cells.count():,} cells, {_taken_as_missing(len(rows))}: {shown_cells(cells, rows)}.",
                (cells.name,),
            )
        )
    return notices


def left_out_notices(columns: Sequence[Column]) -> list[Notice]:
    """One notice a kind for the columns that training leaves out, with the way to keep them."""
    notices = []
    for kind, what, instead in (("text", "as text", "category"), ("identifier", "as identifiers", "number")):
        if left := [column for column in columns if column.kind == kind]:
            guessed = next((column.name for column in left if column.reason != "as declared"), None)
            keep = f" To keep one: --types {guessed}={instead}." if guessed else ""
            notices.append(Notice("info", f"left out {what}: {_with_reasons(left)}.{keep}", _names(left)))
    if left := [column for column in columns if column.kind == "constant"]:
        them = "it" if len(left) == 1 else "them"
        notices.append(
            Notice(
                "repaired", f"left out, as there is nothing to learn from {them}: {_with_reasons(left)}.", _names(left)
            )
        )
    return notices


def _taken_as_missing(number: int) -> str:
    return "which counts as missing" if number == 1 else "which count as missing"


def _with_reasons(columns: Sequence[Column]) -> str:
    return listed((f"{column.name!r} ({column.reason})" for column in columns), separator="; ")


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)
