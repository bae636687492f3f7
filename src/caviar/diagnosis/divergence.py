"""Divergence: loss, gradients or weights grow without end, or are no numbers any more. Notes 1.10, 2.9."""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.sureness import sureness
from caviar.diagnosis.training_evidence import FEWEST_LOSSES, end_level, start_level
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("divergence", section="2.9")

RUN_AWAY = 2.0

LOWER = Action(
    "Lower the learning rate to a tenth, or as much further as the loss asks for",
    "caviar",
    "The loss falls and stays finite",
    {"learning_rate": ["x0.1", "x0.01", "x0.001"]},
)
CLIP = Action("Clip the gradient's norm", "caviar", "No single batch throws the weights away", {"clip_norm": "<=1.0"})
LOOK = Action(
    "Look for missing or huge values in the rows, and for log 0 or 0/0 in the loss",
    "you",
    "The first loss is a finite number",
)


def divergence(health: Health) -> Finding:
    """Present where a loss, gradient or weight is not finite, or the loss ends at twice its start or more (interval).

    Not finite at the very first step is no matter of the learning rate: then the rows or the loss are to blame.
    """
    figures = _first_broken(health)
    if figures:
        step = min(figures.values())
        what = min(figures, key=lambda name: figures[name])
        early = step <= 1
        return DISEASE.present(
            f"The {what} {'are' if what.endswith('s') else 'is'} not finite from step {step} on"
            f"{': before any step was taken' if early else ''}.",
            "high",
            1.0,
            *((LOOK, CLIP) if early else (LOWER, CLIP)),
            **{f"broken_{what.replace(' ', '_')}": at for what, at in figures.items()},
        )
    losses = health.losses
    if len(losses) < FEWEST_LOSSES:
        if len(losses):
            return DISEASE.cannot_tell(f"{len(losses)} losses are too few: {FEWEST_LOSSES} are needed.")
        return DISEASE.cannot_tell("The losses are missing: hand them over with watcher.loss(loss).")
    start, end = start_level(health), end_level(losses)
    evidence = {"start": start, "end": end.estimate, "end_interval": [end.low, end.high]}
    course = f"the loss went from {three_figures(start)} to {three_figures(end.estimate)}"
    sure = sureness(end.estimate, RUN_AWAY * start) if start > 0 else 0.5
    if start > 0 and end.low >= RUN_AWAY * start:
        return DISEASE.present(f"Training drives {course}.", "high", sure, LOWER, CLIP, **evidence)
    return DISEASE.absent(f"All is finite, and {course}.", sure, **evidence)


def _first_broken(health: Health) -> dict[str, int]:
    """The first step at which each of loss, gradient and weights is not finite, of those that ever are."""
    found = {}
    broken = np.flatnonzero(~np.isfinite(health.losses))
    if len(broken):
        found["loss"] = int(health.loss_steps[broken[0]])
    for name, norms in (("gradient", health.gradient_norm), ("weights", health.layers.weight_norm)):
        infinite = np.isinf(norms).any(axis=tuple(range(1, norms.ndim)))
        if infinite.any():
            found[name] = int(health.watched[np.flatnonzero(infinite)[0]])
    return found
