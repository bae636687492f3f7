"""The target of a table: which column, what task it sets, and what it must hold before anything is learned from it."""

from dataclasses import dataclass
from typing import get_args

import polars as pl

from caviar.core.errors import DataError, nearest
from caviar.core.records import Notice, Task
from caviar.data.casting import as_text, cast
from caviar.data.names import header_hint
from caviar.data.wording import counted, shown_cell, shown_cells, shown_names, shown_rows
from caviar.data.written_numbers import as_numbers, number_form

MOST_NUMBER_CLASSES = 20  # whole numbers with more distinct values are amounts
FEWEST_ROWS_A_CLASS = 10  # on average, for whole numbers to be classes
MOST_CLASSES = 1_000
MOSTLY = 0.95

LARGEST_TARGET = 1e100


@dataclass(frozen=True)
class Target:
    """The target's values (Float64 for regression, else String) and what follows; `form` as in casting.py."""

    values: pl.Series
    task: Task
    classes: tuple[str, ...]
    form: str
    notices: tuple[Notice, ...]


def find_target(names: list[str], target: str | None, source: str) -> str:
    """The name of the target column. Raises DataError when none is given, or there is none of that name."""
    columns = f"The columns of {source}: {shown_names(names, 20)}.{header_hint(names)}"
    if target is None:
        raise DataError(f"which column is to be predicted? Name it with --target. {columns}")
    if target not in names:
        raise DataError(f"there is no column {target!r} to predict.{nearest(target, names)} {columns}")
    return target


def read_target(cells: pl.Series, task: Task | None, *, comma_is_decimal: bool = False) -> Target:
    """Check the cleaned cells of the target and read them for the task, inferred unless set.

    Inferred: text and booleans are classes; so are two distinct values of any type, and whole numbers with at most 20
    distinct values and ten rows each on average; other numbers are a regression.

    Raises:
        DataError: missing or infinite cells, one value only, labels that hardly repeat, numbers with words among them,
            or values that do not fit the task set.
    """
    if task is not None and task not in get_args(Task):
        tasks = get_args(Task)
        raise DataError(f"the task must be one of {', '.join(tasks)}; got {task!r}.{nearest(str(task), tasks)}")
    _check_present(cells)
    form = number_form(cells, comma_is_decimal)
    numbers = as_numbers(cells, form) if cells.dtype != pl.Boolean else as_numbers(cells.cast(pl.String))
    if (cells if numbers.null_count() else numbers).n_unique() == 1:
        raise DataError(
            f"target {cells.name!r} must have at least two different values, but each of its "
            f"{counted(len(cells), 'row')} holds {shown_cell(cells[0])}: there is nothing to learn. "
            "Choose another target, or add rows with other values."
        )
    why = "as set"
    if task is None:
        task, why = _infer(cells, numbers)
    if task == "regression":
        return _regression(cells, numbers, form, why)
    plain = not (numbers.null_count() or _has_leading_zeros(cells))
    return _classes(cells, task, "number" if plain else "", why)


def sort_labels(labels: list[str]) -> tuple[str, ...]:
    """Labels in order: by value where all are numbers, else as text."""
    values = pl.Series(labels, dtype=pl.String).cast(pl.Float64, strict=False)
    if values.null_count() or values.is_nan().any():
        return tuple(sorted(labels))
    return tuple(label for _, label in sorted(zip(values.to_list(), labels, strict=True)))


def _check_present(cells: pl.Series) -> None:
    missing = cells.is_null().arg_true().to_list()
    if len(missing) == len(cells):
        raise DataError(f"target {cells.name!r} is missing in every row. Fill it in, or choose another target.")
    if missing:
        raise DataError(
            f"target {cells.name!r} must have a value in every row, but is missing in {len(missing):,} of "
            f"{len(cells):,}: {shown_rows(missing, 10)} (row 1 is the first below the header). "
            "Fill in the target, or drop those rows."
        )


