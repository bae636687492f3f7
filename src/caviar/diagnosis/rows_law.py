"""Error against train rows as a power law, and what it says of more rows, with an interval. Notes 1.3.

Cortes et al., 1993 (Learning curves: asymptotic values and rate of convergence, NIPS 6); Hestness et al., 2017,
arXiv 1712.00409; Mahmood et al., 2022, arXiv 2207.01725: extrapolated far, such fits promise too much, so what ten
times the rows bring is read off an interval and never off the best fit alone.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from caviar.diagnosis.intervals import Interval, Metric

EXPONENTS = np.linspace(0.1, 2.0, 39)
NUM_RESAMPLES = 400
FARTHEST = 10


@dataclass(frozen=True, eq=False)
class ErrorsByRows:
    """Dev errors of one network and settings, trained on ever more of the train rows.

    Args:
        sizes: (size,) train rows, rising, three at least; the last is all there are.
        row_errors: (size, repeat, dev row) 0/1 mistakes, or squared errors for "rmse"; each repeat has other rows and
            other first weights, two repeats at least.
    """

    sizes: np.ndarray
    row_errors: np.ndarray
    metric: Metric

    @cached_property
    def errors(self) -> np.ndarray:
        """(size, repeat), in the metric's units."""
        means = self.row_errors.mean(axis=2)
        return np.sqrt(means) if self.metric == "rmse" else means


@dataclass(frozen=True, eq=False)
class RowsLaw:
    """The law error(n) = a + b · (n / N)^(−c) for N train rows, with its resamples.

    Args:
        laws: (1 + resample, 3) a, b, c; the first is that of the measured errors.
    """

    num_rows: int
    laws: np.ndarray

    def at(self, rows: float) -> Interval:
        """The error on these dev rows with so many train rows, taking the law's error with all of them as exact.

        Other dev rows would move the whole curve up or down, and what more train rows bring hardly.
        """
        now, gain = float(self._errors(self.num_rows)[0]), self.gain(rows / self.num_rows)
        return Interval(now - gain.estimate, max(0.0, now - gain.high), now - gain.low)

    def gain(self, times: float) -> Interval:
        """How much lower the error is with so many times the rows."""
        return _interval(self._errors(self.num_rows) - self._errors(times * self.num_rows))

    def _errors(self, rows: float) -> np.ndarray:
        level, size, exponent = self.laws.T
        return level + size * (rows / self.num_rows) ** -exponent


def rows_law(curve: ErrorsByRows, seed: int = 0) -> RowsLaw:
    """Fit the law, and again on resamples of dev rows, the same for all sizes, and of repeats.

    Few repeats understate how far a size's mean may be off, so a resample moves it by a draw from Student's t with the
    spread between repeats, pooled over the sizes in proportion to their errors.
    """
    draw = np.random.default_rng(seed)
    num_sizes, repeats, num_rows = curve.row_errors.shape
    flat = curve.row_errors.reshape(num_sizes * repeats, num_rows).T  # (dev row, size · repeat)
    counts = draw.multinomial(num_rows, np.full(num_rows, 1 / num_rows), size=NUM_RESAMPLES)
    means = (counts @ flat / num_rows).reshape(NUM_RESAMPLES, num_sizes, repeats)
    errors = (np.sqrt(means) if curve.metric == "rmse" else means).mean(axis=2)
    measured = curve.errors.mean(axis=1)
    scale = np.maximum(measured, 1 / num_rows if curve.metric == "error" else np.finfo(float).tiny)
    freedom = num_sizes * (repeats - 1)
    spread = np.sqrt(((curve.errors - measured[:, None]) ** 2 / scale[:, None] ** 2).sum() / freedom)
    errors += draw.standard_t(freedom, size=errors.shape) * spread * scale / np.sqrt(repeats)
    shares = curve.sizes / curve.sizes[-1]
    return RowsLaw(int(curve.sizes[-1]), _fits(shares, np.concatenate([measured[None], np.maximum(errors, 0)])))


def _fits(shares: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Least squares for a ≥ 0 and b ≥ 0, the exponent from EXPONENTS: (fit, 3) from errors (fit, size)."""
    powers = shares ** -EXPONENTS[:, None]  # (exponent, size)
    x, y = powers - powers.mean(axis=1, keepdims=True), errors - errors.mean(axis=1, keepdims=True)
    slope = np.maximum(y @ x.T / (x * x).sum(axis=1), 0)  # (fit, exponent)
    level = errors.mean(axis=1)[:, None] - slope * powers.mean(axis=1)
    through_nought = errors @ powers.T / (powers * powers).sum(axis=1)
    slope, level = np.where(level < 0, through_nought, slope), np.maximum(level, 0)
    misfit = ((errors[:, None, :] - level[:, :, None] - slope[:, :, None] * powers) ** 2).sum(axis=2)
    best = misfit.argmin(axis=1)
    fits = np.arange(len(errors))
    return np.stack([level[fits, best], slope[fits, best], EXPONENTS[best]], axis=1)


def _interval(values: np.ndarray) -> Interval:
    """The measured one, with the 95 % interval of the resamples, which it never leaves."""
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return Interval(float(values[0]), float(min(low, values[0])), float(max(high, values[0])))
