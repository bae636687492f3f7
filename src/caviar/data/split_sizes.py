"""How large dev and test should be, and what a dev set of that size can tell. Notes 1.1."""

from math import log, sqrt

SMALL, SMALL_SHARE = 10_000, 0.2
LARGE, LARGE_SHARE = 1_000_000, 0.01
HUGE, HUGE_SHARE = 10_000_000, 0.0025


def held_out_share(num_rows: int) -> float:
    """The share of the rows that goes to dev, and the same again to test.

    0.2 up to 10,000 rows, 0.01 at a million, 0.0025 from ten million on; between those a straight line between the
    logarithms of share and row count, so that dev grows with the data although its share falls:

        share(n) = s₀ · (n / n₀)^(log(s₁/s₀) / log(n₁/n₀))
    """
    points = ((SMALL, SMALL_SHARE), (LARGE, LARGE_SHARE), (HUGE, HUGE_SHARE))
    if num_rows <= SMALL:
        return SMALL_SHARE
    for (before, high), (after, low) in zip(points, points[1:], strict=False):
        if num_rows <= after:
            return high * (num_rows / before) ** (log(low / high) / log(after / before))
    return HUGE_SHARE


def why_these_shares(num_rows: int) -> str:
    """The rule in one clause, for `Split.rule`."""
    if num_rows <= SMALL:
        return f"up to {SMALL:,} rows, a fifth each measures well enough and leaves most for training"
    if num_rows < HUGE:
        return f"beyond {SMALL:,} rows the shares shrink: a dev set only has to be big enough to compare models"
    return "with millions of rows, a quarter of a per cent is big enough to compare models"


def smallest_error_difference(num_rows: int, error: float = 0.1) -> float:
    """The smallest difference between two models' dev errors that `num_rows` dev rows can tell from chance (95 %, two-sided).

    Both models are measured on the same rows (paired): only the rows where one is right and the other wrong count. With
    half of each model's mistakes its own, these are a share `error` of all rows, and the difference has

        standard error = √(error / n),  so it must exceed  1.96 · √(error / n).

    (Unpaired, on two different dev sets, it would be 1.96 · √(2 · error · (1 − error) / n), a third more.)
    """
    return 1.96 * sqrt(error / num_rows)


def smallest_rmse_difference(num_rows: int) -> float:
    """The same for regression, as a share of the RMSE: 1.96 · √(1 / 2n).

    For normal residuals the RMSE of one model has relative standard error √(1/2n). Of two models on the same rows, with
    squared residuals correlated by one half, the difference has the same.
    """
    return 1.96 * sqrt(1 / (2 * num_rows))
