"""Two ways compared on the same repetitions: the mean of the paired differences and its 95 % interval."""

from collections.abc import Callable

import numpy as np
from scipy.special import stdtrit

from caviar.diagnosis.intervals import Interval
from caviar.lab.experiment import Row

RULE = "agrees when the whole 95 % interval of the mean paired difference over the repetitions lies on the claimed side"


def mean_difference(first: np.ndarray, second: np.ndarray) -> Interval:
    """Mean of first − second over repetitions, (repetition,) each, with Student's interval."""
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    assert differences.ndim == 1 and len(differences) > 1, "an interval needs repetitions"
    half = stdtrit(len(differences) - 1, 0.975) * differences.std(ddof=1) / len(differences) ** 0.5
    mean = float(differences.mean())
    return Interval(mean, mean - float(half), mean + float(half))


def lower(what: str, first: np.ndarray, second: np.ndarray, written: Callable[[float], str] = "{:.3g}".format) -> Row:
    """The row "first is lower than second": both means, and the interval of their difference, by RULE."""
    gap = mean_difference(first, second)
    shown = f"{written(float(np.mean(first)))} against {written(float(np.mean(second)))}"
    return Row(what, "lower", f"{shown}, difference {gap.low:+.2g} to {gap.high:+.2g}", gap.high < 0)
