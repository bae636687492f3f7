"""Columns of numbers: most are numbers, but codes, counters and dates stand out by their looks and names."""

import re

import polars as pl

from caviar.data.casting import EXACT
from caviar.data.guess import MOSTLY, NEARLY_ALL_DISTINCT, Guess
from caviar.data.word_kinds import guess_words
from caviar.data.wording import shown_cell, shown_number
from caviar.data.written_dates import as_dates, date_span
from caviar.data.written_numbers import as_numbers

ID_NAMES = {"id", "ids", "uuid", "guid"}
ROW_NAMES = ID_NAMES | {"index", "idx", "key", "no", "nr", "number", "row"}
TIME_NAMES = {"year", "month", "day", "date", "time", "timestamp", "hour", "minute", "second", "week", "quarter", "age"}


def guess_numbers(present: pl.Series, numbers: pl.Series, form: str, num_distinct: int) -> Guess:
    """A column of (nearly) only numbers: codes, counters and dates among them stand out by their looks and names."""
    finite = numbers.filter(numbers.is_finite())
    if finite.n_unique() < 2:
        if len(numbers) < len(present):
            return guess_words(present, num_distinct, 1.0)
        others = f", {shown_number(finite[0])}" if len(finite) else ""
        return Guess("constant", f"every cell is infinite{others} or missing", "number")
    low, high = float(finite.min()), float(finite.max())  # type: ignore[arg-type]
    whole = bool((finite == finite.floor()).all())
    if whole and not form and (guess := _whole_numbers(present, numbers, low, high, num_distinct)):
        return guess
    span = f"{'whole ' * whole}numbers, {shown_number(low)} to {shown_number(high)}"
    return Guess("number", span + f", {form}" * bool(form), form, _unusual_spelling(present, form))


def _whole_numbers(present: pl.Series, numbers: pl.Series, low: float, high: float, num_distinct: int) -> Guess | None:
    """Whole numbers that are no amounts: codes, counters, dates such as 20240131."""
    names = _name_words(present.name)
    if present.dtype == pl.String and present.str.contains(r"^0\d").sum() > 0.01 * len(present):
        return guess_words(present, num_distinct, 1.0, codes="codes with leading zeros, no amounts")
    exact = "number" if max(-low, high) < EXACT else ""
    if num_distinct >= NEARLY_ALL_DISTINCT * len(present):
        if reason := _counts_rows(numbers, low, high, names):
            return Guess("identifier", reason, exact)
    elif names and {names[0], names[-1]} & ID_NAMES:
        return guess_words(present, num_distinct, 1.0, codes="numbers named as an id, no amounts", form=exact)
    if "date" in names:
        dates = as_dates(present, "compact").drop_nulls()
        return Guess("date", date_span(dates), "compact") if len(dates) >= MOSTLY * len(present) else None
    return None


def _counts_rows(numbers: pl.Series, low: float, high: float, names: list[str]) -> str:
    """Why nearly all distinct whole numbers are an identifier; "" where they may well be amounts."""
    if names and {names[0], names[-1]} & ROW_NAMES:
        return "whole numbers, nearly all distinct, named as an identifier"
    if set(names) & TIME_NAMES:
        return ""
    if len(numbers) >= 20 and high - low + 1 <= 1.2 * len(numbers):
        return "whole numbers that count the rows"
    steps = numbers.diff().drop_nulls()
    if len(numbers) >= 30 and ((steps > 0).all() or (steps < 0).all()):
        return f"whole numbers that go {'up' if steps[0] > 0 else 'down'} from row to row"
    return ""


def _unusual_spelling(present: pl.Series, form: str) -> str:
    """Tells of numbers that are not written plainly, with the longest of the first few as the example."""
    if present.dtype != pl.String:
        return ""
    unusual = present.filter(present.cast(pl.Float64, strict=False).is_null() & as_numbers(present, form).is_not_null())
    if not len(unusual):
        return ""
    example = max(unusual.head(100), key=len)
    value = as_numbers(pl.Series([example]), form)[0]
    return f"column {present.name!r} has numbers written like {shown_cell(example)}: read as {value:.10g}."


def _name_words(name: str) -> list[str]:
    """ "PassengerId" and "passenger_id" → ["passenger", "id"]."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
