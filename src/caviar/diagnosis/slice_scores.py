"""How much worse a slice does than the rest, and how large the largest such score gets by chance alone.

Errors that have nothing to do with the columns are the same errors in another order. So the order is drawn anew 199
times, every slice is scored each time, and a slice counts only where its true score beats the largest of nearly all
these draws (Westfall and Young, 1993, Resampling-Based Multiple Testing): that corrects for the number of slices looked
at, and knows that overlapping slices score alike.
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import xlogy

from caviar.diagnosis.conditions import Condition
from caviar.diagnosis.intervals import Metric

NUM_DRAWS = 199


def shuffled(errors: np.ndarray, metric: Metric, seed: int) -> np.ndarray:
    """(row, 1 + draw) float32: the errors as they are scored, first in their order, then in random ones.

    Mistakes count as they are. Of squared errors the root is scored, less its mean and over its deviation: a few far
    rows then do not decide.
    """
    scored = errors
    if metric == "rmse":
        roots = np.sqrt(errors)
        scored = (roots - roots.mean()) / max(float(roots.std()), np.finfo(float).tiny)
    generator = np.random.default_rng(seed)
    drawn = [scored, *(generator.permutation(scored) for _ in range(NUM_DRAWS))]
    return np.stack(drawn, axis=1).astype(np.float32)


def scores(rows: np.ndarray, sums: np.ndarray, num_rows: int, total: np.ndarray | float, metric: Metric) -> np.ndarray:
    """Standard deviations by which a slice does worse than the rows outside it; negative where it does better.

    Mistakes: the signed root of the likelihood ratio, ±√2[k ln(k/m) + (m−k) ln(1−k/m) + … − K ln(K/n) − …], for k
    mistakes in the m rows of the slice, and K in all n. Squares: the sum of standardised roots over
    √(m(n−m)/(n−1)).

    Args:
        rows: m, (slice, 1). sums: (slice, draw). total: K, one number or (draw,).
    """
    others = num_rows - rows
    if metric == "rmse":
        return (sums - rows * total / num_rows) / np.sqrt(rows * others / max(num_rows - 1, 1))
    outside = total - sums
    ratio = 2 * (_log_likelihood(sums, rows) + _log_likelihood(outside, others) - _log_likelihood(total, num_rows))
    return np.sign(sums / rows - outside / others) * np.sqrt(np.maximum(ratio, 0))


def _log_likelihood(mistakes: np.ndarray | float, rows: np.ndarray | float) -> np.ndarray:
    return xlogy(mistakes, mistakes / rows) + xlogy(rows - mistakes, 1 - mistakes / rows)


def pairs_of(conditions: list[Condition], most: int) -> Iterator[tuple[int, np.ndarray]]:
    """(first, the seconds) places of conditions that are crossed: the broad ones, of two columns.

    Where they are more than `most`, each column's first ones come first; which, no error has a say in.
    """
    broad = [place for place, each in enumerate(conditions) if each.broad]
    if len(broad) > most:
        turn: dict[str, int] = {}
        order = []
        for place in broad:
            column = conditions[place].column
            turn[column] = turn.get(column, -1) + 1
            order.append((turn[column], place))
        broad = sorted(place for _, place in sorted(order)[:most])
    for rank, first in enumerate(broad):
        seconds = [each for each in broad[rank + 1 :] if conditions[each].column != conditions[first].column]
        if seconds:
            yield first, np.array(seconds)
