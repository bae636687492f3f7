"""What a model can be judged by, from its answers to a number. One number to judge by: C3.

Names, ranges and directions stand in core/measures.py, intervals in metric_intervals.py. What rests on decisions is
computed from confusion counts, so that many thresholds are judged at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score, roc_auc_score, root_mean_squared_error

from caviar.core.measures import Measure

SMALLEST_PROBABILITY = 1e-7  # as in training: one impossible row must not decide alone
REGRESSION: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "rmse": root_mean_squared_error,
    "mae": mean_absolute_error,
    "median_error": median_absolute_error,
    "r2": r2_score,
}


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of some rows, and what is true.

    Args:
        outputs: (row, class) probabilities, or (row,) predictions in the target's units. targets: (row,) int class
            indices, or float. decided: (row,) the class that each row is taken for; None for regression.
    """

    outputs: np.ndarray
    targets: np.ndarray
    decided: np.ndarray | None = None

    @property
    def counts(self) -> np.ndarray:
        """(true class, decided class) numbers of rows."""
        assert self.decided is not None, "a regression decides nothing"
        counts = np.zeros((self.outputs.shape[1],) * 2, dtype=np.int64)
        np.add.at(counts, (self.targets, self.decided), 1)
        return counts


def decide(outputs: np.ndarray, threshold: float | None = None) -> np.ndarray:
    """The class that each row (row, class) is taken for: the likeliest; of two the second from `threshold` on."""
    return outputs.argmax(1) if threshold is None else (outputs[:, 1] >= threshold).astype(np.int64)


def value_of(measure: Measure, answers: Answers, classes: tuple[str, ...]) -> float | None:
    """The metric on these rows; None where they cannot tell, such as a recall of a class that has none of them."""
    place = place_of(measure, classes)
    if measure.kind.decides:
        value = float(of_counts(measure.name, answers.counts, place))
        return None if np.isnan(value) else value
    if measure.name == "log_loss":
        return float(log_losses(answers).mean())
    if measure.name == "auc":
        areas = areas_of(answers, place)
        return float(np.mean([area for area, _, _ in areas])) if areas else None
    if measure.name == "r2" and np.ptp(answers.targets) == 0:
        return None
    return float(REGRESSION[measure.name](answers.targets, answers.outputs))


def of_counts(name: str, counts: np.ndarray, place: int | None = None) -> np.ndarray:
    """A metric that rests on decisions, from confusion counts (…, true class, decided class): (…,).

        recall = right / own        precision = right / said        F1 = 2 right / (own + said)

    `place` is the class; f1 without one is the mean over classes (macro). A class without rows is left out of means;
    NaN where nothing can be measured; precision is 0 where no row is taken for the class.
    """
    right, own, said = np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(-1), counts.sum(-2)
    if name in ("error", "accuracy"):
        accuracy = right.sum(-1) / own.sum(-1)
        return accuracy if name == "accuracy" else 1 - accuracy
    if name == "balanced_error":
        return 1 - _mean_known(share_of(right, own))
    if name == "f1":
        each = share_of(2 * right, own + said)
        return _mean_known(each) if place is None else each[..., place]
    assert place is not None and name in ("precision", "recall"), name
    return share_of(right, own if name == "recall" else np.maximum(said, 1))[..., place]


def log_losses(answers: Answers) -> np.ndarray:
    """−log of the true class's probability, (row,)."""
    truth = answers.outputs[np.arange(len(answers.targets)), answers.targets].astype(np.float64)
    return -np.log(np.maximum(truth, SMALLEST_PROBABILITY))


def areas_of(answers: Answers, place: int | None) -> list[tuple[float, int, int]]:
    """Area under the ROC curve of a class against the rest, with the rows of both; without a class that of each.

    One area where there are two classes, as it is the same for both; none for a class that has no rows, or all.
    """
    num_classes = answers.outputs.shape[1]
    places = [place] if place is not None else [1] if num_classes == 2 else list(range(num_classes))
    found = []
    for each in places:
        own = answers.targets == each
        rows = int(own.sum())
        if 0 < rows < len(own):
            found.append((float(roc_auc_score(own, answers.outputs[:, each])), rows, len(own) - rows))
    return found


def place_of(measure: Measure, classes: tuple[str, ...]) -> int | None:
    """The index of the class that a metric is of."""
    return None if measure.label is None else classes.index(measure.label)


def share_of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Their ratio; NaN where the whole is nothing."""
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


def _mean_known(each: np.ndarray) -> np.ndarray:
    """Mean over the last axis of what is not NaN."""
    known = ~np.isnan(each)
    return np.where(known, each, 0).sum(-1) / np.maximum(known.sum(-1), 1)
