"""Columns of text: two words → boolean, repeated text → category, distinct codes → identifier, anything else → text."""

import polars as pl

from caviar.data.casting import FALSE, TRUE
from caviar.data.guess import MOSTLY, NEARLY_ALL_DISTINCT, Guess
from caviar.data.records import Kind
from caviar.data.wording import counted, shown_cell
from caviar.data.written_numbers import as_numbers

MIXED = 0.5  # from this share of numbers on, words among them are worth a warning
FREQUENT = 0.3  # share of the rows in values that repeat (5 rows or more), from which on rare ones do not matter
MOST_SPELLINGS = 8  # of two words: Yes, yes, YES …
BOOLEAN_PAIRS = tuple({yes, no} for yes, no in zip(TRUE[:4], FALSE[:4], strict=True))


def guess_boolean(present: pl.Series, num_distinct: int) -> Guess | None:
    words = set(present.str.to_lowercase().unique()) if num_distinct <= MOST_SPELLINGS else set()
    if words not in BOOLEAN_PAIRS:
        return None
    return Guess("boolean", " or ".join(sorted(words, reverse=True)))


def guess_words(present: pl.Series, num_distinct: int, numbers: float, *, codes: str = "", form: str = "") -> Guess:
    """Category, identifier or text, by how often cells repeat and how they look; `numbers` is the share of such."""
    num_rows = len(present)
    counts = present.value_counts(name="count")["count"]
    in_frequent = int(counts.filter(counts >= 5).sum()) / num_rows
    distinct = f"{num_distinct:,} distinct texts in {counted(num_rows, 'row')}"
    kind: Kind
    if num_distinct >= NEARLY_ALL_DISTINCT * num_rows:
        is_code = bool(codes) or _look_like_codes(present)
        kind, reason = ("identifier", "codes, nearly all distinct") if is_code else ("text", distinct)
    elif num_rows < 2 * num_distinct and in_frequent < FREQUENT:
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
    return (
        f"column {present.name!r} mixes numbers ({numbers:.0%} of its cells) and words, such as "
        f"{shown_cell(words[0])}: taken as {kind}. If words do not belong there, set "
        f"--types {present.name}=number, and they count as missing."
    )


def _look_like_codes(present: pl.Series) -> bool:
    """Short, without blanks, with digits."""
    least = MOSTLY * len(present)
    return bool(
        (~present.str.contains(r"\s")).sum() >= least
        and present.str.contains(r"\d").sum() >= least
        and (present.str.len_chars() <= 40).sum() >= least
    )
