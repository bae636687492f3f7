"""What a feature column holds, judged once over the whole column; the rule that decided is told as the column's reason.

In this order: all missing or one value → constant; at least 95 % numbers → number, or identifier (counters; whole
numbers named like an id and nearly all distinct); two words such as yes and no → boolean; at least 95 % dates → date;
else text that repeats → category, nearly all distinct codes → identifier, anything else → text. Numbers, categories,
booleans and dates are used in training, the others are left out.
"""

import polars as pl

from caviar.data.casting import FALSE, TRUE, as_text
from caviar.data.guess import MOSTLY, Guess
from caviar.data.number_kinds import guess_numbers
from caviar.data.records import Kind
from caviar.data.word_kinds import guess_boolean, guess_words
from caviar.data.wording import shown_cell
from caviar.data.written_dates import as_dates, date_form, date_span, is_ambiguous
from caviar.data.written_numbers import as_numbers, number_form


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
        return Guess("date", date_span(present))
    form = number_form(present, comma_is_decimal)
    numbers = as_numbers(present, form).drop_nulls()
    if len(numbers) >= MOSTLY * len(present):
        return guess_numbers(present, numbers, form, num_distinct)
    share = len(numbers) / len(present)
    return guess_boolean(present, num_distinct) or _date(present) or guess_words(present, num_distinct, share)


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


def _date(present: pl.Series) -> Guess | None:
    form = date_form(present, MOSTLY)
    if form is None:
        return None
    remark = ""
    if is_ambiguous(present, form):
        remark = (
            f"column {present.name!r} could have the day or the month first ({shown_cell(present[0])}): read "
            f"with the {form} first. Write dates as 2024-01-31 if that is wrong."
        )
    return Guess("date", date_span(as_dates(present, form).drop_nulls()), form, remark, bool(remark))


def _all_plain_numbers(present: pl.Series) -> bool:
    if present.dtype != pl.String:
        return present.dtype.is_numeric()
    return not as_numbers(present).null_count() and not present.str.contains(r"^0\d").any()
