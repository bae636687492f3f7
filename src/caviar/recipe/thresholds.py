"""The probability from which a row is taken for the second of two classes, chosen on dev rows. C3.

A threshold that is just the best of all on some hundred rows owes much to their chance. So the middle is taken of all
those that are as good as the best one within its standard error (the one-standard-error rule of Breiman et al.,
Classification and Regression Trees, 1984, section 3.4.3).
"""

import numpy as np

from caviar.core.measures import Measure
from caviar.diagnosis.intervals import Z
from caviar.diagnosis.metric_intervals import of_decisions
from caviar.diagnosis.metrics import of_counts, place_of
from caviar.recipe.goals import Goals


def choose_threshold(probabilities: np.ndarray, targets: np.ndarray, goals: Goals) -> float:
    """The threshold for this model, in [0, 1]; just above 1 where it is best to take no row for the second class.

    Among the thresholds that satisfy all requirements on decisions, or come closest: the best by the metric, by the
    error where the metric does not rest on decisions; then the middle of those around it that are as good within a
    standard error, by their number of dev rows.

    Args:
        probabilities: (row,) of the second class, on dev. targets: (row,) 0 or 1.
    """
    cuts, counts = cuts_of(probabilities, targets)
    measure = goals.measure if goals.measure.kind.decides else Measure("error")

    def values(one: Measure) -> np.ndarray:
        return of_counts(one.name, counts, place_of(one, goals.classes))

    short = np.zeros(len(cuts))
    for requirement in goals.requirements:
        if requirement.measure.kind.decides:
            short += [requirement.shortfall(value) for value in values(requirement.measure).tolist()]
    fits = short <= short.min() + 1e-12
    badness = values(measure) * (1 if measure.kind.better == "low" else -1)
    badness = np.where(fits & ~np.isnan(badness), badness, np.inf)
    ties = np.flatnonzero(badness == badness.min())
    best = int(ties[len(ties) // 2])
    interval = of_decisions(measure.name, counts[best], place_of(measure, goals.classes))
    error = 0.0 if interval is None else interval.half_width / Z
    good = badness <= badness[best] + error
    low = high = best
    while low > 0 and good[low - 1]:
        low -= 1
    while high < len(cuts) - 1 and good[high + 1]:
        high += 1
    return float(cuts[(low + high) // 2])


def cuts_of(probabilities: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every threshold that decides these rows in another way, (cut,) ascending, each halfway between two rows.

    And what each decides: (cut, true class, decided class) numbers of rows.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(probabilities, kind="stable")
    ordered, of_second = probabilities[order], np.asarray(targets)[order] == 1
    edges = np.flatnonzero(np.diff(ordered) > 0) + 1  # the first row on the upper side of each cut
    highest = (1 + ordered[-1]) / 2 if ordered[-1] < 1 else np.nextafter(1.0, 2.0)
    cuts = np.concatenate([[ordered[0] / 2], (ordered[edges - 1] + ordered[edges]) / 2, [highest]])
    below = np.concatenate([[0], edges, [len(ordered)]])
    second_below = np.concatenate([[0], np.cumsum(of_second)])[below]
    first_below = below - second_below
    num_second = int(of_second.sum())
    first = np.stack([first_below, len(ordered) - num_second - first_below], axis=-1)
    second = np.stack([second_below, num_second - second_below], axis=-1)
    return cuts, np.stack([first, second], axis=-2)
