"""Two lines to measure a network against: the trivial predictor, and histogram gradient boosting. Notes 1.2.

Both learn from the train rows alone. Test rows are looked at when `score` is called with them, and not before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from caviar.diagnosis.error_rate import ErrorRate, metric_of, row_errors
from caviar.diagnosis.evidence import Reference
from caviar.diagnosis.metrics import Answers, decide
from caviar.diagnosis.timed_boosting import fit_within
from caviar.diagnosis.tree_inputs import TreeInputs

if TYPE_CHECKING:
    from caviar.data.splits import Split
    from caviar.data.tables import Table
    from caviar.data.targets import TargetCoder

NUM_ITERATIONS = 100  # scikit-learn's default
MOST_TREES_ASKED = 8_000_000  # rows × trees; about one second of one thread
FEWEST_CELLS_FOR_THREADS = 4_000_000  # rows × columns


@dataclass(frozen=True, eq=False)
class FittedReference(Reference):
    """A reference with its model inside, to score further tables.

    There is no file of it: the same train rows, seed and `iterations` rebuild the same model on the same machine, so a
    resumed run fits it again.
    """

    predict: Callable[[Table], np.ndarray]
    outputs: Callable[[Table], np.ndarray]  # (row, class) probabilities, or (row,) predictions
    coder: TargetCoder
    iterations: int  # that it was allowed; its own early stopping may have used fewer
    seconds: float  # of fitting

    @property
    def cut_short(self) -> bool:
        """A time limit allowed fewer than scikit-learn's default iterations: it could do better."""
        return 0 < self.iterations < NUM_ITERATIONS

    def score(self, table: Table) -> ErrorRate:
        """Error on a table, per row and in all; for the test part call it once, at the very end."""
        return _score(self.predict, table, self.coder)

    def answers(self, table: Table) -> Answers:
        """What it says of a table's rows beside the truth; for the test part as `score`."""
        decided = None if self.coder.task == "regression" else self.predict(table)
        return Answers(self.outputs(table), self.coder.raw(table), decided)

    def with_threshold(self, split: Split, threshold: float) -> FittedReference:
        """The same model, taking a row for the second of two classes from this probability on; its errors are new."""

        def predict(table: Table) -> np.ndarray:
            return decide(self.outputs(table), threshold)

        num_rows = len(split.train) if self.train_error is None else self.train_error.rows or len(split.train)
        drawn = np.random.default_rng(0).permutation(len(split.train))[:num_rows]
        train = replace(split.train, frame=split.train.frame[drawn])
        return replace(
            self,
            predict=predict,
            train_error=_score(predict, train, self.coder),
            dev_error=_score(predict, split.dev, self.coder),
            train_dev_error=_score_train_dev(predict, split, self.coder),
        )


def trivial(split: Split, coder: TargetCoder) -> FittedReference:
    """Always the most frequent class of train, or the mean of its targets."""
    targets = coder.raw(split.train)
    answer = float(targets.mean()) if coder.task == "regression" else int(np.bincount(targets).argmax())

    def predict(table: Table) -> np.ndarray:
        return np.full(len(table), answer)

    def outputs(table: Table) -> np.ndarray:
        if coder.task == "regression":
            return predict(table)
        return np.tile(np.bincount(targets, minlength=coder.num_outputs) / len(targets), (len(table), 1))

    train_error, dev_error = _score(predict, split.train, coder), _score(predict, split.dev, coder)
    held_out = _score_train_dev(predict, split, coder)
    return FittedReference(
        "trivial", train_error, dev_error, predict, outputs, coder, iterations=0, seconds=0.0, train_dev_error=held_out
    )


def boosting(
    split: Split,
    coder: TargetCoder,
    seed: int = 0,
    *,
    time_limit: float | None = None,
    iterations: int = NUM_ITERATIONS,
) -> FittedReference:
    """scikit-learn's histogram gradient boosting with its defaults and native categories, on the same train rows.

    Args:
        split: its train part is learned from, its dev part scored; its test part is left alone.
        coder: fitted on the same train part.
        seed: draws the rows that boosting holds out of train for its own early stopping (from 10,000 rows on).
        time_limit: seconds for fitting, kept about: the model gets only as many iterations as fit, at least one. How
            many depends on the clock. None: no limit, always the same model.
        iterations: at most this many; the `iterations` of an earlier fit rebuild that fit.

    The train error is measured on as many train rows, drawn at random, as the trees can be asked in about a second.
    """
    start = time.perf_counter()
    inputs = TreeInputs.fit(split.train)
    targets = coder.raw(split.train)
    model = _model(inputs, coder, targets, seed, iterations)
    features = inputs.transform(split.train.frame)
    with _few_threads(features):
        if time_limit is None:
            model.fit(features, targets)
        else:
            fit_within(model, features, targets, start + time_limit)
    seconds = time.perf_counter() - start

    def answers(features: np.ndarray) -> np.ndarray:
        with _few_threads(features):
            return model.predict(features)

    def predict(table: Table) -> np.ndarray:
        return answers(inputs.transform(table.frame))

    def outputs(table: Table) -> np.ndarray:
        if coder.task == "regression":
            return predict(table)
        features = inputs.transform(table.frame)
        probabilities = np.zeros((len(table), coder.num_outputs))
        with _few_threads(features):
            probabilities[:, model.classes_] = model.predict_proba(features)
        return probabilities

    num_trees = model.n_iter_ * model.n_trees_per_iteration_
    drawn = np.random.default_rng(seed).permutation(len(targets))[: max(1, MOST_TREES_ASKED // num_trees)]
    errors = row_errors(answers(features[drawn]), targets[drawn], coder.task)
    train_error = ErrorRate.from_rows(errors, metric_of(coder.task))
    dev_error = _score(predict, split.dev, coder)
    held_out = _score_train_dev(predict, split, coder)
    return FittedReference(
        "boosting", train_error, dev_error, predict, outputs, coder, model.max_iter, seconds, train_dev_error=held_out
    )


def _model(
    inputs: TreeInputs, coder: TargetCoder, targets: np.ndarray, seed: int, iterations: int
) -> HistGradientBoostingClassifier | HistGradientBoostingRegressor:
    settings = {"random_state": seed, "max_iter": iterations, "categorical_features": inputs.is_category}
    if coder.task == "regression":
        return HistGradientBoostingRegressor(**settings)
    # rows held out for early stopping are stratified, which a class with a single row cannot be
    single = np.bincount(targets)[np.unique(targets)].min() < 2
    return HistGradientBoostingClassifier(**settings, early_stopping=False if single else "auto")


def _few_threads(features: np.ndarray) -> AbstractContextManager[object]:
    """One thread below four million cells, where more hardly help.

    They meet thousands of times a second there, and on a machine that is busy with something else each meeting waits
    for the slowest: measured, 25 s instead of 2 s for `digits`.
    """
    return threadpool_limits(1 if features.size < FEWEST_CELLS_FOR_THREADS else None, user_api="openmp")


def _score(predict: Callable[[Table], np.ndarray], table: Table, coder: TargetCoder) -> ErrorRate:
    return ErrorRate.from_rows(row_errors(predict(table), coder.raw(table), coder.task), metric_of(coder.task))


def _score_train_dev(predict: Callable[[Table], np.ndarray], split: Split, coder: TargetCoder) -> ErrorRate | None:
    return None if split.train_dev is None else _score(predict, split.train_dev, coder)
