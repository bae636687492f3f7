"""What several diseases of training read off a Health: depth, the loss's levels, how far steps go. Notes 1.10, 2.1."""

import warnings

import numpy as np
from scipy.special import stdtrit

from caviar.diagnosis.health import Health
from caviar.diagnosis.intervals import Interval

FEWEST_LOSSES = 20
WINDOW = 5


def agreement(flags: np.ndarray) -> float:
    """How sure a yes is that `flags` (…) of independent looks agree on: Laplace's rule, (yes + 1) / (looks + 2)."""
    return float((np.sum(flags) + 1) / (np.size(flags) + 2))


def gradient_decades(health: Health) -> np.ndarray:
    """(late watched,) log10 of ‖∂J/∂z‖ at the first layer over that at the last, along a line through all layers.

    Equal layers multiply it by one factor each, so its logarithm is a line. A norm of 0 counts as the smallest that
    float32 holds, so 38 decades are the most. Empty for fewer than three layers, or where no backward pass was seen.
    """
    norms = health.layers.output_gradient[health.late]
    found = []
    for row in norms:
        row = row[np.isfinite(row)]
        if len(row) >= 3:
            slope = np.polyfit(np.arange(len(row)), np.log10(np.maximum(row, np.finfo(np.float32).tiny)), 1)[0]
            found.append(np.clip(-slope * (len(row) - 1), -38, 38))
    return np.array(found)


def dead_layers(health: Health) -> list[str]:
    """ReLU layers in which no unit answers to any row: no gradient comes through them."""
    relus = [each for each in health.activations if each.silent is not None and not each.is_output]
    return [each.name for each in relus if each.dead_share()[0] == 1]


def step_sizes(health: Health) -> np.ndarray:
    """(watched,) ‖ΔW‖ / ‖W‖ of the median layer; layers without gradient or without weight yet are left out."""
    ratios = np.where(health.layers.gradient_norm > 0, health.layers.update_ratio, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a step at which no layer moved is NaN
        return np.nanmedian(np.where(np.isfinite(ratios), ratios, np.nan), axis=1)


def largest_steps(health: Health) -> np.ndarray:
    """(watched,) the same of the layer that moved most."""
    ratios = np.where(health.layers.gradient_norm > 0, health.layers.update_ratio, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmax(np.where(np.isfinite(ratios), ratios, np.nan), axis=1, initial=np.nan)


def median_of(values: np.ndarray) -> float:
    """Median of the finite values (…); NaN where there is none."""
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else float("nan")


def end_level(losses: np.ndarray) -> Interval:
    """Mean of the last fifth of the losses (loss,), at least 10 of them, with its interval from the t distribution."""
    end = losses[-max(10, len(losses) // 5) :]
    half = stdtrit(len(end) - 1, 0.975) * end.std(ddof=1) / np.sqrt(len(end))
    return Interval(float(end.mean()), float(end.mean() - half), float(end.mean() + half))


def peak_level(losses: np.ndarray) -> float:
    """The highest median of five losses in a row, so that one bad batch is no peak."""
    return float(np.median(np.lib.stride_tricks.sliding_window_view(losses, WINDOW), axis=1).max())


def start_level(health: Health) -> float:
    """The first loss, or that of knowing nothing if it is more."""
    return max(float(health.losses[0]), health.known_nothing or -np.inf)
