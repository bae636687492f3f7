"""Spellings of a missing cell."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import cells

from caviar.data.cleaning import MISSING, clean


@pytest.mark.parametrize("spelling", [*MISSING, " ", " NA ", "\tnull", "\u00a0"])
def test_each_usual_spelling_is_missing_with_blanks_around_too(spelling: str) -> None:
    assert clean(cells(spelling, "x").to_frame())["x"].to_list() == [None, "x"]


@pytest.mark.parametrize("text", ["Na", "None", "n/a", "N/A", "-", "none", "unknown", "0", "??"])
def test_other_words_are_kept(text: str) -> None:
    assert clean(cells(f" {text} ").to_frame())["x"].to_list() == [text]


def test_added_spellings_are_missing_in_all_columns() -> None:
    frame = pl.DataFrame({"a": ["-", "x", " n/a"], "b": ["n/a", "-", "N/A"]})
    assert clean(frame, ["-", "n/a"]).rows() == [(None, None), ("x", None), (None, "N/A")]


def test_an_added_number_is_missing_by_value_in_text_and_numbers() -> None:
    frame = pl.DataFrame(
        {"text": ["-999", "-999.0", "-99", "a"], "whole": [-999, 1, 2, 3], "float": [1.0, -999.0, 2.0, 3.0]}
    )
    assert clean(frame, ["-999"]).rows() == [(None, None, 1.0), (None, 1, None), ("-99", 2, 2.0), ("a", 3, 3.0)]


def test_nan_is_missing_and_infinity_is_not() -> None:
    assert clean(pl.DataFrame({"x": [1.0, float("nan"), float("inf")]}))["x"].to_list() == [1.0, None, float("inf")]


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1, max_size=10))
def test_cleaning_twice_changes_nothing_more(values: list[str | None]) -> None:
    frame = pl.DataFrame({"x": values}, schema={"x": pl.String})
    once = clean(frame, ["-"])
    assert clean(once, ["-"]).equals(once)
