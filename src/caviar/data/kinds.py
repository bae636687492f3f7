"""What a feature column holds, judged once over the whole column. Each rule is told as the column's reason.

In this order: all missing or one value → constant; at least 95 % numbers → number, or identifier (counters; whole numbers
named like an id and nearly all distinct); two words such as yes and no → boolean; at least 95 % dates → date; else text that
repeats → category, nearly all distinct codes → identifier, anything else → text. Numbers, categories, booleans and dates are
used in training, the others are left out.
"""

import re
from dataclasses import dataclass

import polars as pl

from caviar.data.casting import EXACT, FALSE, TRUE, as_text
from caviar.data.records import Kind
from caviar.data.wording import counted, shown_cell, shown_number
from caviar.data.written_dates import as_dates, date_form, is_ambiguous
from caviar.data.written_numbers import as_numbers, number_form

MOSTLY = 0.95  # share of cells that decide a kind; the others count as missing
NEARLY_ALL_DISTINCT = 0.95
ID_NAMES = {"id", "ids", "uuid", "guid"}
ROW_NAMES = ID_NAMES | {"index", "idx", "key", "no", "nr", "number", "row"}
TIME_NAMES = {"year", "month", "day", "date", "time", "timestamp", "hour", "minute", "second", "week", "quarter", "age"}
BOOLEAN_PAIRS = tuple({yes, no} for yes, no in zip(TRUE[:4], FALSE[:4], strict=True))


@dataclass(frozen=True)
class Guess:
    """The kind of a column, why, and how its cells are written. `remark` is worth telling the user beyond the reason."""

    kind: Kind
    reason: str
    form: str = ""
    remark: str = ""

    @property
    def used(self) -> bool:
        return self.kind in ("number", "category", "boolean", "date")


def infer(cells: pl.Series, *, comma_is_decimal: bool = False) -> Guess:
    """The kind of a column of cleaned cells (missing ones null), by the rules above."""
    present = cells.drop_nulls()
    if not len(present):
        return Guess("constant", "every cell is missing")
    num_distinct = present.n_unique()
    if num_distinct == 1:
        return _one_value(cells, present)
    if cells.dtype == pl.Boolean:
        return Guess("boolean", "true or false")
    if cells.dtype == pl.Datetime:
        return Guess("date", _span(present))
    form = number_form(present, comma_is_decimal)
    numbers = as_numbers(present, form)
    share = 1 - numbers.null_count() / len(present)
    if share >= MOSTLY:
        return _numbers(present, numbers.drop_nulls(), form, num_distinct)
    words = set(present.head(1000).str.to_lowercase().unique().to_list())
    if len(words) == 2 and words in BOOLEAN_PAIRS and set(present.str.to_lowercase().unique().to_list()) == words:
        return Guess("boolean", " or ".join(sorted(words, reverse=True)))
    if form := date_form(present, MOSTLY):
        assumed = "" if not is_ambiguous(present, form) else (
            f"column {cells.name!r} could have the day or the month first ({shown_cell(present[0])}): read with the {form} first. "
            "Write dates as 2024-01-31 if that is wrong.")
        return Guess("date", _span(as_dates(present, form).drop_nulls()), form, assumed)
    return _words(present, num_distinct, share)


def impose(cells: pl.Series, kind: Kind, *, comma_is_decimal: bool = False) -> Guess | None:
    """The kind that the user sets, with the form in which most cells are of it; None where no cell is.

    A column that is all missing, or has one value, stays a constant.
    """
    present = cells.drop_nulls()
    found = infer(cells, comma_is_decimal=comma_is_decimal)
    if found.kind == "constant":
        return found
    if kind == "number":
        form = number_form(present, comma_is_decimal)
        return Guess(kind, "as set", form) if as_numbers(present, form).count() else None
    if kind == "date":
        if cells.dtype == pl.Datetime:
            return Guess(kind, "as set")
        form = next((form for form in _date_forms(present) if as_dates(present, form).count()), None)
        return None if form is None else Guess(kind, "as set", form)
    if kind == "boolean":
        words = set(present.cast(pl.String).str.to_lowercase().unique().to_list())
        return Guess(kind, "as set") if words & {*TRUE, *FALSE} else None
    return Guess(kind, "as set", "number" if kind in ("category", "identifier") and _all_plain_numbers(present) else "")


def _date_forms(present: pl.Series) -> list[str]:
    if present.dtype != pl.String:
        return ["compact"] if present.dtype.is_integer() else []
    likely = date_form(present, 0.01)
    return [*([likely] if likely else []), "compact"]


