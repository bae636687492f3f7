"""Cells as the kind of their column."""

import datetime
import math

import polars as pl
import pytest
from table_files import cells

from caviar.data.casting import as_text, cast

DAY = datetime.datetime(2024, 1, 31)


def test_numbers_keep_count_of_odd_and_infinite_cells() -> None:
    found = cast(cells("1", "inf", None, "abc", "-inf", "2.5"), "number", "")
    assert found.values.to_list() == [1.0, None, None, None, None, 2.5]
    assert found.odd.to_list() == [False, False, False, True, False, False]
    assert found.infinite.to_list() == [False, True, False, False, True, False]


@pytest.mark.parametrize(
    ("kind", "form", "values", "expected"),
    [
        ("boolean", "", ["Yes", "n", "TRUE", "0", None, "maybe"], [True, False, True, False, None, None]),
        ("date", "month", ["1/31/2024", "2024-01-31", None, "soon"], [DAY, DAY, None, None]),
        ("category", "", ["1.0", "1", None], ["1.0", "1", None]),
        ("category", "number", ["1.0", "1", "-2.00", "0.50", "new", None], ["1", "1", "-2", "0.5", "new", None]),
        ("identifier", "number", ["7", "x", None], [7.0, None, None]),
        ("identifier", "", ["7", "x", None], ["7", "x", None]),
        ("constant", "number", ["1", "1", None], [1.0, 1.0, None]),
        ("text", "", ["a b", None, "1"], ["a b", None, "1"]),
    ],
)
def test_text_as_each_kind(kind: str, form: str, values: list[object], expected: list[object]) -> None:
    found = cast(cells(*values), kind, form)
    assert found.values.to_list() == expected
    assert found.odd.to_list() == [
        cell is not None and value is None for cell, value in zip(values, expected, strict=True)
    ]
    assert found.values.name == "x" and not found.infinite.any()


@pytest.mark.parametrize(
    ("typed", "kind", "form", "expected"),
    [
        (pl.Series([1.0, 2.5, None, math.inf]), "category", "number", ["1", "2.5", None, "inf"]),
        (pl.Series([3, None]), "category", "", ["3", None]),
        (pl.Series([True, None]), "category", "", ["true", None]),
        (pl.Series([True, None]), "boolean", "", [True, None]),
        (pl.Series([1.0, 0.0, 2.0, None]), "boolean", "", [True, False, None, None]),
        (pl.Series([DAY, None]), "date", "month", [DAY, None]),
        (pl.Series([DAY, None]), "number", "", [None, None]),
        (pl.Series([1.0, None]), "date", "year", [None, None]),
        (pl.Series([DAY, DAY.replace(hour=5)]), "category", "", ["2024-01-31", "2024-01-31 05:00:00"]),
    ],
)
def test_typed_cells_as_each_kind(typed: pl.Series, kind: str, form: str, expected: list[object]) -> None:
    assert cast(typed, kind, form).values.to_list() == expected


def test_numbers_too_large_for_exact_floats_stay_as_written() -> None:
    large = ["12345678901234567890", "9007199254740993"]
    assert as_text(cells(*large, "1e3", "7.0"), "number").to_list() == [*large, "1000", "7"]
