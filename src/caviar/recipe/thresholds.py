"""The probability from which a row is taken for the second of two classes, chosen on dev rows. C3.

A threshold that is just the best of all on some hundred rows owes much to their chance. So the middle is taken of all
those that are as good as the best one within its standard error (the one-standard-error rule of Breiman et al.,
Classification and Regression Trees, 1984, section 3.4.3); and requirements are kept with half a standard error to spare
where that can be. Measured on splits of `german_credit`: a recall required to be 80 % is so on new rows in half of them
instead of a sixth.
"""

from dataclasses import replace

import numpy as np

from caviar.core.measures import Measure
from caviar.core.requirements import Requirement
from caviar.diagnosis.intervals import Z
from caviar.diagnosis.metric_intervals import of_decisions
from caviar.diagnosis.metrics import of_counts, place_of
from caviar.recipe.goals import Goals

TO_SPARE = 0.5  # standard errors


def choose_threshold(probabilities: np.ndarray, targets: np.ndarray, goals: Goals) -> float:
    """The threshold for this model, in [0, 1]; just above 1 where it is best to take no row for the second class.

    Among the thresholds that satisfy all requirements on decisions, or come closest: the best by the metric, by the
    error where the metric does not rest on decisions; then the middle of those around it that are as good within a
    standard error, by their number of dev rows. Precision and recall alone are best at an end, where the other is
    worst: of those as good, the one with the lowest error is taken.

    Args:
        probabilities: (row,) of the second class, on dev. targets: (row,) 0 or 1.
    """
    cuts, counts = cuts_of(probabilities, targets)
    measure = goals.measure if goals.measure.kind.decides else Measure("error")
    requirements = [one for one in goals.requirements if one.measure.kind.decides]
    short = _shortfalls(requirements, counts, goals)
    fits = short <= short.min() + 1e-12
    if short.min() == 0:
        spared = fits & (
            _shortfalls([_tightened(one, counts[fits], goals) for one in requirements], counts, goals) == 0
        )
        fits = spared if spared.any() else fits
    badness = of_counts(measure.name, counts, place_of(measure, goals.classes))
    badness = badness if measure.kind.better == "low" else -badness
    badness = np.where(fits & ~np.isnan(badness), badness, np.inf)
    best = _middle_of_lowest(badness)
    good = badness <= badness[best] + _standard_error(measure, counts[best], goals)
    if measure.name in ("precision", "recall"):
        return float(cuts[_middle_of_lowest(np.where(good, of_counts("error", counts), np.inf))])
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


def _middle_of_lowest(values: np.ndarray) -> int:
    """The place of the lowest value; of several equal ones the middle one."""
    lowest = np.flatnonzero(values == values.min())
    return int(lowest[len(lowest) // 2])


def _shortfalls(requirements: list[Requirement], counts: np.ndarray, goals: Goals) -> np.ndarray:
    """How far each cut is from satisfying them all, (cut,)."""
    short = np.zeros(len(counts))
    for one in requirements:
        values = of_counts(one.measure.name, counts, place_of(one.measure, goals.classes))
        short += [one.shortfall(value) for value in values.tolist()]
    return short


def _tightened(requirement: Requirement, counts: np.ndarray, goals: Goals) -> Requirement:
    """Half a standard error stricter: that of the value nearest to the bound among these (cut, true, decided)."""
    measure = requirement.measure
    values = of_counts(measure.name, counts, place_of(measure, goals.classes))
    nearest = int(np.nanargmin(np.abs(values - requirement.bound)))
    spare = TO_SPARE * _standard_error(measure, counts[nearest], goals)
    return replace(requirement, bound=requirement.bound + (spare if requirement.relation in (">=", ">") else -spare))


def _standard_error(measure: Measure, counts: np.ndarray, goals: Goals) -> float:
    interval = of_decisions(measure.name, counts, place_of(measure, goals.classes))
    return 0.0 if interval is None else interval.half_width / Z
