"""Bad initialisation: the first loss is far above that of knowing nothing, or units are born equal. Notes 1.11.

A network with small outputs starts at log C with C classes (Karpathy, 2019, karpathy.github.io/2019/04/25/recipe).
"""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.sureness import sureness
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("bad-initialisation", section="1.11")

HALF, ALL = 0.5, 1.0

SMALLER_START = Action(
    "Start from He's weights for ReLU, Xavier's for tanh and for the output layer",
    "caviar",
    "The first steps learn, instead of unlearning confident mistakes",
    {"init_scheme": "fitting", "init_gain": 1.0},
)
CENTRE = Action(
    "Standardise the targets, or start the output's bias at their mean",
    "caviar",
    "The first steps learn, instead of looking for the mean",
    {"standardise": True},
)
AT_RANDOM = Action(
    "Draw the first weights at random",
    "caviar",
    "Units part from the first step on; a layer of equal units is worth a single one",
    {"init_scheme": "fitting", "init_gain": 1.0},
)


def bad_initialisation(health: Health) -> Finding:
    """Present where hidden units are equal in weights and gradients, or the first loss is twice knowing nothing's.

    Half of a layer's units at the first steps, or all of them in a model that was trained before: there, units that
    were pruned are equal too. Knowing nothing costs log C for C classes, the targets' variance for squared errors.
    Excess over it is what the first steps unlearn: as much again is material (low), up to twice (medium), up to four
    times, high from there.
    """
    twins = health.layers.twin_share[:, :-1]  # equal units at the output get unequal gradients
    together = np.flatnonzero(np.isfinite(twins).any(axis=1))
    if len(together) and np.nanmax(twins[together[-1]]) >= (HALF if health.from_start else ALL):
        last = twins[together[-1]]
        worst = int(np.nanargmax(last))
        name, step = health.layers.names[worst], int(health.watched[together[-1]])
        when = f"at step {step} still" if health.num_steps else "as they stand"
        return DISEASE.present(
            f"In {name} {100 * last[worst]:.0f} % of the units have the same weights and the same gradients as the one "
            f"before, {when}: they will never part.",
            "high",
            0.99,
            AT_RANDOM,
            layer=name,
            twin_share=float(last[worst]),
            step=step,
        )
    if not health.from_start:
        return DISEASE.cannot_tell("The start is missing: the model had been trained before it was watched.")
    if not len(health.losses):
        return DISEASE.cannot_tell("The losses are missing: hand them over with watcher.loss(loss).")
    first, nothing = float(health.losses[0]), health.known_nothing
    if nothing is None or nothing <= 0:
        return DISEASE.cannot_tell(
            "What knowing nothing would cost is missing: the loss is not a mean of torch's cross-entropy or squared "
            "error.",
            first_loss=first,
        )
    figures = {"first_loss": first, "known_nothing": nothing, "loss_kind": health.loss_kind}
    excess = (first - nothing) / nothing if np.isfinite(first) else np.inf
    words = f"The first loss is {three_figures(first)}, where knowing nothing costs {three_figures(nothing)}"
    sure = sureness(1 + excess, 2)
    if excess < 1:
        return DISEASE.absent(f"{words}.", sure, **figures)
    return DISEASE.present(
        f"{words}: the network starts out sure of what is wrong, and the first steps unlearn it.",
        "high" if excess >= 4 else "medium" if excess >= 2 else "low",
        sure,
        CENTRE if health.loss_kind == "squared error" else SMALLER_START,
        **figures,
    )
