"""The task that follows from a target, and targets that are refused."""

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import cells

from caviar.core.errors import DataError
from caviar.data.target_task import find_target, read_target, sort_labels


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["no", "yes"] * 5, "binary", ("no", "yes")),
        (["b", "a", "c"] * 5, "multiclass", ("a", "b", "c")),
        ([2, 1] * 5, "binary", ("1", "2")),
        ([0.5, 2] * 5, "binary", ("0.5", "2")),
        (["1.0", "1", "2"] * 5, "binary", ("1", "2")),
        ([9, 10, 3] * 10, "multiclass", ("3", "9", "10")),
        ([9, 10, 3] * 9 + [1, 2], "regression", ()),
        (list(range(20)) * 10, "multiclass", tuple(str(label) for label in range(20))),
        (list(range(21)) * 10, "regression", ()),
        ([1, 2, 3.5] * 10, "regression", ()),
        (["1,5", "2", "3"] * 10, "regression", ()),
        (["01", "02", "10"] * 5, "multiclass", ("01", "02", "10")),
        ([1, 2, "other"] * 5, "multiclass", ("1", "2", "other")),
        ([*[1, 2, 3] * 33, "other"], "multiclass", ("1", "2", "3", "other")),
    ],
)
def test_task_and_classes_are_inferred(values: list[object], task: str, classes: tuple[str, ...]) -> None:
    found = read_target(cells(*values), None)
    assert (found.task, found.classes) == (task, classes)
    assert found.values.dtype == (pl.Float64 if task == "regression" else pl.String)
    assert task in found.notices[0].text


@pytest.mark.parametrize(
    ("typed", "task", "classes"),
    [
        (pl.Series("x", [True, False] * 5), "binary", ("false", "true")),
        (pl.Series("x", [1.0, 2.0, 3.0] * 10), "multiclass", ("1", "2", "3")),
        (pl.Series("x", [1.25, 2.5, 3.0] * 10), "regression", ()),
    ],
)
def test_task_of_typed_targets(typed: pl.Series, task: str, classes: tuple[str, ...]) -> None:
    found = read_target(typed, None)
    assert (found.task, found.classes) == (task, classes)


def test_a_task_that_was_set_wins_and_whole_numbers_tell_how_to_set_it() -> None:
    grades = cells(*[3, 4, 5, 6] * 20)
    assert "--task regression" in read_target(grades, None).notices[0].text
    assert read_target(grades, "regression").values.to_list()[:4] == [3.0, 4.0, 5.0, 6.0]
    assert read_target(cells(*[1.5, 2.5, 3.5] * 5), "multiclass").classes == ("1.5", "2.5", "3.5")


def test_decimal_commas_of_a_target_are_read() -> None:
    found = read_target(cells("1,5", "2,25", "7"), None)
    assert (found.values.to_list(), found.form) == ([1.5, 2.25, 7.0], "decimal comma")


@pytest.mark.parametrize(
    ("values", "task", "message"),
    [
        (
            ["a", None, "b", None],
            None,
            r"'x' must have a value in every row, but is missing in 2 of 4: rows 2, 4 \(row 1 is the first",
        ),
        ([1.5, None, 2.5], None, r"missing in 1 of 3: row 2 "),
        ([None] * 3, None, r"'x' is missing in every row"),
        (["a"] * 5, None, r"must have at least two different values, but each of its 5 rows holds 'a'"),
        ([3.5] * 5, None, r"each of its 5 rows holds '3\.5'"),
        (["1", "1.0"] * 3, None, r"must have at least two different values"),
        (
            [f"n{row}" for row in range(9)],
            None,
            r"has 9 distinct labels in 9 rows, such as 'n0', 'n1', 'n2'.*Is this the column",
        ),
        (list(range(30)), "multiclass", r"30 distinct labels in 30 rows.*Set --task regression"),
        ([f"n{row % 1001}" for row in range(3003)], None, r"has 1,001 distinct labels"),
        ([*range(99), "abc"], None, r"must hold finite numbers, but does not in 1 row of 100: 'abc' \(row 100\)"),
        ([*range(99), "inf"], None, r"'inf' \(row 100\)"),
        (["a", "b", "c"], "regression", r"task regression needs numbers in target 'x', but it holds 'a', 'b', 'c'"),
        (["a", "b", "c"] * 3, "binary", r"task binary needs two labels in target 'x', but it has 3: 'a', 'b', 'c'"),
        (["a", "b"] * 3, "multiclass", r"task multiclass needs three labels or more .* has 2: 'a', 'b'"),
        (
            ["a", "b"] * 3,
            "regresion",
            r"must be one of binary, multiclass, regression; got 'regresion'. Did you mean 'regression'",
        ),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(values: list[object], task: str | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_target(cells(*values), task)  # type: ignore[arg-type]


def test_dates_and_booleans_are_no_regression() -> None:
    for typed in (
        pl.Series("x", [True, False]),
        pl.Series("x", [datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 2)]),
    ):
        with pytest.raises(DataError, match="needs numbers"):
            read_target(typed, "regression")


def test_a_missing_target_column_lists_the_columns_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"Name it with --target\. The columns of new\.csv: 'a', 'income'\.$"):
        find_target(["a", "income"], None, "new.csv")
    with pytest.raises(DataError, match=r"no column 'Incom' to predict\. Did you mean 'income'\? The columns of"):
        find_target(["a", "income"], "Incom", "new.csv")
    with pytest.raises(DataError, match=r"If blanks separate the cells"):
        find_target(["a b income"], "income", "new.csv")


@given(st.lists(st.text("ab0123.-", max_size=3), unique=True, max_size=8))
def test_labels_sort_by_value_where_all_are_numbers_and_as_text_otherwise(labels: list[str]) -> None:
    in_order = sort_labels(labels)
    assert sorted(in_order) == sorted(labels)
    try:
        assert list(in_order) == sorted(labels, key=lambda label: (float(label), label))
    except ValueError:
        assert list(in_order) == sorted(labels)
