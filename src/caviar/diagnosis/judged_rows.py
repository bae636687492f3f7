"""The rows that a run's model was judged on: what it said of each, what is true, and what stands in the row. C3."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from caviar.core.errors import RunError, SettingsError
from caviar.core.files import read_json
from caviar.core.records import Task
from caviar.diagnosis.error_rate import ErrorRate, metric_of, row_errors
from caviar.diagnosis.intervals import Metric

PREDICTIONS, CELLS = "predictions.parquet", "rows.parquet"
PROBABILITY = "probability."
WORST_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """One part of a run, row by row.

    Args:
        numbers: (row,) where each row stands in its file, from 0 below the header, as in predictions.parquet.
        truth, prediction: labels as text, or numbers in target units.
        probabilities: (row, class) in the order of `classes`; None for regression, or where they were not kept.
        cells: the raw columns, target aside, in the order of `numbers`; None where the run lacks them.
        kinds: of the columns, as data.json has them; a column without one is judged by its type.
        missing: why there are no cells; "" where there are.
    """

    part: str
    task: Task
    target: str
    numbers: np.ndarray
    truth: np.ndarray
    prediction: np.ndarray
    probabilities: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    cells: pl.DataFrame | None = None
    kinds: dict[str, str] = field(default_factory=dict)
    missing: str = ""

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def metric(self) -> Metric:
        return metric_of(self.task)

    @cached_property
    def errors(self) -> np.ndarray:
        """(row,): 1 for a wrong class and 0 for a right one; squares in target units² for regression."""
        return row_errors(self.prediction, self.truth, self.task)

    @cached_property
    def error(self) -> ErrorRate:
        return ErrorRate.from_rows(self.errors, self.metric)

    @cached_property
    def mistakes(self) -> np.ndarray:
        """Places of the mistakes: wrong classes; for regression the tenth of the rows that were missed by most."""
        if self.metric == "error":
            return np.flatnonzero(self.errors)
        wrong = np.argsort(-self.errors, kind="stable")[: int(np.ceil(WORST_SHARE * len(self)))]
        return np.sort(wrong[self.errors[wrong] > 0])

    @cached_property
    def sureness(self) -> np.ndarray | None:
        """(row,) the probability that the model gave its own answer."""
        return None if self.probabilities is None else self.probabilities.max(axis=1)


def read_judged_rows(folder: Path, part: str = "dev") -> JudgedRows:
    """The rows of one part of a finished run.

    Raises RunError where the run keeps no predictions, SettingsError where it has no such part.
    """
    path = folder / PREDICTIONS
    if not (folder / "config.yaml").exists():
        raise RunError(f"{folder} is no run folder: it has no config.yaml. Give a folder that `caviar fit` made.")
    if not path.exists():
        raise RunError(
            f"{path} is missing, and with it what the model said of each row. `caviar resume {folder}` writes it where "
            "the run has not finished; else take the file from a copy of the run."
        )
    data, said = read_json(folder / "data.json"), _read(path)
    parts = said["part"].unique().to_list()
    if part not in parts:
        raise SettingsError(
            f"{folder} has no {part} rows: its predictions are of {' and '.join(sorted(parts))}. "
            f"Leave out --part {part}."
        )
    chosen = (said["part"] == part).to_numpy()
    cells, missing = _cells_beside(folder, said)
    mine, classes = said.filter(chosen), tuple(data.get("classes", ()))
    columns = [PROBABILITY + label for label in classes]
    known = bool(columns) and set(columns) <= set(mine.columns)
    return JudgedRows(
        part,
        data["task"],
        data["target"],
        mine["row"].to_numpy(),
        mine["truth"].to_numpy(),
        mine["prediction"].to_numpy(),
        mine.select(columns).to_numpy() if known else None,
        classes,
        None if cells is None else cells.filter(chosen),
        {column["name"]: column["kind"] for column in data.get("columns", ())},
        missing,
    )


def _cells_beside(folder: Path, said: pl.DataFrame) -> tuple[pl.DataFrame | None, str]:
    """The raw columns of the predicted rows, or why there are none."""
    path = folder / CELLS
    if not path.exists():
        return None, (
            f"{CELLS} is not in the run folder, so what stands in the rows is unknown: the run was made by an older "
            "Caviar, or the file was taken out. A new run writes it."
        )
    cells = _read(path)
    if len(cells) != len(said):
        return None, f"{CELLS} has {len(cells):,} rows and {PREDICTIONS} {len(said):,}: they are not of one run."
    return cells, ""


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise RunError(f"{path} is damaged and cannot be read ({error}). Take it from a copy of the run.") from None


def plain(value: Any) -> Any:
    """A cell as JSON can hold it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return str(value)
