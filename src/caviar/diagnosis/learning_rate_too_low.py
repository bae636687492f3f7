"""Learning rate too low: all steps together hardly move the weights. Notes 2.9, 3.1."""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.bad_initialisation import bad_initialisation
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.sureness import sureness
from caviar.diagnosis.training_evidence import FEWEST_LOSSES, end_level, largest_steps, median_of
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("learning-rate-too-low", section="3.1")

FEWEST_STEPS = 30
SMALL_STEP = 1e-4  # a tenth of what is usual (CS231n, cs231n.github.io/neural-networks-3)
SHORT_PATH = 0.1

RAISE = Action(
    "Raise the learning rate tenfold, again while the loss bears it",
    "caviar",
    "The loss falls as many times faster",
    {"learning_rate": ["x10", "x100", "x1000"]},
)


def learning_rate_too_low(health: Health) -> Finding:
    """Present where no layer moves and the loss is not down to half of its first value; high if it hardly fell.

    No layer moves: even the one that moves most does so by under 1e-4 of its weights a step, and by under a tenth in
    all, were every step to go the same way. A layer without gradient does not count: no rate would move it. Nor is it
    the rate where the first weights were far too large; that is bad-initialisation.
    """
    if health.num_steps < FEWEST_STEPS:
        return DISEASE.cannot_tell(f"Steps are missing: {health.num_steps} of at least {FEWEST_STEPS} were taken.")
    sizes = largest_steps(health)
    if not np.isfinite(sizes).any():
        return DISEASE.absent("No layer gets any gradient: no learning rate would move it.", 0.9)
    size = median_of(sizes)
    gaps = np.diff(health.watched, append=health.num_steps + 1)
    path = float(np.sum(np.where(np.isfinite(sizes), sizes, size) * gaps))
    figures = {"step": size, "path": path, "steps": health.num_steps, "learning_rate": median_of(health.learning_rate)}
    steps = f"A step moves at most {size:.1g} of a layer's weights"
    sure = sureness(max(size / SMALL_STEP, path / SHORT_PATH), 1)  # the larger one decides
    if size >= SMALL_STEP or path >= SHORT_PATH:
        return DISEASE.absent(
            f"{steps}, {health.num_steps:,} steps up to {100 * path:.2g} %: far enough to learn.", sure, **figures
        )
    losses = health.finite_losses
    if len(losses) < FEWEST_LOSSES:
        return DISEASE.cannot_tell(
            f"{steps}, all together at most {100 * path:.2g} %; whether that is too little is open: losses are "
            f"missing ({len(losses)} of at least {FEWEST_LOSSES}), hand them over with watcher.loss(loss).",
            RAISE,
            **figures,
        )
    first, end = end_level(losses[: len(losses) // 2]), end_level(losses)
    start = float(losses[: max(5, len(losses) // 20)].mean())
    fall = (start - end.estimate) / abs(start) if start else 0.0
    figures |= {"start": start, "end": end.estimate, "fall": fall, "half_way": first.estimate}
    course = f"the loss went from {three_figures(start)} to {three_figures(end.estimate)}"
    if fall >= 0.5:
        return DISEASE.absent(f"{steps}, yet {course}.", sureness(1 - fall, 0.5), **figures)
    if bad_initialisation(health).verdict == "present":
        return DISEASE.absent(f"{steps}, as those were far too large from the start: {course}.", sure, **figures)
    return DISEASE.present(
        f"{steps}, {health.num_steps:,} steps all together at most {100 * path:.2g} %, and {course}: the network is "
        "nearly where it began.",
        "high" if fall < 0.1 else "medium",
        min(sure, sureness(1 - fall, 0.5, doubt=0.25)),
        RAISE,
        **figures,
    )
