"""The fully connected network of the notes: [linear → batch norm → activation → dropout] × layers → linear."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from caviar.core.errors import SettingsError, nearest
from caviar.networks.layers import BatchNorm, Dropout, Linear
from caviar.techniques.first_weights import initialise

if TYPE_CHECKING:
    from caviar.networks.fused_mlp import FusedMLP

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": functional.silu,
    "gelu": functional.gelu,
}


@dataclass(frozen=True)
class MLP:
    """The structure of a fully connected network: what can't differ between members of one population.

    Args:
        hidden: units of each hidden layer; () is logistic (or linear) regression.
        activation: "relu", "tanh", "sigmoid", "silu" or "gelu".
        batch_norm: normalise z before each activation; the linear layers then have no bias (Notes 3.5).
    """

    hidden: tuple[int, ...] = (64, 64)
    activation: str = "relu"
    batch_norm: bool = False

    def __post_init__(self) -> None:
        if any(units < 1 for units in self.hidden):
            raise SettingsError(f"every hidden layer needs at least one unit, got hidden={self.hidden}.")
        if self.activation not in ACTIVATIONS:
            raise SettingsError(
                f"activation {self.activation!r} is unknown: choose from {', '.join(ACTIVATIONS)}."
                f"{nearest(self.activation, list(ACTIVATIONS))}"
            )

    def build(self, num_inputs: int | tuple[int, ...], num_outputs: int) -> "MLPNetwork":
        """The network for data with `num_inputs` features and `num_outputs` outputs (classes, or 1 for regression)."""
        shape = num_inputs if isinstance(num_inputs, tuple) else (num_inputs,)
        if len(shape) != 1:
            raise SettingsError(f"an MLP needs rows of numbers, (row, input); got rows of shape {shape}. Flatten them.")
        return MLPNetwork(self, shape[0], num_outputs)

    def __str__(self) -> str:
        if not self.hidden:
            return "linear"
        units = "-".join(str(units) for units in self.hidden)
        return f"{units} {self.activation}" + (" batch-norm" if self.batch_norm else "")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "MLP":
        return cls(**{**value, "hidden": tuple(value["hidden"])})


class HiddenLayer(nn.Module):
    """z = Wa + b, normalised if asked, then the activation, then dropout."""

    def __init__(self, num_inputs: int, num_units: int, structure: MLP):
        super().__init__()
        self.linear = Linear(num_inputs, num_units, bias=not structure.batch_norm)
        self.norm = BatchNorm(num_units) if structure.batch_norm else nn.Identity()
        self.activation = ACTIVATIONS[structure.activation]
        self.dropout = Dropout()

    def forward(self, activations: Tensor) -> Tensor:
        return self.dropout(self.activation(self.norm(self.linear(activations))))


class MLPNetwork(nn.Module):
    """An MLP as a module: (batch, input) → (batch, output); stacked, (input, batch) → (member, output, batch).

    `input_dropout` and each layer's `dropout` hold their rates as buffers; 0 until a population's settings set them.
    """

    stacks = True

    def __init__(self, structure: MLP, num_inputs: int, num_outputs: int):
        super().__init__()
        self.structure = structure
        self.input_dropout = Dropout()
        self.sizes = (num_inputs, *structure.hidden, num_outputs)
        self.hidden = nn.ModuleList(HiddenLayer(*pair, structure) for pair in itertools.pairwise(self.sizes[:-1]))
        self.output = Linear(self.sizes[-2], num_outputs)

    def forward(self, features: Tensor) -> Tensor:
        activations = self.input_dropout(features)
        for layer in self.hidden:
            activations = layer(activations)
        outputs: Tensor = self.output(activations)
        return outputs

    def fused(
        self, slots: Mapping[str, int], matrices: tuple[Tensor, ...], buffers: Mapping[str, Tensor]
    ) -> "FusedMLP":
        """Its own steps for a population on a CPU, compiled."""
        from caviar.networks.fused_mlp import FusedMLP  # Numba takes a while to load

        return FusedMLP(self, slots, matrices, buffers)

    def initialise(self, scheme: str, gain: float, generator: torch.Generator) -> None:
        """Fresh weights: hidden layers by scheme and gain, the output by Xavier; biases 0, γ 1, β 0. Notes 1.11."""
        initialise(self, scheme, gain, generator, output=self.output)