def _one_value(cells: pl.Series, present: pl.Series) -> Guess:
    """Where many cells are missing, one value still tells two kinds of row apart."""
    few = max(5, len(cells) // 100)
    form = "number" if _all_plain_numbers(present) else ""
    shown = shown_cell(as_text(present[:1], form)[0])
    if min(len(present), cells.null_count()) >= few:
        return Guess("category", f"{shown} or missing", form)
    return Guess("constant", f"every cell is {shown}" + " or missing" * bool(cells.null_count()), form)


def _numbers(present: pl.Series, numbers: pl.Series, form: str, num_distinct: int) -> Guess:
    """A column of (nearly) only numbers: codes, counters and dates among them stand out by their looks and their name."""
    finite = numbers.filter(numbers.is_finite())
    if finite.n_unique() < 2:
        if len(numbers) < len(present):
            return _words(present, num_distinct, 1.0)
        others = f", {shown_number(finite[0])}" if len(finite) else ""
        return Guess("constant", f"every cell is infinite{others} or missing", "number")
    low, high = float(finite.min()), float(finite.max())  # type: ignore[arg-type]
    whole, names = bool((finite == finite.floor()).all()), _name_words(present.name)
    if whole and not form:
        if present.dtype == pl.String and present.str.contains(r"^0\d").mean() > 0.01:  # type: ignore[operator]
            return _words(present, num_distinct, 1.0, codes="codes with leading zeros, no amounts")
        exact = "number" if max(-low, high) < EXACT else ""
        if num_distinct >= NEARLY_ALL_DISTINCT * len(present):
            if reason := _counts_rows(numbers, low, high, names):
                return Guess("identifier", reason, exact)
        elif names and {names[0], names[-1]} & ID_NAMES:
            return _words(present, num_distinct, 1.0, codes="numbers named as an id, no amounts", form=exact)
        if "date" in names and as_dates(present.cast(pl.Int64, strict=False), "compact").count() >= MOSTLY * len(present):
            return Guess("date", _span(as_dates(present, "compact").drop_nulls()), "compact")
    remark = ""
    if present.dtype == pl.String:
        unusual = present.filter(present.cast(pl.Float64, strict=False).is_null() & as_numbers(present, form).is_not_null())
        if len(unusual):
            remark = (f"column {present.name!r} has numbers written like {shown_cell(unusual[0])}: "
                      f"read as {as_numbers(unusual[:1], form)[0]:.10g}.")
    return Guess("number", f"{'whole ' * whole}numbers, {shown_number(low)} to {shown_number(high)}" + f", {form}" * bool(form), form, remark)


def _counts_rows(numbers: pl.Series, low: float, high: float, names: list[str]) -> str:
    """Why nearly all distinct whole numbers are an identifier; "" where they may well be amounts."""
    if len(numbers) >= 10 and names and {names[0], names[-1]} & ROW_NAMES:
        return "whole numbers, nearly all distinct, named as an identifier"
    if set(names) & TIME_NAMES:
        return ""
    if len(numbers) >= 20 and high - low + 1 <= 1.2 * len(numbers):
        return "whole numbers that count the rows"
    steps = numbers.diff().drop_nulls()
    if len(numbers) >= 30 and ((steps > 0).all() or (steps < 0).all()):
        return f"whole numbers that go {'up' if steps[0] > 0 else 'down'} from row to row"
    return ""


def _words(present: pl.Series, num_distinct: int, share_of_numbers: float, *, codes: str = "", form: str = "") -> Guess:
    """Category, identifier or text, by how often cells repeat and how they look."""
    num_rows = len(present)
    counts = present.value_counts()["count"]
    in_frequent = int(counts.filter(counts >= 5).sum()) / num_rows
    if num_distinct >= NEARLY_ALL_DISTINCT * num_rows:
        if codes or _look_like_codes(present):
            return Guess("identifier", "codes, nearly all distinct", form)
        return Guess("text", f"{num_distinct:,} distinct texts in {counted(num_rows, 'row')}")
    if num_rows < 2 * num_distinct and in_frequent < 0.5:
        return Guess("text", f"{num_distinct:,} distinct texts in {counted(num_rows, 'row')}: few repeat")
    if present.dtype == pl.String and num_rows < 10 * num_distinct and present.str.len_chars().mean() > 60:  # type: ignore[operator]
        return Guess("text", f"long texts, {num_distinct:,} of them distinct")
    remark = ""
    if not codes and 0.05 <= share_of_numbers < MOSTLY and num_distinct > 2:
        odd = present.filter(as_numbers(present).is_null())
        remark = (f"column {present.name!r} mixes numbers ({share_of_numbers:.0%} of its cells) and words ({1 - share_of_numbers:.0%}, such as "
                  f"{shown_cell(odd[0])}): read as categories. If a word means missing, name it with --missing; if it should not be there, "
                  f"set --types {present.name}=number.")
    return Guess("category", f"{counted(num_distinct, 'category', 'categories')}" + f" ({codes})" * bool(codes), form, remark)


def _look_like_codes(present: pl.Series) -> bool:
    """Short, without blanks, with digits."""
    text = present.cast(pl.String)
    return bool((~text.str.contains(r"\s")).mean() >= MOSTLY and text.str.contains(r"\d").mean() >= 0.8  # type: ignore[operator]
                and text.str.len_chars().mean() <= 40)  # type: ignore[operator]


def _all_plain_numbers(present: pl.Series) -> bool:
    if present.dtype != pl.String:
        return present.dtype.is_numeric()
    return not as_numbers(present).null_count() and not present.str.contains(r"^0\d").any()


def _span(moments: pl.Series) -> str:
    return f"dates, {str(moments.min())[:10]} to {str(moments.max())[:10]}"


def _name_words(name: str) -> list[str]:
    """"PassengerId" and "passenger_id" → ["passenger", "id"]."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
