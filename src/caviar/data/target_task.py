"""The target of a table: which column, what task it sets, and what it must hold before anything is learned from it."""

from dataclasses import dataclass
from typing import get_args

import polars as pl

from caviar.core.errors import DataError, nearest
from caviar.core.records import Notice, Task
from caviar.data.casting import as_text, cast
from caviar.data.delimited import header_hint
from caviar.data.wording import counted, shown_cell, shown_names, shown_rows
from caviar.data.written_numbers import as_numbers, number_form

MOST_NUMBER_CLASSES = 20  # whole numbers with more distinct values are amounts
FEWEST_ROWS_A_CLASS = 10  # on average, for whole numbers to be classes
MOST_CLASSES = 1_000
MOSTLY = 0.95


@dataclass(frozen=True)
class Target:
    """The target's values (Float64 for regression, else String) and what follows from them; `form` as in casting.py."""

    values: pl.Series
    task: Task
    classes: tuple[str, ...]
    form: str
    notices: tuple[Notice, ...]


def find_target(names: list[str], target: str | None, source: str) -> str:
    """The name of the target column. Raises DataError when none is given, or there is none of that name."""
    listed = f"The columns of {source}: {shown_names(names, 20)}."
    if target is None:
        raise DataError(f"which column is to be predicted? Name it with --target. {listed}")
    if target not in names:
        raise DataError(f"there is no column {target!r} to predict.{nearest(target, names)} {listed}{header_hint(names)}")
    return target


def read_target(cells: pl.Series, task: Task | None, *, comma_is_decimal: bool = False) -> Target:
    """Check the cleaned cells of the target and read them for the task, inferred unless set.

    Inferred: text and booleans are classes; so are two distinct values of any type, and whole numbers with at most 20
    distinct values and ten rows each on average; other numbers are a regression.

    Raises:
        DataError: missing or infinite cells, one value only, labels that hardly repeat, numbers with words among them, or
            values that do not fit the task set.
    """
    if task is not None and task not in get_args(Task):
        raise DataError(f"the task must be one of {', '.join(get_args(Task))}; got {task!r}.{nearest(str(task), get_args(Task))}")
    name = cells.name
    _check_present(cells)
    num_distinct = cells.n_unique()
    if num_distinct == 1:
        raise DataError(f"target {name!r} must have at least two different values, but every one of its {len(cells):,} rows holds "
                        f"{shown_cell(str(cells[0]))}: there is nothing to learn. Choose another target, or add rows with other values.")
    form = number_form(cells, comma_is_decimal)
    numbers = as_numbers(cells, form)
    are_numbers = cells.dtype != pl.Boolean and cells.dtype != pl.Datetime and not numbers.null_count()
    if task is None and num_distinct > MOST_NUMBER_CLASSES and MOSTLY <= numbers.count() / len(cells) < 1:
        task = "regression"  # which then names the cells that are no numbers
    if task is None:
        task, why = _infer(cells, numbers if are_numbers else None)
    else:
        why = "as set"
    if task == "regression":
        return _regression(cells, numbers, form, why)
    return _classes(cells, task, "number" if are_numbers and not form and not _has_leading_zeros(cells) else "", why)


def sort_labels(labels: list[str]) -> tuple[str, ...]:
    """Labels in order: by value where all are numbers, else as text."""
    values = pl.Series(labels, dtype=pl.String).cast(pl.Float64, strict=False)
    if values.null_count() or values.is_nan().any():
        return tuple(sorted(labels))
    return tuple(label for _, label in sorted(zip(values.to_list(), labels, strict=True)))


def _check_present(cells: pl.Series) -> None:
    name, num_rows = cells.name, len(cells)
    missing = cells.is_null().arg_true().to_list()
    if len(missing) == num_rows:
        raise DataError(f"target {name!r} is missing in all {num_rows:,} rows. Fill it in, or choose another target.")
    if missing:
        raise DataError(f"target {name!r} must have a value in every row, but is missing in {counted(len(missing), 'row')} of {num_rows:,}: "
                        f"{shown_rows(missing, 10)} (row 1 is the first below the header). Fill them in, or drop those rows.")


