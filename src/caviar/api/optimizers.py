"""The optimisers as they are given to `train`: each value a number, or a list with one value for each member.

What they do stands in techniques/optimisers.py; what the values mean, in techniques/catalog.py. Notes 2.1, 2.6 to 2.8.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

Value = float | Sequence[float]


@dataclass(frozen=True)
class Optimizer:
    """What all have in common. `catalog_name` is the optimiser's name in techniques/optimisers.py."""

    catalog_name: ClassVar[str]

    def settings(self) -> dict[str, Any]:
        """By the catalogue's names."""
        return {"optimizer": self.catalog_name, **vars(self)}


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """W ← W − α · g."""

    learning_rate: Value = 0.1
    catalog_name: ClassVar[str] = "gradient-descent"


@dataclass(frozen=True)
class Momentum(Optimizer):
    """The notes' form: v ← β1 · v + (1 − β1) · g, W ← W − α · v. It equals HeavyBall with the rate α · (1 − β1)."""

    learning_rate: Value = 0.1
    beta1: Value = 0.9
    catalog_name: ClassVar[str] = "momentum"


@dataclass(frozen=True)
class HeavyBall(Optimizer):
    """v ← β1 · v + g, W ← W − α · v: `torch.optim.SGD` with momentum."""

    learning_rate: Value = 0.01
    beta1: Value = 0.9
    catalog_name: ClassVar[str] = "heavy-ball"


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """v ← β1 · v + g, W ← W − α · (g + β1 · v): `torch.optim.SGD` with Nesterov momentum."""

    learning_rate: Value = 0.01
    beta1: Value = 0.9
    catalog_name: ClassVar[str] = "nesterov"


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """s ← β2 · s + (1 − β2) · g², W ← W − α · g / (√s + ε)."""

    learning_rate: Value = 1e-3
    beta2: Value = 0.99
    epsilon: Value = 1e-8
    catalog_name: ClassVar[str] = "rmsprop"


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum over RMSprop, both bias-corrected."""

    learning_rate: Value = 1e-3
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8
    catalog_name: ClassVar[str] = "adam"


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled decay: besides, W shrinks by α · weight_decay in each step."""

    weight_decay: Value = 0.01
