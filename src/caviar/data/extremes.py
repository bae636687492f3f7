"""Numbers far away from the rest: codes that mean missing, such as −999, and heavy tails."""

from collections.abc import Iterator

import numpy as np

from caviar.core.records import Notice
from caviar.data.records import Table
from caviar.data.wording import counted, listed, shown_number

CODES = {sign * (10**digits - 1) for digits in range(1, 8) for sign in (-1, 1)} | {-1}
FEWEST_CODES = 5
FAR = 20  # interquartile ranges from the median


def code_notices(table: Table) -> list[Notice]:
    """Warn where the largest or smallest number looks like a code for missing: all nines (or −1), repeated, far away.

    Far: beyond half the range of the other values, or, of negative ones, the only negative value.
    """
    notices = []
    for name, values in _numbers(table):
        for place in (0, -1):
            distinct = np.unique(values)
            extreme, others = distinct[place], np.delete(distinct, place)
            if len(others) < 2 or extreme not in CODES:
                continue
            gap, spread = np.abs(others - extreme).min(), others[-1] - others[0]
            only_negative = extreme < 0 <= others[0]
            count = int((values == extreme).sum())
            if count >= FEWEST_CODES and (gap > spread / 2 or only_negative):
                found = f"{shown_number(extreme)} in {counted(count, 'row')}"
                rest = f"from {shown_number(others[0])} to {shown_number(others[-1])}"
                notices.append(
                    Notice(
                        "warning",
                        f"column {name!r} holds {found}, all else lies {rest}. If it means "
                        f"missing, say so with --missing={extreme:.0f} (in all columns).",
                        (name,),
                    )
                )
    return notices


def tail_notices(table: Table) -> list[Notice]:
    """Columns with numbers further than 20 interquartile ranges from the median, the furthest first."""
    found: dict[str, tuple[float, str]] = {}
    for name, values in _numbers(table):
        low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
        ends = values.min(), values.max()
        furthest = max(ends, key=lambda end: abs(end - median))
        if high > low and abs(furthest - median) > FAR * (high - low):
            distance = abs(furthest - median) / (high - low)
            found[name] = (
                distance,
                (
                    f"{name!r} reaches {shown_number(furthest)}, though half of its cells lie from "
                    f"{shown_number(low)} to {shown_number(high)}"
                ),
            )
        elif high == low and len(np.unique(values)) > 2 and abs(furthest - median) > 100:
            found[name] = (
                np.inf,
                (
                    f"{name!r} reaches {shown_number(furthest)}, though at least half of its cells are "
                    f"{shown_number(median)}"
                ),
            )
    if not found:
        return []
    ranked = sorted(found, key=lambda name: -found[name][0])
    shown = listed((found[name][1] for name in ranked), 3, "; ")
    return [
        Notice(
            "info",
            f"heavy tails: {shown}. They are scaled so that they do not rule training; check that the "
            "furthest are no mistakes.",
            tuple(ranked),
        )
    ]


def _numbers(table: Table) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values present, (value,) float64, of the number columns that training uses."""
    for column in table.columns:
        if column.used and column.kind == "number":
            values = table.frame[column.name].drop_nulls().to_numpy()
            if len(values):
                yield column.name, values
