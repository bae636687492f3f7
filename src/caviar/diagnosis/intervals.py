"""95 % intervals for errors and for differences between errors. Notes 1.1, 1.2.

Proportions of mistakes: Wilson (1927, JASA 22:209-212). RMSE: the bias-corrected and accelerated bootstrap, BCa (Efron,
1987, JASA 82:171-185). Two independent errors: Newcombe's hybrid score interval (1998, Statistics in Medicine
17:873-890), which Zou and Donner (2008, Statistics in Medicine 27:1693-1702) extend to any two intervals. Two models on
the same rows: Bonett and Price (2012, J. Educational and Behavioral Statistics 37:479-488) for mistakes, the paired BCa
bootstrap for RMSE.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import gammaincinv, ndtr, ndtri

Metric = Literal["error", "rmse"]

Z = float(ndtri(0.975))  # 1.96: half-width of a 95 % interval in standard errors
NUM_RESAMPLES = 2_000
MOST_GROUPS = 2_000


class Interval(NamedTuple):
    """An estimate and the 95 % interval around it, in the units of the estimate."""

    estimate: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    @property
    def negated(self) -> "Interval":
        """The same difference, taken the other way round."""
        return Interval(-self.estimate, -self.high, -self.low)


def wilson(num_errors: float, num_rows: int) -> Interval:
    """Share of rows that are mistakes. Its limits solve |p − e/n| = z √(p(1 − p)/n), so they never leave [0, 1].

    Args:
        num_errors: in [0, num_rows]; fractional where rows are partly wrong, and then the interval is on the wide side.
        num_rows: at least 1.
    """
    share = num_errors / num_rows
    shrink = 1 + Z**2 / num_rows
    centre = (share + Z**2 / (2 * num_rows)) / shrink
    half = Z / shrink * np.sqrt(share * (1 - share) / num_rows + Z**2 / (4 * num_rows**2))
    # at 0 and n mistakes a limit equals the share; rounding must not put it on the wrong side
    return Interval(share, min(share, max(0.0, float(centre - half))), max(share, min(1.0, float(centre + half))))


def rmse(squared_errors: np.ndarray, *, seed: int = 0) -> Interval:
    """√mean of the squared errors (row,), with its BCa interval, in the target's units."""
    return bca(np.asarray(squared_errors, dtype=np.float64)[:, None], lambda means: np.sqrt(means[..., 0]), seed)


def rmse_of_figure(estimate: float, num_rows: int) -> Interval:
    """RMSE known as one figure: n·RMSE²/σ² is χ² with n degrees of freedom if the errors are normal around 0.

    Heavier tails than the normal make the true interval wider; per-row errors (`rmse`) need no such assumption.
    """
    chi_squared = 2 * gammaincinv(num_rows / 2, np.array([0.975, 0.025]))
    low, high = estimate * np.sqrt(num_rows / chi_squared)
    return Interval(estimate, float(low), float(high))


def difference(first: Interval, second: Interval) -> Interval:
    """The first error minus the second, measured on different rows (train and dev, say).

        low = d − √((e₁ − l₁)² + (u₂ − e₂)²)        high = d + √((u₁ − e₁)² + (e₂ − l₂)²)

    On two Wilson intervals this is Newcombe's method 10. A figure without interval counts as exact.
    """
    gap = first.estimate - second.estimate
    below = np.hypot(first.estimate - first.low, second.high - second.estimate)
    above = np.hypot(first.high - first.estimate, second.estimate - second.low)
    return Interval(gap, float(gap - below), float(gap + above))


