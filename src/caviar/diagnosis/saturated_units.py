"""Saturated units: tanh or sigmoid on its flat ends, where the slope is nearly 0. Notes 1.10, 3.4.

Glorot & Bengio (2010, proceedings.mlr.press/v9/glorot10a.html).
"""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.training_evidence import agreement, median_of

DISEASE = Disease("saturated-units", section="1.10")

MATERIAL_SHARE, GRAVE_SHARE = 0.5, 0.75

SMALLER_WEIGHTS = Action(
    "Start from Xavier's weights, and normalise the inputs",
    "caviar",
    "z stays where tanh and sigmoid have a slope",
    {"init_scheme": "xavier", "init_gain": 1.0},
)
NORMALISE = Action("Turn batch norm on", "caviar", "z is brought back to the steep part", {"batch_norm": True})
RELU = Action("Use ReLU", "caviar", "It has one flat end instead of two", {"activation": "relu"})


def saturated_units(health: Health) -> Finding:
    """Present where half of a hidden layer's values or more lie where the slope is under a twentieth of its largest.

    That is |tanh z| > 0.975, or a sigmoid below 0.013 or above 0.987. High from three quarters on. Read at the later
    half of the watched steps. A sigmoid at the output is meant to get there, and does not count.
    """
    units = [each for each in health.activations if each.kind in ("tanh", "sigmoid") and not each.is_output]
    if not units:
        if "activations" in health.unseen:
            return DISEASE.cannot_tell(f"The units are missing: {health.unseen['activations']}.")
        if not health.activations and len(health.layers.names) > 1 and not np.isfinite(health.layers.output_rms).any():
            return DISEASE.cannot_tell("The units are missing: no forward pass of the model was watched.")
        return DISEASE.absent("No hidden layer has tanh or sigmoid units.", 1.0)
    shares = {each.name: median_of(each.saturated[health.late]) for each in units}
    worst = max(shares, key=lambda name: np.nan_to_num(shares[name], nan=-1.0))
    looks = next(each.saturated[health.late] for each in units if each.name == worst)
    looks = looks[np.isfinite(looks)]
    if not len(looks):
        return DISEASE.cannot_tell("The units are missing: no finite value was watched.")
    share = shares[worst]
    figures = {"layer": worst, "saturated_share": share, "shares": shares}
    if share < MATERIAL_SHARE:
        return DISEASE.absent(
            f"At most {100 * share:.0f} % of a hidden layer's values lie on the flat ends.",
            agreement(looks < MATERIAL_SHARE),
            **figures,
        )
    return DISEASE.present(
        f"In {worst} {100 * share:.0f} % of the values lie on the flat ends, where the slope is under a twentieth of "
        "its largest: hardly any gradient passes.",
        "high" if share >= GRAVE_SHARE else "medium",
        agreement(looks >= MATERIAL_SHARE),
        SMALLER_WEIGHTS,
        NORMALISE,
        RELU,
        **figures,
    )
