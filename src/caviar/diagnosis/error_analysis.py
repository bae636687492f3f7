"""Error analysis: which mistakes a model makes, in what slices of the rows, and which stand for many. Notes C3."""

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from caviar.diagnosis.conditions import Condition, categories, conditions_of, ranges
from caviar.diagnosis.intervals import Metric
from caviar.diagnosis.judged_rows import JudgedRows
from caviar.diagnosis.mistakes import Confusion, Mistake, confusions, typical, worst
from caviar.diagnosis.pictures import PictureShape, picture_columns, picture_shape
from caviar.diagnosis.slice_search import FEWEST_ROWS
from caviar.diagnosis.slices import Slice, find_slices

ERROR_ANALYSIS = "error_analysis.json"
BANDS = (0.6, 0.8, 0.95)
MOST_OF_AN_ANSWER = 3


@dataclass(frozen=True)
class ErrorAnalysis:
    """What there is to know about the mistakes of one model on one part.

    Attributes:
        error, interval: of all rows. mistakes: how many rows count as one (JudgedRows.mistakes).
        slices: by the columns, known before the model answers. looked_at: how many slices were tried.
        answers: by the true class or value, the predicted one, and how sure the model was.
        worst, typical: rows with their cells. missing: why slices and cells could not be told; "" where they could.
        nowhere: one sentence where the columns were looked at and no slice was found.
        expected_error: what the model expected to get wrong of all rows, 1 − its probability; None where unknown.
        picture: how the cells of a row make a picture; None where they make none.
    """

    part: str
    metric: Metric
    target: str
    rows: int
    error: float
    interval: tuple[float, float]
    mistakes: int
    looked_at: int
    slices: tuple[Slice, ...]
    answers: tuple[Slice, ...]
    confusions: tuple[Confusion, ...]
    worst: tuple[Mistake, ...]
    typical: tuple[Mistake, ...]
    missing: str = ""
    nowhere: str = ""
    expected_error: float | None = None
    picture: PictureShape | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def analyse(rows: JudgedRows) -> ErrorAnalysis:
    """The whole analysis; the same rows give the same one."""
    expected = None if rows.sureness is None else 1 - rows.sureness
    shape = None if rows.cells is None else picture_shape(rows.cells)
    conditions = []
    if rows.cells is not None:
        seen = rows.cells if shape is None else picture_columns(rows.cells)
        conditions = conditions_of(seen, rows.kinds, FEWEST_ROWS)
    found = find_slices(conditions, rows.errors, rows.metric, expected=expected)
    by_answer = [
        find_slices(
            _large_enough(answer), rows.errors, rows.metric, expected=expected, pairs=False, most=MOST_OF_AN_ANSWER
        )
        for answer in _answers(rows)
    ]
    return ErrorAnalysis(
        rows.part,
        rows.metric,
        rows.target,
        len(rows),
        rows.error.estimate,
        (rows.error.interval.low, rows.error.interval.high),
        len(rows.mistakes),
        found.looked_at,
        found.slices,
        tuple(one for each in by_answer for one in each.slices),
        tuple(confusions(rows)),
        tuple(worst(rows)),
        tuple(typical(rows)),
        rows.missing,
        "" if rows.missing or found.slices else _why_nowhere(rows, found.looked_at),
        None if expected is None else float(expected.mean()),
        shape,
    )


def _why_nowhere(rows: JudgedRows, looked_at: int) -> str:
    if not len(rows.mistakes):
        return f"The model makes no mistake on {len(rows):,} {rows.part} rows."
    if not looked_at:
        return f"{len(rows):,} {rows.part} rows are too few, or too much alike, for slices."
    return f"None of {looked_at:,} slices of the {rows.part} rows holds more mistakes than chance explains."


def _answers(rows: JudgedRows) -> list[list[Condition]]:
    """Conditions on the truth, on the answer, and on its probability."""
    named = {f"true {rows.target}": rows.truth, f"predicted {rows.target}": rows.prediction}
    if rows.metric == "rmse":
        return [ranges(name, values.astype(np.float64)) for name, values in named.items()]
    found = [categories(name, pl.Series(name, values.astype(str))) for name, values in named.items()]
    return found if rows.sureness is None else [*found, _bands(rows.sureness)]


def _bands(sureness: np.ndarray) -> list[Condition]:
    """How sure the model was of its answer, in four bands."""
    name, ends = "probability of the answer", [f"{100 * band:.0f} %" for band in BANDS]
    texts = [f"{name} < {ends[0]}", *(f"{name} {low[:-2]} to {high}" for low, high in pairwise(ends))]
    band = np.searchsorted(BANDS, sureness, side="right")
    return [Condition(name, text, band == place) for place, text in enumerate([*texts, f"{name} ≥ {ends[-1]}"])]


def _large_enough(conditions: list[Condition]) -> list[Condition]:
    return [each for each in conditions if FEWEST_ROWS <= each.mask.sum() <= len(each.mask) - FEWEST_ROWS]
