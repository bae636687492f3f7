"""What a slice of rows may be made by: a category, a range of a number, a missing cell. None looks at the errors."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

NUM_BINS, NUM_BINS_OF_MANY, MANY_COLUMNS = 8, 4, 40
MOST_CATEGORIES, MOST_PAIRED_CATEGORIES = 30, 8
LONGEST_LABEL = 30
LEFT_OUT = ("text", "identifier", "constant")


@dataclass(frozen=True, eq=False)
class Condition:
    """Rows where `text` holds: `mask` is (row,) bool. `broad` ones are also tried in pairs."""

    column: str
    text: str
    mask: np.ndarray
    broad: bool = False


def conditions_of(cells: pl.DataFrame, kinds: dict[str, str], fewest: int) -> list[Condition]:
    """Conditions on every column that holds at least `fewest` rows on either side.

    A category, yes or no, a cell that is missing; of a number or a date every range between its eighths (quarters
    where there are more than 40 columns), or between its values where it has few. Texts, identifiers and constants
    make none.
    """
    names = [name for name in cells.columns if kinds.get(name) not in LEFT_OUT]
    num_bins = NUM_BINS if len(names) <= MANY_COLUMNS else NUM_BINS_OF_MANY
    found = [condition for name in names for condition in _of_column(cells[name], num_bins)]
    return [each for each in found if fewest <= each.mask.sum() <= len(each.mask) - fewest]


def _of_column(cells: pl.Series, num_bins: int) -> list[Condition]:
    name, missing = cells.name, cells.is_null().to_numpy()
    found = [Condition(name, f"{name} is missing", missing, broad=True)]
    if cells.dtype == pl.Boolean:
        values = cells.fill_null(False).to_numpy()
        return [
            *found,
            Condition(name, f"{name} = yes", values, broad=True),
            Condition(name, f"{name} = no", ~values & ~missing, broad=True),
        ]
    if cells.dtype.is_numeric():
        return found + ranges(name, cells.cast(pl.Float64).fill_null(np.nan).to_numpy(), num_bins)
    if cells.dtype.is_temporal():
        seconds = cells.cast(pl.Datetime("us")).dt.timestamp("us").cast(pl.Float64) / 1e6
        return found + ranges(name, seconds.fill_null(np.nan).to_numpy(), num_bins, dates=True)
    return found + categories(name, cells.cast(pl.String))


def categories(name: str, cells: pl.Series) -> list[Condition]:
    """The commonest values, the commonest first."""
    counts = cells.drop_nulls().value_counts(sort=True, name="rows").head(MOST_CATEGORIES)
    return [
        Condition(
            name,
            f"{name} = {_short(label)}",
            (cells == label).fill_null(False).to_numpy(),
            place < MOST_PAIRED_CATEGORIES,
        )
        for place, label in enumerate(counts[cells.name].to_list())
    ]


def ranges(name: str, values: np.ndarray, num_bins: int = NUM_BINS, *, dates: bool = False) -> list[Condition]:
    """Every run of neighbouring bins but the whole; `values` is (row,), NaN where missing.

    A cut is rounded before it is used, so that the text says exactly which rows are meant.
    """
    known = values[np.isfinite(values)]
    distinct = np.unique(known)
    if len(distinct) < 2:
        return []
    few = len(distinct) <= num_bins
    cuts = distinct if few else _cuts(known, num_bins, dates)
    uppers = cuts if few else np.append(cuts, np.inf)
    bins = np.where(np.isfinite(values), np.searchsorted(uppers, values, side="left"), -1)
    last = len(uppers) - 1
    shown = [_date(cut) if dates else _number(cut) for cut in cuts]
    found = []
    for first in range(last + 1):
        for end in range(first, last + 1):
            if (first, end) == (0, last):
                continue
            text = _range_text(name, shown, first, end, last, few)
            broad = first == end if last < NUM_BINS_OF_MANY else _is_broad(first, end, last)
            found.append(Condition(name, text, (bins >= first) & (bins <= end), broad))
    return found


def _cuts(known: np.ndarray, num_bins: int, dates: bool) -> np.ndarray:
    quantiles = np.quantile(known, np.arange(1, num_bins) / num_bins, method="lower")
    rounded = [_midnight(cut) if dates else float(f"{cut:.4g}") for cut in quantiles]
    return np.unique(rounded)


def _is_broad(first: int, end: int, last: int) -> bool:
    """Halves, the outer quarters, the middle: what two columns are crossed by."""
    quarter = (last + 1) / 4
    ends = {round(quarter) - 1, round(2 * quarter) - 1}
    starts = {round(2 * quarter), round(3 * quarter)}
    return (
        (first == 0 and end in ends)
        or (end == last and first in starts)
        or (first == round(quarter) and end == round(3 * quarter) - 1)
    )


def _range_text(name: str, shown: list[str], first: int, end: int, last: int, few: bool) -> str:
    if few and first == end:
        return f"{name} = {shown[first]}"
    if first == 0:
        return f"{name} ≤ {shown[end]}"
    if few:
        return f"{name} ≥ {shown[first]}" if end == last else f"{shown[first]} ≤ {name} ≤ {shown[end]}"
    return f"{name} > {shown[first - 1]}" if end == last else f"{shown[first - 1]} < {name} ≤ {shown[end]}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"


def _midnight(seconds: float) -> float:
    return float(seconds // 86_400 * 86_400)


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
