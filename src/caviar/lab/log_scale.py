"""α is searched on a log scale, β on a log scale of 1 − β; units and layers on a linear one. Notes 3.2.

Measured, it holds in part. A linear scale puts nine draws of ten into the topmost factor of ten, and wins where the
best value happens to lie there, as plain descent's α does. It loses far more where the best value lies lower, and
before the search nobody knows. So the log scale's worst case is much the better one.
"""

import numpy as np
import torch
from matplotlib.axes import Axes

from caviar.core.random import stream
from caviar.lab import pairs, trials
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.search.dimensions import Dimension, Integer, LogUniform, OneMinusLogUniform, Uniform
from caviar.search.spaces import Space
from caviar.techniques.averages import ExponentialAverage

RATE_RANGE, BETA_RANGE = (1e-4, 1.0), (0.9, 0.999)
LOG_RATE, LOG_BETA = LogUniform(*RATE_RANGE), OneMinusLogUniform(*BETA_RANGE)
METHODS = ("adam", "rmsprop", "gradient-descent", "momentum")
NUM_SEARCHES, NUM_TRIALS, NUM_EPOCHS = 30, 5, 10
NUM_DRAWS, NUM_DAYS = 10_000, 5000
WINDOWS = (20, 500)  # over how many values the best average of a series goes
RULE = (
    f"A share of {NUM_DRAWS:,} draws agrees within 0.02. A search is the best of {NUM_TRIALS} draws; of "
    f"{NUM_SEARCHES} pairs of searches, log against linear, a figure {pairs.RULE}. α is judged by the loss on dev rows "
    "of digits, β by how near an average of noisy days comes to their true course."
)


def draws(dimension: Dimension, num: int, seed: int) -> np.ndarray:
    """(draw,) values of one dimension, alone in its space."""
    return Space({"value": dimension}).sample(num, seed)["value"]


def shares(seed: int, log_rate: Dimension, log_beta: Dimension) -> list[Row]:
    """How many draws fall into each part of the ranges that the notes speak of."""
    cases: list[tuple[str, Dimension, float, float, float]] = [
        ("α, linear, from 0.1 to 1", Uniform(*RATE_RANGE), 0.1, 1, 0.9),
        *((f"α, log, from {low:g} to {low * 10:g}", log_rate, low, low * 10, 0.25) for low in (1e-4, 1e-3, 0.01, 0.1)),
        ("β, linear, from 0.9 to 0.99", Uniform(*BETA_RANGE), 0.9, 0.99, 0.91),
        ("β, log of 1 − β, from 0.9 to 0.99", log_beta, 0.9, 0.99, 0.5),
        ("units from 50 to 100, linear, up to 75", Integer(50, 100), 50, 75, 26 / 51),
        ("layers from 2 to 4, linear, 2", Integer(2, 4), 2, 2, 1 / 3),
    ]
    rows = []
    for what, dimension, low, high, claimed in cases:
        values = draws(dimension, NUM_DRAWS, seed)
        share = float(((values >= low) & (values <= high)).mean())
        rows.append(Row(f"share of draws: {what}", f"{claimed:.2f}", round(share, 3), abs(share - claimed) <= 0.02))
    return rows


def searches(dimension: Dimension, num_searches: int, seed: int) -> np.ndarray:
    """(search, trial) draws."""
    seeds = range(seed * num_searches, (seed + 1) * num_searches)
    return np.stack([draws(dimension, NUM_TRIALS, one) for one in seeds])


def rate_losses(rates: np.ndarray, method: str, seed: int) -> np.ndarray:
    """The dev loss of each trial; every trial is a member, trials of one search start from the same weights.

    Args:
        rates: (search, trial).
    """
    first_weights = np.repeat(np.arange(len(rates)) + seed * len(rates), rates.shape[1])
    columns = {"learning_rate": rates.ravel(), "optimizer": method}
    return trials.dev_losses(columns, first_weights, trials.digits(seed), NUM_EPOCHS).reshape(rates.shape)


def best_rate(method: str, seed: int) -> Row:
    """Where in the range the best α lies, by an even sweep: it tells which scale draws near it more often."""
    sweep = np.geomspace(*RATE_RANGE, 17)
    return Row(
        f"α of {method}: best of an even sweep", "", f"{sweep[rate_losses(sweep[None], method, seed).argmin()]:.2g}"
    )


def beta_errors(betas: np.ndarray, window: int, seed: int) -> np.ndarray:
    """Root mean squared distance of each average from the true course of a series, (search, trial).

    The course is a random walk, seen through noise of deviation 1. Its steps are such that the average over `window`
    values is the best: a steady Kalman filter is an exponential average, with (1 − β)² / β = (step / noise)².
    """
    beta = 1 - 1 / window
    noise = torch.randn(2, NUM_DAYS, generator=stream(seed, "series", window), dtype=torch.float64)
    course = (noise[0] * (1 - beta) / beta**0.5).cumsum(0)
    average = ExponentialAverage(torch.tensor(betas))
    squared = torch.zeros(betas.shape, dtype=torch.float64)
    for day, true in zip(course + noise[1], course, strict=True):
        squared += (average.add(day.expand(betas.shape)) - true) ** 2
    return (squared / NUM_DAYS).sqrt().numpy()


def run(
    seed: int = 0,
    log_rate: Dimension = LOG_RATE,
    log_beta: Dimension = LOG_BETA,
    num_searches: int = NUM_SEARCHES,
) -> Result:
    """The technique is the scales of `log_rate` and `log_beta`."""
    rows = shares(seed, log_rate, log_beta)
    picture, axes = blank_picture(f"{NUM_TRIALS} draws of α a search, log and linear", "α", "loss on dev rows")
    best = []  # (method, scale, search)
    for method in METHODS:
        drawn = [searches(one, num_searches, seed) for one in (log_rate, Uniform(*RATE_RANGE))]
        losses = [rate_losses(rates, method, seed) for rates in drawn]
        what = f"α of {method}: lowest dev loss, log against linear"
        best.append([loss.min(1) for loss in losses])
        rows += [best_rate(method, seed), pairs.lower(what, *best[-1])]
        if method in ("adam", "gradient-descent"):
            _draw(axes, method, drawn, losses)
    worst = np.array(best).max(0)
    rows.append(pairs.lower("α of the method that fares worst: lowest dev loss, log against linear", *worst))
    for window in WINDOWS:
        errors = [
            beta_errors(searches(one, num_searches, seed), window, seed).min(1)
            for one in (log_beta, Uniform(*BETA_RANGE))
        ]
        what = f"β, best near {1 - 1 / window:g}: lowest error, log of 1 − β against linear"
        rows.append(pairs.lower(what, *errors))
    axes.set(xscale="log", ylim=(0, 3))
    axes.legend()
    return Result(rows, RULE, picture)


def _draw(axes: Axes, method: str, drawn: list[np.ndarray], losses: list[np.ndarray]) -> None:
    colour = "C0" if method == "adam" else "C1"
    for rates, loss, marker, scale in zip(drawn, losses, "o+", ("log", "linear"), strict=True):
        axes.plot(rates.ravel(), loss.ravel(), marker, color=colour, alpha=0.6, label=f"{method}, {scale}")