def _infer(cells: pl.Series, numbers: pl.Series) -> tuple[Task, str]:
    num_distinct, share = cells.n_unique(), numbers.count() / len(cells)
    if share < 1:
        if num_distinct > MOST_NUMBER_CLASSES and share >= MOSTLY:
            return "regression", "nearly all are numbers"  # which then refuses the cells that are none
        return "binary" if num_distinct == 2 else "multiclass", ""
    num_distinct = numbers.n_unique()
    if num_distinct == 2:
        return "binary", "two distinct values"
    if _has_leading_zeros(cells):
        return "multiclass", f"{num_distinct:,} codes with leading zeros"
    whole = bool((numbers.is_infinite() | (numbers == numbers.floor())).all())
    if whole and num_distinct <= MOST_NUMBER_CLASSES and len(numbers) >= FEWEST_ROWS_A_CLASS * num_distinct:
        why = f"{num_distinct} whole numbers, about {len(numbers) // num_distinct:,} rows each"
        return "multiclass", f"{why}; if they are amounts, set --task regression"
    hint = "; if they are labels, set --task multiclass" if whole and num_distinct <= 100 else ""
    return "regression", f"numbers, {num_distinct:,} of them distinct{hint}"


def _regression(cells: pl.Series, numbers: pl.Series, form: str, why: str) -> Target:
    name = cells.name
    if cells.dtype == pl.Boolean or numbers.count() < MOSTLY * len(cells):
        shown = shown_names(cells.head(10_000).unique(maintain_order=True).cast(pl.String), 3)
        raise DataError(
            f"task regression needs numbers in target {name!r}, but it holds {shown}. "
            "Choose another target, or leave out --task regression."
        )
    found = cast(cells, "number", form)
    if bad := (found.odd | found.infinite).arg_true().to_list():
        raise DataError(
            f"target {name!r} must hold finite numbers, but does not in {counted(len(bad), 'row')} of "
            f"{len(cells):,}: {shown_cells(cells, bad, 5)}. Mend those cells, or drop those rows."
        )
    if (largest := float(found.values.abs().max())) > LARGEST_TARGET:  # type: ignore[arg-type]
        raise DataError(
            f"target {name!r} reaches {largest:.3g}, and squares of numbers beyond {LARGEST_TARGET:g} overflow. "
            "Divide the column by a power of ten, or take its logarithm."
        )
    told = Notice("info", f"the task is regression of {name!r} ({why}).", (name,))
    return Target(found.values, "regression", (), form, (told,))


def _classes(cells: pl.Series, task: Task, form: str, why: str) -> Target:
    labels, name = as_text(cells, form), cells.name
    classes = sort_labels(labels.unique().to_list())
    if (task == "binary") != (len(classes) == 2):
        needed, other = ("two labels", "multiclass") if task == "binary" else ("three labels or more", "binary")
        raise DataError(
            f"task {task} needs {needed} in target {name!r}, but it has {len(classes):,}: "
            f"{shown_names(classes, 5)}. Set --task {other}, or leave out --task."
        )
    if len(labels) < 2 * len(classes) or len(classes) > MOST_CLASSES:
        hint = (
            "Set --task regression."
            if as_numbers(cells).null_count() == 0 and cells.dtype != pl.Boolean
            else "Is this the column to predict? Choose another target, or merge labels."
        )
        raise DataError(
            f"target {name!r} has {len(classes):,} distinct labels in {counted(len(labels), 'row')}, such "
            f"as {shown_names(classes[:3])}: too few rows for each to learn from. {hint}"
        )
    shown = shown_names(classes) if len(classes) <= 10 else f"{len(classes)} labels"
    told = Notice("info", f"the task is {task} classification: {shown} in {name!r}{f' ({why})' * bool(why)}.", (name,))
    return Target(labels, task, classes, form, (told,))


def _has_leading_zeros(cells: pl.Series) -> bool:
    return cells.dtype == pl.String and bool(cells.str.contains(r"^0\d").any())
