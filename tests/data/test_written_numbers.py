"""Spellings of numbers."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import cells

from caviar.data.written_numbers import as_numbers, number_form


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_every_float_is_read_back_exactly_from_its_text(values: list[float]) -> None:
    assert as_numbers(cells(*map(repr, values))).to_list() == values


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=10), st.integers(0, 3))
def test_thousands_and_decimal_commas_mean_the_same_number(values: list[int], digits: int) -> None:
    numbers = [value / 10**digits for value in values]
    english = cells(*[f"{number:,.{digits}f}" for number in numbers])
    german = cells(*[f"{number:,.{digits}f}".translate(str.maketrans(",.", ".,")) for number in numbers])
    assert as_numbers(english, "thousands").to_list() == pytest.approx(numbers)
    assert as_numbers(german, "decimal comma, thousands").to_list() == pytest.approx(numbers)


@pytest.mark.parametrize(
    ("texts", "comma_is_decimal", "form"),
    [
        (["1", "2.5", "-3e4", "inf"], False, ""),
        (["1,234", "12"], False, "thousands"),
        (["1,234", "12"], True, "decimal comma"),
        (["1,234,567", "1,234"], True, "thousands"),
        (["1,5", "1,234"], False, "decimal comma"),
        (["1.234,5", "1.234"], False, "decimal comma, thousands"),
        (["$1,234.50"], False, "thousands"),
        (["Smith, John", "1"], False, ""),
        ([], False, ""),
    ],
)
def test_the_form_of_a_column(texts: list[str], comma_is_decimal: bool, form: str) -> None:
    assert number_form(cells(*texts), comma_is_decimal) == form


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [
        ("+5", "", 5),
        (".5", "", 0.5),
        ("1.", "", 1),
        ("1E3", "", 1000),
        ("−3", "", -3),
        ("$5", "", 5),
        ("-$5.5", "", -5.5),
        ("€ 7", "", 7),
        ("7 €", "", 7),
        ("12%", "", 12),
        ("12.5 %", "", 12.5),
        ("$1,234", "thousands", 1234),
        ("1,5", "decimal comma", 1.5),
        ("-,5", "decimal comma", -0.5),
        ("1.5", "decimal comma", 1.5),
        ("1.234", "decimal comma, thousands", 1234),
        ("1.5", "decimal comma, thousands", 1.5),
    ],
)
def test_one_number_in_many_spellings(text: str, form: str, number: float) -> None:
    assert as_numbers(cells(text), form).to_list() == [number]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1,5", ""),
        ("1,23,456", "thousands"),
        ("12,34", "thousands"),
        ("1 000", ""),
        ("0x10", ""),
        ("1e", ""),
        ("--1", ""),
        ("abc", ""),
        ("5 kg", ""),
        ("1_000", ""),
        ("%", ""),
        ("1.2.3", ""),
        ("", ""),
        ("nan", ""),
        ("-nan", ""),
        ("٣", ""),
        ("1,2,3", "decimal comma"),
    ],
)
def test_what_is_no_number_of_the_form_is_missing(text: str, form: str) -> None:
    assert as_numbers(cells(text), form).to_list() == [None]


def test_typed_columns_are_numbers_already_and_dates_are_none() -> None:
    assert as_numbers(pl.Series([1, None], dtype=pl.UInt8)).to_list() == [1.0, None]
    assert as_numbers(pl.Series([True, False])).to_list() == [1.0, 0.0]
    assert as_numbers(pl.Series([math.nan, math.inf])).to_list() == [None, math.inf]
    assert as_numbers(pl.Series([0], dtype=pl.Datetime("us"))).to_list() == [None]