def paired_difference(first: np.ndarray, second: np.ndarray, metric: Metric, *, seed: int = 0) -> Interval:
    """Error of the first model − error of the second, both on the same rows: what the rows share cancels.

    Args:
        first, second: (row,) per-row errors: 0/1 mistakes for "error", squared errors for "rmse".
    """
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    assert first.shape == second.shape and first.ndim == 1, "paired errors come from the same rows"
    if metric == "rmse":
        pairs = np.stack([first, second], axis=1)
        return bca(pairs, lambda means: np.sqrt(means[..., 0]) - np.sqrt(means[..., 1]), seed)
    # one imagined row that only the first gets wrong, and one that only the second does: sane limits where few differ
    only_first = (np.maximum(first - second, 0).sum() + 1) / (len(first) + 2)
    only_second = (np.maximum(second - first, 0).sum() + 1) / (len(first) + 2)
    centre = only_first - only_second
    half = Z * np.sqrt((only_first + only_second - centre**2) / (len(first) + 2))
    gap = float(np.mean(first - second))
    return Interval(gap, min(gap, max(-1.0, float(centre - half))), max(gap, min(1.0, float(centre + half))))


def smallest_difference(error: Interval) -> float:
    """The smallest difference that rows such as these can resolve between two models of about this error.

    A smaller one has a 95 % interval that holds zero: √2 times the half-width of one error. For models whose mistakes
    are unrelated; the more mistakes they share, the smaller it gets (`smallest_paired_difference`).
    """
    return float(np.sqrt(2) * error.half_width)


def smallest_paired_difference(first: np.ndarray, second: np.ndarray, metric: Metric) -> float:
    """The same for two known models on the same rows: half the width of their paired difference, in the metric's units.

    Args:
        first, second: (row,) per-row errors: 0/1 mistakes for "error", squared errors for "rmse".
    """
    if metric == "error":  # with its imagined rows: two models that err on the very same few rows are not told apart
        return paired_difference(first, second, metric).half_width
    # √A − √B moves by dA/(2√A) − dB/(2√B)
    first = first / max(2 * np.sqrt(np.mean(first)), np.finfo(float).tiny)
    second = second / max(2 * np.sqrt(np.mean(second)), np.finfo(float).tiny)
    return float(Z * np.std(first - second) / np.sqrt(len(first)))


def bca(rows: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], seed: int = 0) -> Interval:
    """BCa interval of a statistic of column means. `rows` is (row, column); `statistic` maps (…, column) to (…).

    Bias correction z₀ = Φ⁻¹(share of resamples below the estimate); acceleration a = Σd³ / 6(Σd²)^1.5 by the jackknife.
    """
    estimate = float(statistic(rows.mean(axis=0)))
    generator = np.random.default_rng(seed)
    groups = _grouped(rows, generator)
    num_groups = len(groups)
    centre = statistic(groups.mean(axis=0))
    jackknife = statistic((groups.sum(axis=0) - groups) / max(num_groups - 1, 1))
    leverage = jackknife.mean() - jackknife
    if num_groups < 2 or np.sum(leverage**2) <= (1e-12 * abs(estimate)) ** 2:
        return Interval(estimate, estimate, estimate)  # all rows alike: nothing to resample
    drawn = np.sort(statistic(_resampled_means(groups, generator)))
    below = (np.sum(drawn < centre) + np.sum(drawn <= centre)) / 2
    bias = ndtri(np.clip(below / NUM_RESAMPLES, 1 / NUM_RESAMPLES, 1 - 1 / NUM_RESAMPLES))
    acceleration = np.sum(leverage**3) / (6 * np.sum(leverage**2) ** 1.5)
    shifted = bias + np.array([-Z, Z])
    low, high = np.quantile(drawn, ndtr(bias + shifted / (1 - acceleration * shifted)))
    return Interval(estimate, min(float(low), estimate), max(float(high), estimate))


def _grouped(rows: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """At most 2,000 means of random groups of equal size: the same mean, the same standard error, bounded cost.

    A remainder smaller than one group is left out of the resampling (it moves the limits by under 3 % of their width).
    """
    size = -(-len(rows) // MOST_GROUPS)
    if size == 1:
        return rows
    kept = generator.permutation(len(rows))[: len(rows) // size * size]
    return rows[kept].reshape(-1, size, rows.shape[1]).mean(axis=1)


def _resampled_means(rows: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """(resample, column) means of rows drawn with replacement, the same draw for all columns."""
    drawn = generator.integers(len(rows), size=(NUM_RESAMPLES, len(rows)), dtype=np.uint16)
    return np.stack([column[drawn].mean(axis=1) for column in rows.T], axis=1)
