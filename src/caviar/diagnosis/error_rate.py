"""One error of one model on one set of rows, with the interval that the number of rows allows. Notes 1.2."""

from dataclasses import dataclass, field

import numpy as np

from caviar.core.errors import SettingsError
from caviar.core.records import Task
from caviar.diagnosis.intervals import Interval, Metric, rmse, rmse_of_figure, wilson


def metric_of(task: Task) -> Metric:
    """What errors of this task are measured in."""
    return "rmse" if task == "regression" else "error"


def row_errors(predicted: np.ndarray, truth: np.ndarray, task: Task) -> np.ndarray:
    """Per-row errors (row,) float64: 1 for a wrong class, 0 for the right one; regression: squares in target units²."""
    if task == "regression":
        return np.square(np.asarray(predicted, dtype=np.float64) - truth)
    return (np.asarray(predicted) != truth).astype(np.float64)


@dataclass(frozen=True, eq=False)
class ErrorRate:
    """A share of mistakes in [0, 1] ("error"), or an RMSE in the target's units ("rmse").

    `low` and `high` bound its 95 % interval; both are None for a bare figure, which is then taken as exact. `per_row`
    keeps the errors of single rows where they are known: 0/1 mistakes (or shares of one), squared errors for "rmse".
    """

    estimate: float
    rows: int | None = None
    low: float | None = None
    high: float | None = None
    per_row: np.ndarray | None = field(default=None, repr=False)

    @classmethod
    def from_rows(cls, errors: np.ndarray, metric: Metric) -> "ErrorRate":
        """From per-row errors, shape (row,), at least one row, in test mode."""
        errors = np.asarray(errors, dtype=np.float64)
        assert errors.ndim == 1 and len(errors) > 0, "an error is measured on at least one row"
        assert np.isfinite(errors).all() and (errors >= 0).all(), "per-row errors are finite and not negative"
        assert metric == "rmse" or (errors <= 1).all(), "a row is at most one mistake"
        interval = rmse(errors) if metric == "rmse" else wilson(float(errors.sum()), len(errors))
        return cls(interval.estimate, len(errors), interval.low, interval.high, errors)

    @classmethod
    def from_figure(cls, estimate: float, rows: int | None = None, metric: Metric = "error") -> "ErrorRate":
        """From a published or hand-measured figure; with the number of rows it gets an interval.

        Raises SettingsError for a figure or a row count that cannot be.
        """
        if metric == "error" and not 0 <= estimate <= 1:
            raise SettingsError(f"an error must lie between 0 and 1; got {estimate:g}. For 2.5 % give 0.025.")
        if not (np.isfinite(estimate) and estimate >= 0):
            raise SettingsError(f"an error must be a number of at least 0; got {estimate:g}.")
        if rows is None:
            return cls(float(estimate))
        if rows < 1:
            raise SettingsError(f"the number of rows behind an error must be at least 1; got {rows}.")
        interval = rmse_of_figure(estimate, rows) if metric == "rmse" else wilson(estimate * rows, rows)
        return cls(interval.estimate, rows, interval.low, interval.high)

    @property
    def is_bare(self) -> bool:
        """A figure without interval: nobody said how many rows it rests on."""
        return self.low is None

    @property
    def interval(self) -> Interval:
        """The estimate with its limits; a bare figure as if it were exact."""
        if self.low is None or self.high is None:
            return Interval(self.estimate, self.estimate, self.estimate)
        return Interval(self.estimate, self.low, self.high)
