"""Batch too large: batches agree so well that a fraction of one would do, and steps are few. Notes 2.2.

McCandlish et al. (2018, arXiv 1812.06162).
"""

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.sureness import sureness, sureness_of
from caviar.diagnosis.training_evidence import FEWEST_LOSSES, end_level, start_level
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("batch-too-large", section="2.2")

LARGE_BATCH, FEW_ROWS = 512, 2000  # notes: 64 to 512 rows, and all at once below 2,000
FEWEST_PAIRS = 3
SIGNAL, GRAVE_SIGNAL = 4.0, 30.0
MATERIAL_FALL = 0.05

SMALLER = Action(
    "Use batches of 64 to 512 rows",
    "caviar",
    "As many rows an epoch make more steps, each as good in direction: the loss falls faster",
    {"batch_size": "<=64"},
)
LARGER_RATE = Action(
    "Or keep the batch and raise the learning rate",
    "caviar",
    "Each of the few steps goes further, as its direction is sure",
    {"learning_rate": "x3"},
)


def batch_too_large(health: Health) -> Finding:
    """Present from 513 rows on where the gradient's signal is four times its noise and the loss is still falling.

    The gradients of two batches of B rows agree by c = B / (B + B_noise) in cosine; beyond B_noise rows a larger batch
    costs as many more rows and saves next to no steps. Read in the later half of what was watched. Falling: the last
    fifth of the losses lies 5 % or more below the one before, beyond both intervals. Low; medium where the loss has not
    come down to half of its start; high where also the signal is thirty times the noise.
    """
    rows, total = health.batch_rows, health.num_rows
    if rows is None:
        return DISEASE.cannot_tell("The rows of a batch are missing: give a loader of the batches that train.")
    figures: dict = {"rows": rows, "num_rows": total, "pairs": len(health.agreement)}
    if total is not None:
        figures["steps_an_epoch"] = -(-total // rows)
    if rows <= LARGE_BATCH or (total is not None and total <= FEW_ROWS):
        small = f" of {total:,}, few enough for all at once" if rows > LARGE_BATCH else ""
        return DISEASE.absent(f"Batches have {rows:,} rows{small}.", sureness(rows, 2 * LARGE_BATCH), **figures)
    late = health.agreement[len(health.agreement) // 2 :]
    if len(late) < FEWEST_PAIRS:
        return DISEASE.cannot_tell(f"{len(late)} pairs of gradients are too few: {FEWEST_PAIRS} are needed.", **figures)
    agreement, error = float(late.mean()), float(late.std(ddof=1) / np.sqrt(len(late)))
    signal = agreement / (1 - agreement) if agreement < 1 else np.inf
    figures |= {"agreement": agreement, "signal_to_noise": signal}
    limit = SIGNAL / (1 + SIGNAL)
    words = f"The gradients of two batches of {rows:,} rows agree by {agreement:.2f} in cosine"
    sure = sureness_of(agreement, limit, error)
    if signal < SIGNAL:
        return DISEASE.absent(f"{words}: the noise is still worth averaging out.", sure, **figures)
    losses = health.finite_losses
    if len(losses) < FEWEST_LOSSES:
        return DISEASE.cannot_tell(
            f"{words}; whether the loss is still falling is open: {len(losses)} losses of at least {FEWEST_LOSSES}.",
            SMALLER,
            **figures,
        )
    before, end = last_fifths(losses)
    fall = (before.estimate - end.estimate) / abs(before.estimate) if before.estimate else 0.0
    figures |= {"before": before.estimate, "end": end.estimate, "fall": fall}
    if fall < MATERIAL_FALL or end.high >= before.low:
        return DISEASE.absent(
            f"{words}, but the loss had levelled off at {three_figures(end.estimate)}.",
            sureness(fall, MATERIAL_FALL),
            **figures,
        )
    epoch = f" and an epoch has {figures['steps_an_epoch']} steps" if total is not None else ""
    return DISEASE.present(
        f"{words}: a fraction of the rows would give the same direction{epoch}; after {health.num_steps:,} steps the "
        f"loss is at {three_figures(end.estimate)} and falling.",
        _severity(signal, end.estimate > start_level(health) / 2),
        min(sure, sureness(fall, MATERIAL_FALL)),
        SMALLER,
        LARGER_RATE,
        **figures,
    )


def last_fifths(losses: np.ndarray) -> tuple[Interval, Interval]:
    """Levels of the fifth before the last, and of the last."""
    size = max(10, len(losses) // 5)
    return end_level(losses[:-size]), end_level(losses)


def _severity(signal: float, still_high: bool) -> Severity:
    if not still_high:
        return "low"
    return "high" if signal >= GRAVE_SIGNAL else "medium"
