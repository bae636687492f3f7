"""What a feature column holds, judged once over the whole column; the rule that decided is told as the column's reason.

In this order: all missing or one value → constant; at least 95 % numbers → number, or identifier (counters; whole
numbers named like an id and nearly all distinct); two words such as yes and no → boolean; at least 95 % dates → date;
else text that repeats → category, nearly all distinct codes → identifier, anything else → text. Numbers, categories,
booleans and dates are used in training, the others are left out.
"""

import re
from dataclasses import dataclass

import polars as pl

from caviar.data.casting import EXACT, FALSE, TRUE, as_text
from caviar.data.records import Kind
from caviar.data.wording import counted, shown_cell, shown_number
from caviar.data.written_dates import as_dates, date_form, is_ambiguous
from caviar.data.written_numbers import as_numbers, number_form

MOSTLY = 0.95  # share of cells that decides a kind; the others count as missing
NEARLY_ALL_DISTINCT = 0.95
MIXED = 0.5  # from this share of numbers on, words among them are worth a warning
MOST_SPELLINGS = 8  # of two words: Yes, yes, YES …
ID_NAMES = {"id", "ids", "uuid", "guid"}
ROW_NAMES = ID_NAMES | {"index", "idx", "key", "no", "nr", "number", "row"}
TIME_NAMES = {"year", "month", "day", "date", "time", "timestamp", "hour", "minute", "second", "week", "quarter", "age"}
BOOLEAN_PAIRS = tuple({yes, no} for yes, no in zip(TRUE[:4], FALSE[:4], strict=True))


@dataclass(frozen=True)
class Guess:
    """The kind of a column, why, and how its cells are written. `remark` is worth telling beyond the reason."""

    kind: Kind
    reason: str
    form: str = ""
    remark: str = ""
    suspicious: bool = False

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
    numbers = as_numbers(present, form).drop_nulls()
    if len(numbers) >= MOSTLY * len(present):
        return _numbers(present, numbers, form, num_distinct)
    share = len(numbers) / len(present)
    return _boolean(present, num_distinct) or _date(present) or _words(present, num_distinct, share)


def impose(cells: pl.Series, kind: Kind, *, comma_is_decimal: bool = False) -> Guess | None:
    """The kind that the user sets, in the form that fits most cells; None where it fits none.

    A column that is all missing, or has one value, stays a constant.
    """
    present = cells.drop_nulls()
    if (found := infer(cells, comma_is_decimal=comma_is_decimal)).kind == "constant":
        return found
    if kind == "number":
        form = number_form(present, comma_is_decimal)
        return Guess(kind, "as declared", form) if as_numbers(present, form).count() else None
    if kind == "date":
        likely = date_form(present, 0.01) or "compact"
        return Guess(kind, "as declared", likely) if as_dates(present, likely).count() else None
    if kind == "boolean":
        words = set(present.cast(pl.String).str.to_lowercase().unique())
        return Guess(kind, "as declared") if words & {*TRUE, *FALSE} else None
    as_number = kind in ("category", "identifier") and _all_plain_numbers(present)
    return Guess(kind, "as declared", "number" if as_number else "")


