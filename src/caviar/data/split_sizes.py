"""How large dev and test should be, and what a dev set of that size can tell. Notes 1.1."""

from itertools import pairwise
from math import log, sqrt

SHARES = ((10_000, 0.2), (1_000_000, 0.01), (10_000_000, 0.0025))  # row count, share of dev and again of test


def held_out_share(num_rows: int) -> float:
    """The share of the rows that goes to dev, and the same again to test.

    0.2 up to 10,000 rows, 0.01 at a million, 0.0025 from ten million on; between those a straight line between the
    logarithms of share and row count, so that dev grows with the data although its share falls:

        share(n) = s₀ · (n / n₀)^(log(s₁/s₀) / log(n₁/n₀))
    """
    if num_rows <= SHARES[0][0]:
        return SHARES[0][1]
    for (fewer, high), (more, low) in pairwise(SHARES):
        if num_rows <= more:
            return high * (num_rows / fewer) ** (log(low / high) / log(more / fewer))
    return SHARES[-1][1]


def why_this_share(num_rows: int) -> str:
    """The rule in one clause, for `Split.rule`."""
    if num_rows <= SHARES[0][0]:
        return f"up to {SHARES[0][0]:,} rows, a fifth to measure on is large enough and leaves most rows to learn from"
    if num_rows < SHARES[-1][0]:
        return (
            f"from {SHARES[0][0]:,} rows on the measuring shares shrink, because dev only has to be large enough "
            "to compare models"
        )
    return "among so many rows, a quarter of a per cent is large enough to compare models"


def smallest_error_difference(num_rows: int, error: float = 0.1) -> float:
    """The smallest difference between two models' dev errors that is more than chance (95 %, two-sided), as a fraction.

    Both models are measured on the same rows (paired): only the rows where one is right and the other wrong count.
    Where half of each model's mistakes are its own, those are a share `error` of the rows, and the difference has

        standard error = √(error / n),  so it must exceed  1.96 · √(error / n).

    (Unpaired, on two dev sets of that size, it would be 1.96 · √(2 · error · (1 − error) / n), a third more.)
    """
    return 1.96 * sqrt(error / num_rows)


def smallest_rmse_difference(num_rows: int) -> float:
    """The same for regression, as a share of the RMSE: 1.96 · √(1 / 2n).

    With normal residuals the RMSE of one model has relative standard error √(1 / 2n). The difference of two models on
    the same rows has the same where their squared residuals are correlated by one half.
    """
    return 1.96 * sqrt(1 / (2 * num_rows))
