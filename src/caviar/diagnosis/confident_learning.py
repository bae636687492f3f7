"""Confident learning: which labels are likely wrong, from predictions on rows not trained on.

Northcutt, Jiang & Chuang, 2021, Journal of Artificial Intelligence Research 70, arXiv 1911.00068. Notes C3.
"""

from dataclasses import dataclass

import numpy as np

SUREST_SHARE, FEWEST_SUREST = 0.1, 50


@dataclass(frozen=True, eq=False)
class DoubtedLabels:
    """What predictions on held-out rows say of the given labels.

    Args:
        doubted: (doubt,) places of rows that are likely wrong, the surest first.
        suggested: (doubt,) the class each rather has.
        confidence: (doubt,) its probability.
        confused_share: confident learning's estimate of wrong labels; where classes overlap, it counts that as well.
        mistakes: held-out rows that were answered otherwise than labelled, of `rows`.
        surest, contradicted: how many rows the network is surest of, and how many of these are labelled otherwise.
        contradicted_of_half: the same of the surer half of all rows.
    """

    doubted: np.ndarray
    suggested: np.ndarray
    confidence: np.ndarray
    confused_share: float
    rows: int
    mistakes: int
    surest: int
    contradicted: int
    contradicted_of_half: int


def doubt_labels(probabilities: np.ndarray, given: np.ndarray) -> DoubtedLabels:
    """Find them.

        t_j = mean of p_j over rows given j        a row given i is counted as j where p_j ≥ t_j (the largest such j)

    Off the diagonal of these counts are the rows in doubt. Overlapping classes put rows there too, so no more of them
    are named than wrong labels are to be expected: the share that is labelled otherwise among the tenth of the rows (50
    at least, or half) of which the network is surest, where overlap is least. They are ranked by p_j − p_i.

    Args:
        probabilities: (row, class), each row's from a network that was not trained on it, summing to 1.
        given: (row,) class numbers.
    """
    rows, classes = probabilities.shape
    own = probabilities[np.arange(rows), given]
    sums = np.bincount(given, weights=own, minlength=classes)
    counts = np.bincount(given, minlength=classes)
    thresholds = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    reached = probabilities >= thresholds - 1e-9
    counted_as = np.where(reached, probabilities, -1.0).argmax(axis=1)
    confident = reached.any(axis=1)
    confused = confident & (counted_as != given)

    predicted, sureness = probabilities.argmax(axis=1), probabilities.max(axis=1)
    surest = min(max(FEWEST_SUREST, round(SUREST_SHARE * rows)), -(-rows // 2))
    among = np.argsort(-sureness, kind="stable")[: -(-rows // 2)]
    contradicted = int((predicted[among[:surest]] != given[among[:surest]]).sum())
    of_half = int((predicted[among] != given[among]).sum())

    margin = probabilities[np.arange(rows), counted_as] - own
    doubted = np.flatnonzero(confused)
    doubted = doubted[np.argsort(-margin[doubted], kind="stable")]
    doubted = doubted[: int(np.ceil(rows * contradicted / surest))]
    return DoubtedLabels(
        doubted,
        counted_as[doubted],
        probabilities[doubted, counted_as[doubted]],
        _confused_share(given[confident], counted_as[confident], counts),
        rows,
        int((predicted != given).sum()),
        surest,
        contradicted,
        of_half,
    )


def _confused_share(given: np.ndarray, counted_as: np.ndarray, counts: np.ndarray) -> float:
    """Off-diagonal mass of the joint of given and true class: the counts, each row scaled to the class's own size."""
    classes = len(counts)
    joint = np.zeros((classes, classes))
    np.add.at(joint, (given, counted_as), 1.0)
    totals = joint.sum(axis=1, keepdims=True)
    joint = np.divide(joint, totals, out=np.zeros_like(joint), where=totals > 0) * counts[:, None]
    return float(1 - np.trace(joint) / joint.sum()) if joint.sum() > 0 else 0.0