def _one_value(cells: pl.Series, present: pl.Series) -> Guess:
    """Where many cells are missing and many are not, one value still tells two kinds of rows apart."""
    form = "number" if _all_plain_numbers(present) else ""
    value = shown_cell(as_text(present[:1], form)[0])
    if min(len(present), cells.null_count()) >= max(5, len(cells) // 100):
        return Guess("category", f"{value} or missing", form)
    return Guess("constant", f"every cell is {value}" + " or missing" * bool(cells.null_count()), form)


def _numbers(present: pl.Series, numbers: pl.Series, form: str, num_distinct: int) -> Guess:
    """A column of (nearly) only numbers: codes, counters and dates among them stand out by their looks and names."""
    finite = numbers.filter(numbers.is_finite())
    if finite.n_unique() < 2:
        if len(numbers) < len(present):
            return _words(present, num_distinct, 1.0)
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
        return _words(present, num_distinct, 1.0, codes="codes with leading zeros, no amounts")
    exact = "number" if max(-low, high) < EXACT else ""
    if num_distinct >= NEARLY_ALL_DISTINCT * len(present):
        if reason := _counts_rows(numbers, low, high, names):
            return Guess("identifier", reason, exact)
    elif names and {names[0], names[-1]} & ID_NAMES:
        return _words(present, num_distinct, 1.0, codes="numbers named as an id, no amounts", form=exact)
    if "date" in names:
        dates = as_dates(present, "compact").drop_nulls()
        return Guess("date", _span(dates), "compact") if len(dates) >= MOSTLY * len(present) else None
    return None


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


def _boolean(present: pl.Series, num_distinct: int) -> Guess | None:
    words = set(present.str.to_lowercase().unique()) if num_distinct <= MOST_SPELLINGS else set()
    if words not in BOOLEAN_PAIRS:
        return None
    return Guess("boolean", " or ".join(sorted(words, reverse=True)))


def _date(present: pl.Series) -> Guess | None:
    form = date_form(present, MOSTLY)
    if form is None:
        return None
    remark = ""
    if is_ambiguous(present, form):
        remark = (f"column {present.name!r} could have the day or the month first ({shown_cell(present[0])}): read "
                  f"with the {form} first. Write dates as 2024-01-31 if that is wrong.")
    return Guess("date", _span(as_dates(present, form).drop_nulls()), form, remark, bool(remark))


def _words(present: pl.Series, num_distinct: int, numbers: float, *, codes: str = "", form: str = "") -> Guess:
    """Category, identifier or text, by how often cells repeat and how they look; `numbers` is the share of such."""
    num_rows = len(present)
    counts = present.value_counts(name="count")["count"]
    in_frequent = int(counts.filter(counts >= 5).sum()) / num_rows
    distinct = f"{num_distinct:,} distinct texts in {counted(num_rows, 'row')}"
    kind: Kind
    if num_distinct >= NEARLY_ALL_DISTINCT * num_rows:
        is_code = bool(codes) or _look_like_codes(present)
        kind, reason = ("identifier", "codes, nearly all distinct") if is_code else ("text", distinct)
    elif num_rows < 2 * num_distinct and in_frequent < 0.5:
        kind, reason = "text", f"{distinct}: few repeat"
    elif num_rows < 10 * num_distinct and present.cast(pl.String).str.len_chars().mean() > 60:  # type: ignore[operator]
        kind, reason = "text", f"long texts, {num_distinct:,} of them distinct"
    else:
        kind, reason = "category", counted(num_distinct, "category", "categories") + f" ({codes})" * bool(codes)
    remark = _mixture(present, kind, numbers) if MIXED <= numbers < MOSTLY and num_distinct > 2 else ""
    return Guess(kind, reason, form, remark, bool(remark))


def _mixture(present: pl.Series, kind: Kind, numbers: float) -> str:
    """Warns of words among numbers where few of them differ; many different ones are codes, such as ticket numbers."""
    words = present.filter(as_numbers(present).is_null())
    if words.n_unique() > max(3, len(words) // 5):
        return ""
    return (f"column {present.name!r} mixes numbers ({numbers:.0%} of its cells) and words, such as "
            f"{shown_cell(words[0])}: taken as {kind}. If words do not belong there, set "
            f"--types {present.name}=number, and they count as missing.")


def _look_like_codes(present: pl.Series) -> bool:
    """Short, without blanks, with digits."""
    least = MOSTLY * len(present)
    return bool((~present.str.contains(r"\s")).sum() >= least and present.str.contains(r"\d").sum() >= least
                and (present.str.len_chars() <= 40).sum() >= least)


def _all_plain_numbers(present: pl.Series) -> bool:
    if present.dtype != pl.String:
        return present.dtype.is_numeric()
    return not as_numbers(present).null_count() and not present.str.contains(r"^0\d").any()


def _span(moments: pl.Series) -> str:
    return f"dates, {str(moments.min())[:10]} to {str(moments.max())[:10]}"


def _name_words(name: str) -> list[str]:
    """"PassengerId" and "passenger_id" → ["passenger", "id"]."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
