"""Vanishing gradient: it shrinks on its way down, so the first layers hardly learn. Notes 1.10.

Hochreiter (1991); Bengio, Simard & Frasconi (1994, IEEE Trans. Neural Networks 5:157-166); Glorot & Bengio (2010,
proceedings.mlr.press/v9/glorot10a.html).
"""

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.training_evidence import agreement, dead_layers, gradient_decades, median_of

DISEASE = Disease("vanishing-gradient", section="1.10")

# A good step changes weights by about 1e-3 of themselves (Notes 1.10; CS231n): a thousandth of that is as good as none,
# and a ten-thousandth is lost in float32's rounding, 1.2e-7 of the weight.
MATERIAL_DECADES, LOST_DECADES = 3.0, 4.0

BETTER_START = Action(
    "Use ReLU with He's first weights, or Xavier's with tanh",
    "caviar",
    "The gradient keeps its size from layer to layer at the start",
    {"activation": "relu", "init_scheme": "he", "init_gain": 1.0},
)
NORMALISE = Action(
    "Turn batch norm on", "caviar", "Each layer's scale is set anew, whatever the depth", {"batch_norm": True}
)
SHORTEN = Action(
    "Use fewer layers, or add shortcuts past every second one",
    "you",
    "The gradient reaches the first layers along the shortcuts",
)


def vanishing_gradient(health: Health) -> Finding:
    """Present where ‖∂J/∂z‖ is a thousand times smaller at the first layer than at the last, or less still.

    Read at the later half of the watched steps, along a line through all layers. An optimiser that gives each weight
    its own step (Adam) hides a part of the harm: where the first layers move as the last does, it is one step less
    severe. A layer of dead units cuts the gradient off; that is dead-relu.
    """
    decades = gradient_decades(health)
    num_layers = len(health.layers.names)
    if not len(decades):
        if num_layers < 3:
            return DISEASE.absent(f"{num_layers} layers with weights have no depth to vanish over.", 1.0)
        why = health.unseen.get("activations", "no backward pass through them was watched")
        return DISEASE.cannot_tell(f"The layers' gradients are missing: {why}.")
    fall = -median_of(decades)
    factor = 10 ** (-fall / (num_layers - 1))
    figures = {"layers": num_layers, "decades": fall, "factor_per_layer": factor}
    if fall < MATERIAL_DECADES:
        return DISEASE.absent(
            f"From the last of {num_layers} layers to the first the gradient changes by a factor of {10**-fall:.2g}.",
            agreement(-decades < MATERIAL_DECADES),
            **figures,
        )
    if cut := dead_layers(health):
        return DISEASE.absent(f"No gradient passes {cut[0]}, as its units are dead; that is dead-relu.", 0.9, **figures)
    moved = health.layers.update_ratio[health.late]
    first, last = median_of(moved[:, : max(1, num_layers // 3)]), median_of(moved[:, -1])
    rescaled = bool(np.isfinite(first) and first >= last / 10)
    grave: Severity = "high" if fall >= LOST_DECADES else "medium"
    note = ""
    if rescaled:
        grave = "medium" if grave == "high" else "low"
        note = " The optimiser rescales it, so the first layers move all the same; what they follow is faint."
    return DISEASE.present(
        f"From the last of {num_layers} layers to the first the gradient shrinks to {10**-fall:.1g} of its size, by a "
        f"factor of {factor:.2f} a layer: the first layers hardly learn.{note}",
        grave,
        agreement(-decades >= MATERIAL_DECADES),
        BETTER_START,
        NORMALISE,
        SHORTEN,
        **figures,
    )
