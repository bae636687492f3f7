"""Dead ReLU: units that are 0 for every row get no gradient, so they stay dead. Notes 1.10.

Lu, Shin, Su & Karniadakis (2020, arXiv 1903.06733).
"""

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import ENOUGH_ROWS, Health

DISEASE = Disease("dead-relu", section="1.10")

MATERIAL_SHARE, HALF, CUT_OFF = 0.25, 0.5, 0.9

LOWER_RATE = Action(
    "Lower the learning rate, or warm it up",
    "caviar",
    "Fewer units are thrown to where no row reaches them",
    {"learning_rate": "x0.3"},
)
START_ANEW = Action(
    "Start again from He's weights with biases of 0",
    "caviar",
    "Half of each layer answers at the start",
    {"init_scheme": "fitting", "init_gain": 1.0},
)
LEAKY = Action("Use a leaky ReLU, SiLU or GELU", "caviar", "No unit is ever without gradient", {"activation": "gelu"})


def dead_relu(health: Health) -> Finding:
    """Present where a quarter of a layer's units or more is 0 on every row of the last watched batches.

    Low up to a half, high from nine tenths, where a layer cuts the network off. On n rows without an answer a unit
    answers to fewer than 3/n of all rows (rule of three, 95 %): under 100 rows say nothing.
    """
    relus = [each for each in health.activations if each.silent is not None and not each.is_output]
    if not relus:
        if "activations" in health.unseen:
            return DISEASE.cannot_tell(f"The units are missing: {health.unseen['activations']}.")
        if not health.activations and len(health.layers.names) > 1 and not np.isfinite(health.layers.output_rms).any():
            return DISEASE.cannot_tell("The units are missing: no forward pass of the model was watched.")
        return DISEASE.absent("No hidden layer has ReLU units.", 1.0)
    shares = {each.name: each.dead_share() for each in relus}
    worst = max(shares, key=lambda name: shares[name][0])
    share, rows = shares[worst]
    figures = {"layer": worst, "dead_share": share, "rows": rows, "shares": {n: s for n, (s, _) in shares.items()}}
    if share < MATERIAL_SHARE:
        return DISEASE.absent(
            f"At most {100 * share:.0f} % of a layer's ReLU units are silent on the last {rows:,} rows watched.",
            1 - share,
            **figures,
        )
    if rows < ENOUGH_ROWS:
        return DISEASE.cannot_tell(
            f"In {worst} {100 * share:.0f} % of the units are silent, but on {rows} rows only: {ENOUGH_ROWS} are "
            "needed. Watch more steps.",
            **figures,
        )
    grave: Severity = "high" if share >= CUT_OFF else "medium" if share >= HALF else "low"
    return DISEASE.present(
        f"In {worst} {100 * share:.0f} % of the units are 0 for every one of {rows:,} rows: they get no gradient and "
        "never come back; the layer is that much narrower.",
        grave,
        1 - 3 / rows,
        LOWER_RATE,
        START_ANEW,
        LEAKY,
        **figures,
    )
