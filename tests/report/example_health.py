"""What a run might have seen of its best member: three layers of ReLU with batch norm, nine looks."""

from typing import Any

import numpy as np

from caviar.diagnosis.health import Activation, BatchNorms, Health, Layers, OptimiserFacts
from caviar.diagnosis.health_record import health_to_json


def health_of(seed: int = 0) -> dict[str, Any]:
    """The content of `health.json`."""
    draw = np.random.default_rng(seed)
    watched = np.array([1, 2, 4, 8, 16, 32, 64, 900, 1_000])
    figures = [np.exp(draw.normal(level, 0.3, (9, 3))) for level in (-1.0, 1.0, -6.5, 0.0, -3.0)]
    names = ("hidden.0.linear", "hidden.1.linear", "output")
    silent = draw.random((9, 16)) < 0.4
    activations = tuple(
        Activation(
            f"hidden.{layer} relu", "relu", False, np.full(9, 64.0), *np.ones((2, 9)), silent, np.full(9, np.nan)
        )
        for layer in range(2)
    )
    health = Health(
        Layers(names, *figures, np.full((9, 3), np.nan)),
        watched,
        1_000,
        np.ones(9),
        np.full(9, 0.003),
        np.exp(-np.linspace(0, 2, 40)),
        np.linspace(1, 1_000, 40).astype(int),
        activations,
        BatchNorms(("hidden.0.norm",), np.exp(-np.linspace(0, 2, 9))[:, None], np.full((9, 1), 64.0)),
        OptimiserFacts("adam", 0.9, 0.999),
        loss_kind="cross-entropy",
        known_nothing=1.0,
    )
    return {"member": 0, **health_to_json(health)}
