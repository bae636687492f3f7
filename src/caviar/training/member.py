"""What is known of one member of a population, while it trains and after."""

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from caviar.networks.structure import structure_from_json


@dataclass
class Member:
    """What is known of one member: settings, curves, the best point and, where kept, the weights there.

    state: "running", "finished" (all epochs), "early-stopped", "dropped" (by a rung), "diverged", "budget" (cut by
    time).
    curves: per epoch (train_loss on batches as trained, dev_loss, dev_error, learning_rate).
    batch_size: rows of a batch; 0 until it trains.
    structure: an MLP, or another of networks/.
    weights: name → tensor of the module's state dict, at `best_epoch`.
    """

    number: int
    structure: Any
    settings: dict[str, Any]
    num_parameters: int
    planned_epochs: int
    batch_size: int = 0
    stage: str = ""
    state: str = "running"
    best_epoch: int = 0
    dev_error: float = float("nan")
    dev_loss: float = float("nan")
    score: float = float("inf")
    seconds: float = 0.0
    curves: list[tuple[float, float, float, float]] = field(default_factory=list)
    weights: dict[str, Tensor] | None = None

    def to_json(self) -> dict[str, Any]:
        """Everything but the weights; may hold NaN and infinity."""
        named = {name: value for name, value in vars(self).items() if name not in ("structure", "weights")}
        return named | {"structure": self.structure.to_json()}

    @classmethod
    def from_json(cls, value: dict[str, Any], weights: dict[str, Tensor] | None = None) -> "Member":
        curves = [tuple(point) for point in value["curves"]]
        return cls(
            **{**value, "structure": structure_from_json(value["structure"]), "curves": curves, "weights": weights}
        )
