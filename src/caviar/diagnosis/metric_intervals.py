"""95 % intervals of the metrics that a model is judged by. C3.

Beside those of intervals.py: F1 by way of F/(2 − F), which is a share of rows; means over classes by Price and Bonett
(2004, Computational Statistics and Data Analysis 45:449-456); AUC by Newcombe's method 5 (2006, Statistics in Medicine
25:559-573); medians by ranks.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom

from caviar.core.measures import Measure
from caviar.diagnosis.intervals import Interval, Z, bca, rmse, wilson
from caviar.diagnosis.metrics import Answers, areas_of, log_losses, of_counts, place_of, share_of, value_of

NEAR = 1e-9


def measured(measure: Measure, answers: Answers, classes: tuple[str, ...]) -> Interval | None:
    """The metric on these rows with its interval; None where these rows cannot tell (see metrics.value_of)."""
    place = place_of(measure, classes)
    if measure.kind.decides:
        return of_decisions(measure.name, answers.counts, place)
    if measure.name == "log_loss":
        return _mean(log_losses(answers))
    if measure.name == "auc":
        # over several classes the mean of the limits, as if all areas erred alike: on the wide side
        areas = [_newcombe(*each) for each in areas_of(answers, place)]
        return Interval(*np.mean(areas, axis=0).tolist()) if areas else None
    if value_of(measure, answers, classes) is None:
        return None
    return REGRESSION[measure.name](np.asarray(answers.outputs - answers.targets, dtype=np.float64), answers.targets)


def of_decisions(name: str, counts: np.ndarray, place: int | None) -> Interval | None:
    """What metrics.of_counts computes of one matrix (true class, decided class), with its interval."""
    right, own, said = np.diagonal(counts), counts.sum(1), counts.sum(0)
    either = own + said - right  # rows of the class, or taken for it
    if name in ("error", "accuracy"):
        share = wilson(int(right.sum()), int(own.sum()))
        return share if name == "accuracy" else _one_minus(share)
    if name == "balanced_error":
        return _one_minus(_mean_of_shares(share_of(right, own), right, own))
    if name == "f1" and place is None:
        return _mean_of_shares(share_of(2 * right, own + said), right, either, of_f1=True)
    assert place is not None, name
    if name == "precision" and not said[place]:
        return Interval(float(of_counts(name, counts, place)), 0.0, 1.0)
    rows = int({"recall": own, "precision": said, "f1": either}[name][place])
    if not rows:
        return None
    share = wilson(int(right[place]), rows)
    return Interval(*(2 * s / (1 + s) for s in share)) if name == "f1" else share


def _mean_of_shares(each: np.ndarray, right: np.ndarray, rows: np.ndarray, of_f1: bool = False) -> Interval:
    """Mean over classes: of the shares right / rows, which lie on different rows; or of the F1s that they make.

    With t classes, each share is taken as (right + 2/t) / (rows + 4/t). dF1/dJ = 2 / (1 + J)²; a mistake counts in two
    F1s, that of the truth and that of the answer, which doubles the variance.
    """
    there = rows > 0
    known = int(there.sum())
    more = rows[there] + 4 / known
    shares = (right[there] + 2 / known) / more
    slopes, middles = (2 / (1 + shares) ** 2, 2 * shares / (1 + shares)) if of_f1 else (np.ones(known), shares)
    variance = np.sum(slopes**2 * shares * (1 - shares) / more) / known**2
    half = Z * np.sqrt(2 * variance if of_f1 else variance)
    estimate, centre = float(each[there].mean()), float(middles.mean())
    return Interval(estimate, max(0.0, min(estimate, centre - half)), min(1.0, max(estimate, centre + half)))


def _one_minus(share: Interval) -> Interval:
    return Interval(1 - share.estimate, 1 - share.high, 1 - share.low)


def _newcombe(area: float, num_own: int, num_others: int) -> Interval:
    """Solves |A − θ| = z √V(θ), V(θ) = θ(1 − θ)/mn · [1 + (N − 1)((1 − θ)/(2 − θ) + θ/(1 + θ))], N = (m + n)/2."""
    half = (num_own + num_others) / 2 - 1

    def excess(theta: float) -> float:
        spread = 1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return float((area - theta) ** 2 - Z**2 * theta * (1 - theta) * spread / (num_own * num_others))

    low = 0.0 if area < NEAR else brentq(excess, 0.0, min(area, 1 - NEAR))  # θ = 0 and 1 solve it, and say nothing
    high = 1.0 if area > 1 - NEAR else brentq(excess, max(area, NEAR), 1.0)
    return Interval(area, min(low, area), max(high, area))


def _mean(values: np.ndarray) -> Interval:
    return bca(values[:, None], lambda means: means[..., 0])


def _r2(misses: np.ndarray, targets: np.ndarray) -> Interval:
    """1 − Σ(y − ŷ)² / Σ(y − ȳ)²."""
    centred = targets - targets.mean()
    rows = np.stack([misses**2, centred, centred**2], axis=1)
    return bca(rows, lambda means: 1 - means[..., 0] / np.maximum(means[..., 2] - means[..., 1] ** 2, 1e-300))


def median(values: np.ndarray) -> Interval:
    """The median, between the two values whose ranks hold it with 95 % by the binomial distribution."""
    ordered, rows = np.sort(values), len(values)
    low = int(max(binom.ppf(0.025, rows, 0.5) - 1, 0))
    return Interval(float(np.median(ordered)), float(ordered[low]), float(ordered[rows - 1 - low]))


REGRESSION: dict[str, Callable[[np.ndarray, np.ndarray], Interval]] = {
    "rmse": lambda misses, targets: rmse(misses**2),
    "mae": lambda misses, targets: _mean(np.abs(misses)),
    "median_error": lambda misses, targets: median(np.abs(misses)),
    "r2": _r2,
}
