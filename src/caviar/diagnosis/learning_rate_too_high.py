"""Learning rate too high: steps overshoot, the loss rises or stays above its start. Notes 2.9, 3.1."""

from typing import Any

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.dead_relu import MATERIAL_SHARE
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import ENOUGH_ROWS, Health
from caviar.diagnosis.sureness import sureness
from caviar.diagnosis.training_evidence import (
    FEWEST_LOSSES,
    end_level,
    median_of,
    peak_level,
    start_level,
    step_sizes,
)
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("learning-rate-too-high", section="3.1")

# About 1e-3 is usual (CS231n, cs231n.github.io/neural-networks-3). From 1e-2 on a step is large enough to be the cause
# of a loss that rises; at 1e-1 ten steps replace the weights.
LARGE_STEP, TURNOVER = 1e-2, 1e-1
MATERIAL_RISE = 0.1  # a tenth above the start
SPIKE = 2.0

LOWER = Action(
    "Lower the learning rate to a tenth, or as much further as the loss asks for",
    "caviar",
    "The loss falls from the first steps on, and lower in the end",
    {"learning_rate": ["x0.1", "x0.01", "x0.001"]},
)
WARM_UP = Action(
    "Raise the rate from 0 over the first epochs, let it fall at the end",
    "caviar",
    "The first steps, which are the most dangerous, are short",
    {"warmup_epochs": 2, "schedule": "cosine"},
)


def learning_rate_too_high(health: Health) -> Finding:
    """Present where steps are large (1 % of the weights and more) and the loss or the units show that they hurt.

    Worse: the loss ends at least a tenth above its start, or not finite (high).
    Spiked: on its way it stood at twice its start and its end (low where it came down to half the start, high where it
    stayed above nine tenths, else medium).
    In vain: a step has moved a tenth of the weights, the loss rose a tenth above its start on its way, and ends above
    nine tenths of it (high).
    Restless: not down to half its start, while a step still moves a tenth of the weights (medium).
    Deadly: in some layer a quarter of the ReLU units has died since the start, or half of the tanh or sigmoid values
    have come to their flat ends (medium from twice that on).
    """
    sizes, losses = step_sizes(health), health.finite_losses
    if not np.isfinite(sizes).any():
        if health.num_steps and health.gradient_norm.size and not np.nan_to_num(health.gradient_norm).any():
            return DISEASE.absent("No layer gets any gradient: the steps are not what is wrong.", 0.9)
        return DISEASE.cannot_tell("Steps are missing: none that moved the weights was watched.")
    largest, late = float(np.nanmax(sizes)), median_of(sizes[health.late])
    figures: dict[str, Any] = {
        "largest_step": largest,
        "late_step": late,
        "learning_rate": median_of(health.learning_rate),
    }
    if largest < LARGE_STEP:
        return DISEASE.absent(
            f"No step moves the median layer by more than {100 * largest:.2g} % of its weights.",
            sureness(largest, LARGE_STEP),
            **figures,
        )
    if not len(health.losses):
        return DISEASE.cannot_tell(
            f"Steps move up to {100 * largest:.2g} % of the weights; whether the loss bears that is open: the losses "
            "are missing, hand them over with watcher.loss(loss).",
            **figures,
        )
    steps = f"Steps move up to {100 * largest:.2g} % of the weights"
    if 1 <= len(losses) < len(health.losses):
        number = int(health.loss_steps[len(losses)])
        return DISEASE.present(
            f"{steps}, and the loss is not a finite number from step {number} on.",
            "high",
            sureness(largest, LARGE_STEP),
            LOWER,
            WARM_UP,
            **figures,
            broken_at_step=number,
        )
    if len(losses) < FEWEST_LOSSES:
        return DISEASE.cannot_tell(f"{len(losses)} losses are too few: {FEWEST_LOSSES} are needed.", **figures)
    start, end, peak = start_level(health), end_level(losses), peak_level(losses)
    figures |= {"start": start, "end": end.estimate, "end_interval": [end.low, end.high], "peak": peak}
    path = f"went from {three_figures(start)} by way of {three_figures(peak)} to {three_figures(end.estimate)}"
    lost = units_lost(health)
    figures |= {"units_lost": lost}
    began = largest >= TURNOVER and end.estimate > 0.9 * start
    in_vain = peak / ((1 + MATERIAL_RISE) * start) if began and start > 0 else 0.0
    grave: Severity | None = None
    if end.low > (1 + MATERIAL_RISE) * start:
        grave = "high"
    elif peak >= SPIKE * max(start, end.estimate):
        grave = "high" if end.estimate > 0.9 * start else "medium" if end.estimate > start / 2 else "low"
    elif in_vain >= 1:
        grave = "high"
    elif late >= TURNOVER and end.estimate > start / 2:
        grave = "medium"
    if lost >= MATERIAL_SHARE and grave in (None, "low"):
        grave = "medium" if lost >= 2 * MATERIAL_SHARE else "low"
    sure = max(_sure(start, end.estimate, peak, lost, late), sureness(in_vain, 1) if in_vain >= 1 else 0.0)
    if grave is None:
        return DISEASE.absent(f"{steps}, and the loss bears it: it {path}.", sure, **figures)
    losses_of_units = " On the way a layer lost units to where they have no slope." if lost >= MATERIAL_SHARE else ""
    return DISEASE.present(f"{steps}, and the loss {path}.{losses_of_units}", grave, sure, LOWER, WARM_UP, **figures)


def _sure(start: float, end: float, peak: float, lost: float, late: float) -> float:
    """By the sign that speaks loudest: the end above the start, the peak above both, units lost, restless steps."""
    signs = [end / ((1 + MATERIAL_RISE) * start), peak / (SPIKE * max(start, end)), lost / MATERIAL_SHARE]
    signs += [late / TURNOVER] if end > start / 2 else []
    return sureness(max(signs), 1) if start > 0 else 0.5


def units_lost(health: Health) -> float:
    """The largest rise, since the start, of a hidden layer's share of dead ReLU units or of saturated values.

    A half of saturated values is material, as a quarter of dead units is, so they count half. 0 where neither was seen
    at both ends; dead units need 100 rows.
    """
    rises = [0.0]
    for one in health.activations:
        if one.is_output:
            continue
        if one.silent is not None:
            (first, few), (last, rows) = one.dead_share(at_start=True), one.dead_share()
            rises += [last - first] if min(few, rows) >= ENOUGH_ROWS else []
        else:
            seen = one.saturated[np.isfinite(one.saturated)]
            rises += [(median_of(one.saturated[health.late]) - seen[0]) / 2] if len(seen) > 1 else []
    return float(np.nanmax(rises))
