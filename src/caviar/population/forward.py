"""How a population runs its network for all members at once, and keys the random draws of a step.

Every way is given the same leaves (views of the population's matrix) and must give the same outputs.
"""

import copy
from collections.abc import Mapping
from typing import Protocol

from torch import Tensor, nn

from caviar.techniques.losses import Columns, Loss


class Forward(Protocol):
    """One way to run K members' networks on the same rows."""

    def key(self, seed: int, step: int) -> None:
        """Fix the random draws of the coming passes, the same for every member: a function of (seed, step)."""

    def outputs(self, features: Tensor, training: bool, own_rows: bool = False) -> Tensor:
        """All members' outputs, (member, output, batch).

        Args:
            features: (batch, …) rows that all members share; with `own_rows` (member, batch, …), rows of each member.
            training: batch norm and dropout as in training, or as in testing.
        """


class Fused(Protocol):
    """A network's own forward and backward for all members: what its `fused` method may return."""

    def key(self, seed: int, step: int) -> None:
        """As Forward's."""

    def gradients(
        self, features: Tensor, targets: Tensor, loss: Loss, columns: Columns, weights: Tensor | None, own_rows: bool
    ) -> Tensor:
        """Each member's mean loss, (member,); d(Σ losses)/dW goes to the gradient views that it was made with."""


class Stacked:
    """Layers that understand a member axis (networks/layers.py): one pass of the network itself runs all members."""

    def __init__(self, template: nn.Module, leaves: Mapping[str, Tensor], buffers: Mapping[str, Tensor]):
        self.network = copy.deepcopy(template)
        for name, tensor in (*leaves.items(), *buffers.items()):
            path, _, leaf = name.rpartition(".")
            module = self.network.get_submodule(path)
            (module._parameters if name in leaves else module._buffers)[leaf] = tensor  # type: ignore[assignment]
        self.dropouts = [module for module in self.network.modules() if hasattr(module, "draw_from")]

    def key(self, seed: int, step: int) -> None:
        for number, layer in enumerate(self.dropouts):
            layer.draw_from(seed, step, number)  # type: ignore[operator]

    def outputs(self, features: Tensor, training: bool, own_rows: bool = False) -> Tensor:
        self.network.train(training)
        outputs: Tensor = self.network(features.mT)
        return outputs
