"""Slices of rows that hold more than their share of the mistakes, found by themselves, with their ceilings. Notes C3.

The *ceiling* of a slice is the error that would be left if its rows were mended: if they erred like the rest, and if
they erred no more. It says what work on them can bring at most, before any of it is done.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from caviar.diagnosis.conditions import Condition
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.intervals import Metric
from caviar.diagnosis.slice_search import FEWEST_ROWS, SliceSearch

MOST_ROWS = 10_000  # searched; found slices are measured on all rows
MOST_SLICES = 8


@dataclass(frozen=True)
class Slice:
    """Rows that meet one or two conditions.

    Attributes:
        text: the conditions in words. columns: those that they are about.
        error, interval: of its rows: a share of mistakes, or an RMSE.
        expected_error: what the model itself expected to get wrong there, 1 − its probability; None where unknown.
        share_of_rows, share_of_mistakes: of all, in [0, 1]; of the squared error for regression.
        rest_error, error_without: the ceiling: the error of all rows if the slice erred like the rest (which is the
            rest's own error), and if it erred no more.
        chance: how often the largest score of healthy data would be as large, in (0, 1].
    """

    text: str
    columns: tuple[str, ...]
    rows: int
    error: float
    interval: tuple[float, float]
    rest_error: float
    expected_error: float | None
    share_of_rows: float
    share_of_mistakes: float
    error_without: float
    chance: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Found:
    """The slices, the largest ceiling first, how many were looked at, and each one's rows, (row,) bool."""

    slices: tuple[Slice, ...]
    looked_at: int
    masks: tuple[np.ndarray, ...] = ()


def find_slices(
    conditions: list[Condition],
    errors: np.ndarray,
    metric: Metric,
    *,
    expected: np.ndarray | None = None,
    pairs: bool = True,
    most: int = MOST_SLICES,
    seed: int = 0,
) -> Found:
    """The slices that do worse than the rest by more than chance; overlapping ones collapse to the most telling.

    The slice of the highest score comes first; then the one of the highest score among the rows that are left, and so
    on. Of two conditions each must tell something: the slice does worse than the rest of either.

    Args:
        conditions: with masks (row,), as `conditions_of` makes them.
        errors: (row,) mistakes 0 or 1, or squared errors for "rmse". expected: (row,) the model's own 1 − probability.
        pairs: try the broad conditions two by two as well.
    """
    seen = np.arange(len(errors))
    if len(seen) > MOST_ROWS:
        seen = np.sort(np.random.default_rng(seed).permutation(len(errors))[:MOST_ROWS])
    looked = errors[seen]
    if not conditions or len(looked) < 2 * FEWEST_ROWS or np.ptp(looked) == 0:
        return Found((), 0)
    search = SliceSearch(conditions, np.stack([each.mask[seen] for each in conditions]), looked, metric, pairs, seed)
    masks, texts, columns, chances = [], [], [], []
    for places, chance in search.chosen(most):
        mask = np.logical_and.reduce([conditions[place].mask for place in places])
        masks.append(mask)
        texts.append(" and ".join(conditions[place].text for place in places))
        columns.append(tuple(dict.fromkeys(conditions[place].column for place in places)))
        chances.append(chance)
    measured = [
        measure(text, names, mask, errors, metric, expected, chance)
        for text, names, mask, chance in zip(texts, columns, masks, chances, strict=True)
    ]
    order = sorted(range(len(measured)), key=lambda place: measured[place].rest_error)
    return Found(tuple(measured[place] for place in order), search.looked_at, tuple(masks[place] for place in order))


def measure(
    text: str,
    columns: tuple[str, ...],
    mask: np.ndarray,
    errors: np.ndarray,
    metric: Metric,
    expected: np.ndarray | None = None,
    chance: float = 1.0,
) -> Slice:
    """The figures of one slice; `mask` (row,) has rows inside and outside."""
    inside, outside = errors[mask], errors[~mask]
    rate, share = ErrorRate.from_rows(inside, metric), float(mask.mean())
    final = np.sqrt if metric == "rmse" else float
    return Slice(
        text,
        columns,
        int(mask.sum()),
        rate.estimate,
        (rate.interval.low, rate.interval.high),
        float(final(outside.mean())),
        None if expected is None else float(expected[mask].mean()),
        share,
        float(inside.sum() / max(errors.sum(), np.finfo(float).tiny)),
        float(final(outside.sum() / len(errors))),
        chance,
    )
