"""Histogram gradient boosting on rows that are numbers already: a line to measure a network against. Notes 1.2."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from caviar.core.records import Task
from caviar.diagnosis.error_rate import ErrorRate, metric_of, row_errors
from caviar.diagnosis.evidence import Reference

Rows = tuple[np.ndarray, np.ndarray]
"""Features (row, input), and targets (row,): class numbers, or values."""


def array_boosting(train: Rows, dev: Rows, task: Task, *, unit: float = 1.0, seed: int = 0) -> Reference:
    """scikit-learn's defaults on the train rows, as references.py's `boosting` has them for a table.

    Args:
        unit: turns an error of the targets into the user's units, where they are standardised.
    """
    features, targets = train
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor
    if task == "regression":
        model = HistGradientBoostingRegressor(random_state=seed)
    else:
        single = np.bincount(targets)[np.unique(targets)].min() < 2  # such a class cannot be held out in proportion
        model = HistGradientBoostingClassifier(random_state=seed, early_stopping=False if single else "auto")
    scale = unit**2 if task == "regression" else 1.0
    with threadpool_limits(1, user_api="openmp"):  # more wait for each other on a busy machine
        model.fit(features, targets)
        rates = [
            ErrorRate.from_rows(row_errors(model.predict(rows), truth, task) * scale, metric_of(task))
            for rows, truth in (train, dev)
        ]
    return Reference("boosting", *rates)
