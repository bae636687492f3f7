"""Boosting within a time limit, by growing one model in a few calls of `fit`."""

import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

TRIAL_ITERATIONS = 4


def fit_within(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
    features: np.ndarray,
    targets: np.ndarray,
    deadline: float,
) -> None:
    """Fit up to the model's `max_iter` iterations, but only as many as end before the deadline, and at least one.

    A call of `fit` costs something fixed (sorting values into bins) and something for each iteration; a call of one
    iteration beside a longer one tells the two apart. The model is the one that a single call with as many
    iterations would have made. Afterwards its `max_iter` says how many it was allowed: all, unless time was short.

    Args:
        model: not fitted yet.
        features: (row, column) float64.
        targets: (row,).
        deadline: on the clock of `time.perf_counter`, in seconds.
    """
    most, allowed = model.max_iter, 1
    took_one = _extend(model, features, targets, allowed)
    more = TRIAL_ITERATIONS if time.perf_counter() < deadline else 0
    while more > 0 and allowed < most and model.n_iter_ == allowed:
        more = min(more, most - allowed)
        allowed += more
        took = _extend(model, features, targets, allowed)
        pace = max((took - took_one) / max(more - 1, 1), took / 5 / more)
        more = int((deadline - time.perf_counter() - max(took_one - pace, 0)) / pace)
    if model.n_iter_ < allowed:  # its own early stopping ended it, not the clock
        model.set_params(max_iter=most)


def _extend(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
    features: np.ndarray,
    targets: np.ndarray,
    iterations: int,
) -> float:
    """Grow the model to so many iterations; returns the seconds it took."""
    begun = time.perf_counter()
    model.set_params(warm_start=True, max_iter=iterations).fit(features, targets)
    return time.perf_counter() - begun
