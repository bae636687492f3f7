"""Exploding gradient: it grows on its way down, so that one step throws the first layers far away. Notes 1.10.

Pascanu, Mikolov & Bengio (2013, arXiv 1211.5063).
"""

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.training_evidence import agreement, gradient_decades, median_of

DISEASE = Disease("exploding-gradient", section="1.10")

MATERIAL_DECADES, GRAVE_DECADES = 3.0, 4.0  # as for vanishing-gradient, the other way up

SMALLER_START = Action(
    "Start from smaller weights: He's for ReLU, Xavier's for tanh",
    "caviar",
    "The gradient keeps its size from layer to layer",
    {"init_scheme": "fitting", "init_gain": 1.0},
)
CLIP = Action(
    "Clip the gradient's norm", "caviar", "No single step throws the weights far away", {"clip_norm": "<=1.0"}
)
NORMALISE = Action(
    "Turn batch norm on", "caviar", "Each layer's scale is set anew, whatever the depth", {"batch_norm": True}
)


def exploding_gradient(health: Health) -> Finding:
    """Present where ‖∂J/∂z‖ is a thousand times larger at the first layer than at the last, or more.

    Read at the later half of the watched steps, along a line through all layers.
    """
    decades = gradient_decades(health)
    num_layers = len(health.layers.names)
    if not len(decades):
        if num_layers < 3:
            return DISEASE.absent(f"{num_layers} layers with weights have no depth to explode over.", 1.0)
        why = health.unseen.get("activations", "no finite one was watched")
        return DISEASE.cannot_tell(f"The layers' gradients are missing: {why}.")
    growth = median_of(decades)
    factor = 10 ** (growth / (num_layers - 1))
    figures = {"layers": num_layers, "decades": growth, "factor_per_layer": factor}
    if growth < MATERIAL_DECADES:
        return DISEASE.absent(
            f"From the last of {num_layers} layers to the first the gradient changes by a factor of {10**growth:.2g}.",
            agreement(decades < MATERIAL_DECADES),
            **figures,
        )
    return DISEASE.present(
        f"From the last of {num_layers} layers to the first the gradient grows {10**growth:,.2g}-fold, by a factor of "
        f"{factor:.1f} a layer: no learning rate suits all of them.",
        "high" if growth >= GRAVE_DECADES else "medium",
        agreement(decades >= MATERIAL_DECADES),
        SMALLER_START,
        CLIP,
        NORMALISE,
        **figures,
    )
