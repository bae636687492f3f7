"""What a network is before it knows its data: the part that members of one population have in common."""

import copy
from dataclasses import dataclass
from typing import Any, Protocol

from torch import nn

from caviar.networks.mlp import MLP


class Structure(Protocol):
    """Builds a network for rows of a shape; members of one population share it."""

    def build(self, input_shape: tuple[int, ...], num_outputs: int) -> nn.Module:
        """A network (batch, *input_shape) → (batch, num_outputs)."""

    def to_json(self) -> dict[str, Any]:
        """What `structure_from_json` reads."""


@dataclass(frozen=True)
class OwnNetwork:
    """A module of the user's own, which knows its inputs and outputs already."""

    module: nn.Module

    def build(self, input_shape: tuple[int, ...], num_outputs: int) -> nn.Module:
        return copy.deepcopy(self.module)

    def __str__(self) -> str:
        return type(self.module).__name__

    def to_json(self) -> dict[str, Any]:
        return {"module": type(self.module).__name__}


def structure_from_json(value: dict[str, Any]) -> MLP:
    """The structure that `to_json` wrote. A module of the user's own is code, and can't come back from a file."""
    assert "module" not in value, value
    return MLP.from_json(value)
