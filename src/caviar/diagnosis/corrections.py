"""Wrong labels, corrected by a person: how much of the error they are, and whether to mend them now. Notes C3.

The notes weigh the error that is due to wrong labels against the rest: of a dev error of 10 % with 0.6 points due to
labels (6 % of the mistakes) the other 9.4 points come first; of 2 % with 0.6 points (30 %) labels are worth mending, as
they blur which of two models is better.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from caviar.core.files import write_atomically
from caviar.diagnosis.intervals import Interval, rmse, wilson
from caviar.diagnosis.judged_rows import JudgedRows
from caviar.diagnosis.mistake_sheet import Sheet

FILE = "corrections.csv"
WORTH_SHARE = 0.15  # between the notes' two examples, 6 % (not now) and 30 % (now)

Worth = Literal["yes", "no", "cannot-tell"]


@dataclass(frozen=True)
class Corrections:
    """What the corrected labels change.

    Attributes:
        looked_at, mistakes: mistakes in the sheet, and mistakes there are. wrong_labels: lines with another label than
            the given one. mended: mistakes that are none by the correct label. new_mistakes: rows that only the wrong
            label called right.
        share, share_interval: of the mistakes (of the squared error of those looked at, for regression) that are due to
            wrong labels, in [0, 1].
        error: with the given labels. corrected_error, corrected_interval: with correct ones. Rows that the model got
            right by the given label were not looked at, so the true figure may be higher.
        due_to_labels, due_to_rest: the two parts of `error`. For regression they are differences of RMSE.
        worth_it: whether mending the labels pays now: whether their share is above 15 %.
    """

    looked_at: int
    mistakes: int
    wrong_labels: int
    mended: int
    new_mistakes: int
    share: float
    share_interval: tuple[float, float]
    error: float
    corrected_error: float
    corrected_interval: tuple[float, float]
    due_to_labels: float
    due_to_rest: float
    worth_it: Worth

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def corrections(rows: JudgedRows, sheet: Sheet) -> Corrections | None:
    """None where nobody filled in a correct label. Every line counts as looked at, and a blank label as right.

        share s = mended / looked at,   corrected error = (M·(1 − s) + new mistakes) / n

    for M mistakes among n rows. The interval of s is Wilson's, narrowed by √((M − m)/(M − 1)), as m of only M mistakes
    were drawn; that of the corrected error adds in quadrature what the draw and the n rows leave open. Regression
    corrects the rows looked at and no others.
    """
    if not sheet.has_labels:
        return None
    correct = rows.truth.copy() if rows.metric == "rmse" else rows.truth.astype(object)
    for place, label in zip(sheet.places.tolist(), sheet.labels, strict=True):
        correct[place] = correct[place] if label is None else label
    looked_at = sheet.places[np.isin(sheet.places, rows.mistakes)]
    count = _of_numbers if rows.metric == "rmse" else _of_classes
    return count(rows, correct, looked_at)


def _of_classes(rows: JudgedRows, correct: np.ndarray, looked_at: np.ndarray) -> Corrections:
    wrong = rows.prediction.astype(object) != correct
    mended = int((~wrong[looked_at]).sum())
    new = int((wrong & (rows.errors == 0)).sum())
    mistakes, num_rows = len(rows.mistakes), len(rows)
    share = _share(mended, len(looked_at), mistakes)
    left = mistakes * (1 - share.estimate) + new
    chance = wilson(left, num_rows)
    per_share = mistakes / num_rows
    low = left / num_rows - np.hypot(chance.estimate - chance.low, per_share * (share.high - share.estimate))
    high = left / num_rows + np.hypot(chance.high - chance.estimate, per_share * (share.estimate - share.low))
    error = rows.error.estimate
    return Corrections(
        len(looked_at),
        mistakes,
        int((correct != rows.truth.astype(object)).sum()),
        mended,
        new,
        share.estimate,
        (share.low, share.high),
        error,
        left / num_rows,
        (max(0.0, float(low)), min(1.0, float(high))),
        error * share.estimate,
        error * (1 - share.estimate),
        _worth(share),
    )


def _share(mended: int, looked_at: int, mistakes: int) -> Interval:
    if not looked_at:
        return Interval(0.0, 0.0, 1.0)
    share = wilson(mended, looked_at)
    narrower = float(np.sqrt((mistakes - looked_at) / max(mistakes - 1, 1)))
    return Interval(
        share.estimate,
        share.estimate - narrower * (share.estimate - share.low),
        share.estimate + narrower * (share.high - share.estimate),
    )


def _of_numbers(rows: JudgedRows, correct: np.ndarray, looked_at: np.ndarray) -> Corrections:
    errors = np.square(rows.prediction - correct)
    changed = correct != rows.truth
    mended = changed & (errors < rows.errors)
    after, before = rmse(errors), rows.error.estimate
    gone = float((rows.errors - errors).sum() / max(rows.errors[looked_at].sum(), np.finfo(float).tiny))
    share = min(max(gone, 0.0), 1.0)
    return Corrections(
        len(looked_at),
        len(rows.mistakes),
        int(changed.sum()),
        int(mended.sum()),
        int((changed & (errors > rows.errors)).sum()),
        share,
        (share, share),
        before,
        after.estimate,
        (after.low, after.high),
        before - after.estimate,
        after.estimate,
        _worth(Interval(share, share, share)),
    )


def _worth(share: Interval) -> Worth:
    if share.low > WORTH_SHARE:
        return "yes"
    return "no" if share.high < WORTH_SHARE else "cannot-tell"


def save_corrections(folder: Path, rows: JudgedRows, sheet: Sheet) -> Path:
    """Add the corrected labels to the run's `corrections.csv`; a row's newer correction takes the older one's place."""
    lines = [
        {
            "part": rows.part,
            "row": int(rows.numbers[place]),
            "given": str(rows.truth[place]),
            "correct": str(label),
            "prediction": str(rows.prediction[place]),
        }
        for place, label in zip(sheet.places.tolist(), sheet.labels, strict=True)
        if label is not None and label != rows.truth[place]
    ]
    path = folder / FILE
    columns = {
        name: pl.Int64 if name == "row" else pl.String for name in ("part", "row", "given", "correct", "prediction")
    }
    table = pl.DataFrame(lines, schema=columns)
    if path.exists():
        looked_at = rows.numbers[sheet.places]
        before = pl.read_csv(path, schema=columns)
        kept = before.filter(~((pl.col("part") == rows.part) & pl.col("row").is_in(looked_at.tolist())))
        table = pl.concat([kept, table])
    write_atomically(path, table.sort("part", "row").write_csv)
    return path
