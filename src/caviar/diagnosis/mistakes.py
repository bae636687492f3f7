"""Which mistakes: the commonest confusions, the worst mistakes, and the most typical of each kind. Notes C3."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from caviar.diagnosis.conditions import LEFT_OUT
from caviar.diagnosis.judged_rows import JudgedRows, plain

MOST_CONFUSIONS, MOST_WORST, MOST_KINDS = 8, 8, 6
FEWEST_OF_A_KIND = 3
MOST_COMPARED = 300


@dataclass(frozen=True)
class Confusion:
    """`count` rows of class `truth` were said to be `said`: `share` of all mistakes."""

    truth: str
    said: str
    count: int
    share: float


@dataclass(frozen=True)
class Mistake:
    """One row that the model got wrong, with what stands in it.

    Attributes:
        row: from 0 below the header. probability: of the answer given; None for regression.
        kind, of: what it is typical of, and how many mistakes are of that kind; "" and 0 for one of the worst.
        cells: the raw columns; empty where the run lacks them.
    """

    row: int
    truth: Any
    prediction: Any
    probability: float | None
    cells: dict[str, Any]
    kind: str = ""
    of: int = 0


def confusions(rows: JudgedRows, most: int = MOST_CONFUSIONS) -> list[Confusion]:
    """The commonest pairs of true and predicted class, the commonest first; none for regression."""
    if rows.metric == "rmse" or not len(rows.mistakes):
        return []
    table = pl.DataFrame({"truth": rows.truth[rows.mistakes], "said": rows.prediction[rows.mistakes]})
    counts = table.group_by("truth", "said").len().sort(["len", "truth", "said"], descending=[True, False, False])
    return [
        Confusion(str(truth), str(said), count, count / len(table)) for truth, said, count in counts.head(most).rows()
    ]


def worst(rows: JudgedRows, most: int = MOST_WORST) -> list[Mistake]:
    """The mistakes that the model was surest of; for regression the rows that it missed by most."""
    badness = rows.errors if rows.sureness is None else rows.sureness
    order = rows.mistakes[np.argsort(-badness[rows.mistakes], kind="stable")]
    return [_mistake(rows, int(place)) for place in order[:most]]


def typical(rows: JudgedRows) -> list[Mistake]:
    """Of each common kind of mistake the row that is most like the others of its kind.

    A kind is a confusion, or for regression "too high" and "too low". Its typical row has the smallest mean distance
    to the others of the kind; the distance of two rows is Gower's (1971, Biometrics 27:857-871): over the columns, the
    mean of the numbers' difference over their range, and of 1 for categories that differ or a cell that only one has.
    Texts, identifiers and constants do not count.
    """
    if rows.cells is None:
        return []
    told = rows.cells.select(name for name in rows.cells.columns if rows.kinds.get(name) not in LEFT_OUT)
    found = []
    for kind, places in _kinds(rows):
        if len(places) >= FEWEST_OF_A_KIND:
            compared = places[:: -(-len(places) // MOST_COMPARED)]
            middle = compared[_distances(told, compared).mean(axis=1).argmin()]
            found.append(_mistake(rows, int(middle), kind, len(places)))
    return found


def _kinds(rows: JudgedRows) -> list[tuple[str, np.ndarray]]:
    """Kinds of mistakes with the places of their rows, the commonest first."""
    truth, said = rows.truth[rows.mistakes], rows.prediction[rows.mistakes]
    if rows.metric == "rmse":
        kinds = [("too high", rows.mistakes[said > truth]), ("too low", rows.mistakes[said < truth])]
        return sorted(kinds, key=lambda kind: -len(kind[1]))
    return [
        (f"{one.truth} taken for {one.said}", rows.mistakes[(truth == one.truth) & (said == one.said)])
        for one in confusions(rows, MOST_KINDS)
    ]


def _distances(cells: pl.DataFrame, places: np.ndarray) -> np.ndarray:
    """(row, row) Gower distances between some rows; numbers range over all rows."""
    total = np.zeros((len(places), len(places)))
    for column in cells.iter_columns():
        if column.dtype.is_numeric() or column.dtype.is_temporal():
            values = column.to_physical().cast(pl.Float64).fill_null(np.nan).to_numpy()
            low, high = (np.nanmin(values), np.nanmax(values)) if np.isfinite(values).any() else (0.0, 0.0)
            one = values[places] / max(high - low, np.finfo(float).tiny)
            apart = np.abs(one[:, None] - one[None, :])
            absent = np.isnan(one)
            total += np.where(absent[:, None] | absent[None, :], absent[:, None] != absent[None, :], apart)
        else:
            codes = column.cast(pl.String).fill_null("").cast(pl.Categorical).to_physical().to_numpy()[places]
            total += codes[:, None] != codes[None, :]
    return total / max(cells.width, 1)


def _mistake(rows: JudgedRows, place: int, kind: str = "", of: int = 0) -> Mistake:
    sure = None if rows.sureness is None else float(rows.sureness[place])
    cells = {} if rows.cells is None else rows.cells.row(place, named=True)
    return Mistake(
        int(rows.numbers[place]),
        plain(rows.truth[place]),
        plain(rows.prediction[place]),
        sure,
        {name: plain(value) for name, value in cells.items()},
        kind,
        of,
    )
