"""Whether the target itself makes learning or measuring hard: rare and dominant labels, skew, values cut off."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from caviar.core.records import Notice
from caviar.data.records import Table
from caviar.data.wording import counted, listed, shown_number

RARE = 10
FREQUENT, DOMINANT = 0.6, 0.9
SKEWED = 2.0
CUT_OFF = 0.01


def balance_notices(table: Table) -> list[Notice]:
    """What to know about the target; nothing for a table without one."""
    if table.target is None:
        return []
    cells = table.frame[table.target]
    return _of_numbers(cells) if table.task == "regression" else _of_labels(cells)


def rare_labels(counts: Mapping[str, int]) -> dict[str, int]:
    """The labels with fewer than ten rows, and how many they have; the rarest first."""
    return dict(sorted((item for item in counts.items() if item[1] < RARE), key=lambda item: item[1]))


def _of_labels(cells: pl.Series) -> list[Notice]:
    """How far the most frequent label alone goes; labels too rare to learn from or to measure."""
    counts = cells.value_counts(name="count").sort("count", cells.name, descending=[True, False])
    labels, numbers = counts[cells.name].to_list(), counts["count"].to_list()
    notices, share = [], numbers[0] / len(cells)
    if share >= FREQUENT:
        hint = " Look at the errors of each label, not only at the whole." if share >= DOMINANT else ""
        notices.append(
            Notice(
                "warning" if share >= DOMINANT else "info",
                f"label {labels[0]!r} makes up {share:.1%} "
                f"of the rows: an error of {1 - share:.1%} needs no model.{hint}",
                (cells.name,),
            )
        )
    rare = rare_labels(dict(zip(labels, numbers, strict=True)))
    if rare:
        shown = listed(f"{label!r} ({counted(number, 'row')})" for label, number in rare.items())
        have = counted(len(rare), f"label of {cells.name!r} has", f"labels of {cells.name!r} have")
        notices.append(
            Notice(
                "warning",
                f"{have} fewer than {RARE} rows: {shown}. Too few to learn from and to "
                "measure: add rows, merge labels, or drop them.",
                (cells.name,),
            )
        )
    return notices


def _of_numbers(cells: pl.Series) -> list[Notice]:
    """Skew, g = mean((y − ȳ)³) / s³, and many rows at the very end of the range."""
    values, name = cells.to_numpy(), cells.name
    notices = []
    deviation = values - values.mean()
    skew = float((deviation**3).mean() / deviation.std() ** 3)
    if abs(skew) > SKEWED:
        which, end = ("large", values.max()) if skew > 0 else ("small", values.min())
        hint = f" If relative errors matter, predict log({name}) instead." if values.min() > 0 and skew > 0 else ""
        reach = f"up to {shown_number(end)} with a median of {shown_number(float(np.median(values)))}"
        notices.append(
            Notice(
                "info",
                f"target {name!r} is skewed ({skew:.1f}): a few {which} values, {reach}, rule "
                f"its root mean squared error.{hint}",
                (name,),
            )
        )
    distinct, counts = np.unique(values, return_counts=True)
    for end, neighbour, which in ((0, 1, "smallest"), (-1, -2, "largest")):
        share = counts[end] / len(values)
        if len(distinct) > 100 and share >= CUT_OFF and counts[end] > 5 * max(np.median(counts), counts[neighbour]):
            notices.append(
                Notice(
                    "warning",
                    f"{counts[end]:,} rows ({share:.1%}) hold exactly the {which} value of "
                    f"target {name!r}, {shown_number(distinct[end])}: was it cut off there? What lies "
                    "beyond cannot be learned.",
                    (name,),
                )
            )
    return notices
