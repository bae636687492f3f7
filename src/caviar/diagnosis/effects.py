"""What a change to a training brings: an interval that covers new seeds and new dev rows alike. Notes 1.1, 3.3.

The change and its control are trained from the same seeds and judged on the same rows, so that what they share cancels
(common random numbers). Of the row errors' differences d (seed, row), the mean varies with the seeds and with the rows:

    V = s²(row means of seeds)/S + s²(seed means of rows)/n        effect = mean d ± t · √V

The degrees of freedom of t are Satterthwaite's (1946, doi.org/10.2307/3002019). What seeds and rows do together is in
both terms, so that the interval is on the wide side. Seeds here are first weights; other chances of a training
(order of batches, dropout) move the error no further than these do (Summers & Dinneen, 2021, arXiv:2103.04514).
Several changes tried at once share the 5 %: with K of them each has the interval for 5 %/K (Bonferroni), so that all
hold their true effects at once, the best-looking one too. So do looks at the same changes with ever more seeds.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from caviar.diagnosis.intervals import Interval

Figure = Literal["error", "rmse", "loss"]

FEWEST_SEEDS, USUAL_SEEDS = 3, 5
NUM_DRAWS = 4_000


def measured_effects(
    changes: Sequence[np.ndarray], control: np.ndarray, figure: Figure, num_looks: int = 1
) -> list[Interval]:
    """Each change's figure minus the control's, with intervals that hold all true effects at once in 95 % of trials.

    Args:
        changes: (seed, row) of each change. control: (seed, row), from the same seeds on the same rows. Row errors are
            mistakes in [0, 1] for "error", squares for "rmse", anything for "loss"; at least 2 seeds and 2 rows.
        num_looks: how often such intervals are taken at most, with more seeds each time, before one is believed.
    """
    tail = 0.05 / (2 * max(len(changes), 1) * num_looks)
    differences = [_differences(change, control, figure) for change in changes]
    usual = float(np.median([_seed_variance(each) for each in differences])) if differences else 0.0
    return [_interval(each, figure, tail, usual, _seed_freedom(len(control), len(changes))) for each in differences]


def without_luck(changes: Sequence[np.ndarray], control: np.ndarray, figure: Figure, picked: int) -> float:
    """The effect of the change that was picked for being the best, less what picking adds to it on average.

        luck = E[θ*_w − θ_w],  w the lowest of θ* ~ N(θ, Σ)        (a parametric bootstrap)

    Σ is the covariance of the effects by `measured_effects`' formula: changes with one control vary together.
    """
    differences = np.stack([_differences(change, control, figure) for change in changes])
    effects = differences.mean(axis=(1, 2))
    by_seed, by_row = differences.mean(axis=2), differences.mean(axis=1)
    spread = np.atleast_2d(np.cov(by_seed)) / by_seed.shape[1] + np.atleast_2d(np.cov(by_row)) / by_row.shape[1]
    drawn = np.random.default_rng(0).multivariate_normal(effects, spread, size=NUM_DRAWS, method="svd")
    best = drawn.argmin(axis=1)
    luck = float(np.mean(drawn[np.arange(NUM_DRAWS), best] - effects[best]))
    return float(effects[picked]) - luck


def _differences(change: np.ndarray, control: np.ndarray, figure: Figure) -> np.ndarray:
    """(seed, row) numbers whose mean over all is the effect."""
    assert change.shape == control.shape and change.ndim == 2, "the same seeds on the same rows"
    assert min(change.shape) >= 2, "seeds and rows vary only where there are two of them"
    if figure == "rmse":
        return _root_shares(change) - _root_shares(control)
    return np.asarray(change, dtype=np.float64) - control


def _root_shares(squares: np.ndarray) -> np.ndarray:
    """Row figures whose mean is each seed's RMSE r, and that vary as it does: ½r + ½e²/r, the delta method."""
    squares = np.asarray(squares, dtype=np.float64)
    root = np.maximum(np.sqrt(squares.mean(axis=1, keepdims=True)), np.finfo(float).tiny)
    return root / 2 + squares / (2 * root)


def _seed_variance(differences: np.ndarray) -> float:
    return float(differences.mean(axis=1).var(ddof=1))


def _seed_freedom(num_seeds: int, num_changes: int) -> float:
    """Degrees of freedom of a variance over seeds: halfway from one change's own to that of all changes' mean.

    Differences from one control correlate by about a half, so that the mean of K variances is worth K / (1 + (K − 1)/4)
    of one. A simulation of changes that vary alike, and of some that vary ten times as much, bears the middle out.
    """
    worth = num_changes / (1 + (num_changes - 1) / 4)
    return (num_seeds - 1) * (1 + worth) / 2


def _interval(differences: np.ndarray, figure: Figure, tail: float, usual: float, seed_freedom: float) -> Interval:
    """The interval with a chance of `tail` to lie wholly below the truth, and as much above.

    A few seeds may agree by luck: their variance counts as no less than `usual`, the median over all changes.
    """
    effect = float(differences.mean())
    if figure == "error":  # one imagined row for each side, as in paired_difference: sane limits where few rows differ
        sides = np.ones((len(differences), 1)) * np.array([1.0, -1.0])
        differences = np.concatenate([differences, sides], axis=1)
    num_seeds, num_rows = differences.shape
    seeds = max(_seed_variance(differences), usual) / num_seeds
    rows = float(differences.mean(axis=0).var(ddof=1)) / num_rows
    variance = seeds + rows
    if variance == 0:
        return Interval(effect, effect, effect)
    freedom = variance**2 / (seeds**2 / seed_freedom + rows**2 / (num_rows - 1))
    half = float(stdtrit(freedom, 1 - tail)) * np.sqrt(variance)
    centre = float(differences.mean())
    return Interval(effect, min(effect, float(centre - half)), max(effect, float(centre + half)))
