"""Batch norm mismatch: the network that is tested is not the one that was trained. Notes 3.7.

Ioffe (2017, arXiv 1702.03275); Wu & He (2018, arXiv 1803.08494).
"""

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.training_evidence import agreement, median_of

DISEASE = Disease("batch-norm-mismatch", section="3.7")

LARGER_BATCHES = Action(
    "Train with batches of 32 rows or more",
    "caviar",
    "The batch's averages come close to the running ones",
    {"batch_size": ">=32"},
)
RECALIBRATE = Action(
    "Measure the averages anew over the whole train part, weights fixed (caviar.techniques.recalibration)",
    "you",
    "Test mode uses the averages of the network as it is now",
)
SLOWER = Action(
    "Lower the learning rate", "caviar", "The running averages keep up with the network", {"learning_rate": "x0.3"}
)
OTHER_NORM = Action(
    "Use layer or group norm where batches must be small", "you", "Train and test mode compute the same"
)


def difference_of(batch: int) -> float:
    """The difference that drawing batches of this size makes by itself: √(1.5 / m).

    Of m normal values the mean has variance σ²/m, the deviation about σ²/2m.
    """
    return float(np.sqrt(1.5 / batch))


def batch_norm_mismatch(health: Health) -> Finding:
    """Present where x̂ of train and test mode differ by as much as batches of 8 rows make them, or more.

    Low; medium as with 4 rows, high as with 3. With batches of 8, 4 and 2 a ResNet-50 on ImageNet lost 1, 4 and 11
    points (Wu & He, figure 1). Read at the last third of the watched steps, as the last state is what is tested; the
    worst layer counts.
    """
    norms = health.batch_norms
    if norms is None:
        if "activations" in health.unseen:
            return DISEASE.cannot_tell(f"Batch norm layers are missing: {health.unseen['activations']}.")
        return DISEASE.absent("No batch norm layer was seen in train mode.", 0.9)
    last = norms.difference[-max(1, len(norms.difference) // 3) :]
    worst_of_layers = [median_of(column) for column in last.T]
    if not np.isfinite(worst_of_layers).any():
        return DISEASE.cannot_tell("The layers' averages are missing: none was finite.")
    worst = int(np.nanargmax(worst_of_layers))
    name, difference = norms.names[worst], worst_of_layers[worst]
    rows = median_of(norms.rows[:, worst])
    figures = {"layer": name, "deviations": difference, "rows": rows, "output_change": health.output_change}
    limit = difference_of(8)
    looks = last[:, worst][np.isfinite(last[:, worst])]
    words = f"What comes out of {name} differs by {difference:.2f} deviations between train and test mode"
    if difference < limit:
        return DISEASE.absent(f"{words} at most.", agreement(looks < limit), **figures)
    grave: Severity = (
        "high" if difference >= difference_of(3) else "medium" if difference >= difference_of(4) else "low"
    )
    by_chance = rows > 0 and difference <= 1.5 * difference_of(int(rows))
    why = f"batches of {rows:.0f} rows are too small" if by_chance else "the running averages lag behind the network"
    actions = (LARGER_BATCHES, OTHER_NORM, RECALIBRATE) if by_chance else (RECALIBRATE, SLOWER)
    return DISEASE.present(f"{words}: {why}.", grave, agreement(looks >= limit), *actions, **figures)