def _infer(cells: pl.Series, numbers: pl.Series | None) -> tuple[Task, str]:
    num_distinct = cells.n_unique() if numbers is None else numbers.n_unique()
    if num_distinct == 2:
        return "binary", "two distinct values"
    if numbers is None:
        return "multiclass", f"{num_distinct:,} distinct labels"
    whole = bool((numbers.is_infinite() | (numbers == numbers.floor())).all())
    if whole and _has_leading_zeros(cells):
        return "multiclass", f"{num_distinct:,} distinct codes"
    if whole and num_distinct <= MOST_NUMBER_CLASSES and len(numbers) >= FEWEST_ROWS_A_CLASS * num_distinct:
        return "multiclass", (f"whole numbers with {num_distinct} distinct values, about {len(numbers) // num_distinct:,} rows each; "
                              "if they are amounts, set --task regression")
    return "regression", f"numbers with {num_distinct:,} distinct values" + (
        "; if they are labels, set --task multiclass" if whole and num_distinct <= 100 else "")


def _regression(cells: pl.Series, numbers: pl.Series, form: str, why: str) -> Target:
    if cells.dtype == pl.Boolean or cells.dtype == pl.Datetime or numbers.null_count() > (1 - MOSTLY) * len(cells):
        shown = shown_names([str(cell) for cell in cells.unique(maintain_order=True).head(3)])
        raise DataError(f"task regression needs numbers in target {cells.name!r}, but it holds {shown} …. "
                        "Choose another target, or leave out --task regression.")
    found = cast(cells, "number", form)
    if bad := (found.odd | found.infinite).arg_true().to_list():
        shown = ", ".join(f"{shown_cell(str(cells[row]))} (row {row + 1:,})" for row in bad[:5])
        raise DataError(f"target {cells.name!r} holds numbers, but {counted(len(bad), 'cell is', 'cells are')} not finite numbers: "
                        f"{shown}{' …' * (len(bad) > 5)}. Mend those cells, or drop those rows.")
    low, high = found.values.min(), found.values.max()
    if low == high:
        raise DataError(f"target {cells.name!r} must have at least two different values, but all are {low:g}. Choose another target.")
    return Target(found.values, "regression", (), form, (Notice("info", f"task: regression of {cells.name!r} ({why}).", (cells.name,)),))


def _classes(cells: pl.Series, task: Task, form: str, why: str) -> Target:
    labels = as_text(cells, form)
    classes = sort_labels(labels.unique().to_list())
    num_rows, num_classes, name = len(labels), len(classes), cells.name
    if task == "binary" and num_classes != 2:
        raise DataError(f"task binary needs two labels in target {name!r}, but it has {num_classes:,}: {shown_names(classes, 5)}. "
                        "Set --task multiclass, or leave out --task.")
    if task == "multiclass" and num_classes == 2:
        raise DataError(f"task multiclass needs three labels or more in target {name!r}, but it has two: {shown_names(classes)}. "
                        "Set --task binary, or leave out --task.")
    if num_rows < 2 * num_classes or num_classes > MOST_CLASSES:
        numbers = as_numbers(cells)
        share = numbers.count() / num_rows
        odd = cells.filter(numbers.is_null())
        hint = (f"Nearly all are numbers: mend the others, such as {shown_cell(str(odd[0]))} (row {numbers.is_null().arg_true()[0] + 1:,}), "
                "for a regression." if MOSTLY <= share < 1 else
                "Set --task regression." if share == 1 else "Is this the column to predict? Choose another target, or merge labels.")
        raise DataError(f"target {name!r} has {num_classes:,} distinct labels in {counted(num_rows, 'row')}, such as {shown_names(classes, 3)}: "
                        f"too few rows for each to learn from. {hint}")
    listed = shown_names(classes) if num_classes <= 10 else f"{num_classes} labels"
    return Target(labels, task, classes, form, (Notice("info", f"task: tell apart the {num_classes} labels of {name!r}, {listed} ({task}: {why}).", (name,)),))


def _has_leading_zeros(cells: pl.Series) -> bool:
    return cells.dtype == pl.String and bool(cells.str.contains(r"^0\d").any())
