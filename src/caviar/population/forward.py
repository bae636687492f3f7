"""How a population runs its network for all members at once, and keys the random draws of a step.

Every way is given the same leaves (views of the population's matrix) and must give the same outputs. Which way suits a
network, population/ways.py says.
"""

import copy
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from caviar.core.errors import SettingsError
from caviar.core.random import global_generator, stream
from caviar.core.records import Notice
from caviar.techniques.losses import Columns, Loss

Tensors = Mapping[str, Tensor]
Pass = tuple[bool, torch.Size]
"""What a forward pass may depend on beside the figures: training or not, and the shape of a member's rows."""


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
        """Each member's mean loss, (member,); d(Σ losses)/dW goes to the gradient matrix that it was made with."""

    def train_steps(
        self,
        features: Tensor,
        targets: Tensor,
        batches: Tensor,
        loss: Loss,
        columns: Columns,
        weights: Tensor | None,
        changes: tuple[object, ...],
    ) -> Tensor:
        """Whole steps on batches (step, batch) of row numbers, updates included: losses (step, member)."""

    def outputs(self, features: Tensor) -> Tensor:
        """Test-mode outputs (member, output, row) of rows that all members share."""


@dataclass
class Traits:
    """What running a network has shown of it; shared by the chunks of a population, and kept when members leave."""

    notices: list[Notice] = field(default_factory=list)
    refused: dict[Pass, bool] = field(default_factory=dict)  # by vmap
    draws: dict[Pass, bool] = field(default_factory=dict)  # from torch's global generator
    widest: dict[torch.Size, int] = field(default_factory=dict)  # by the shape of a row, see widest_activation

    def tell(self, notice: Notice) -> None:
        if notice not in self.notices:
            self.notices.append(notice)


class Stacked:
    """Layers that understand a member axis (networks/layers.py): one pass of the network itself runs all members."""

    def __init__(self, template: nn.Module, leaves: Tensors, buffers: Tensors):
        self.network = copy.deepcopy(template)
        for name, tensor in (*leaves.items(), *buffers.items()):
            path, _, leaf = name.rpartition(".")
            module = self.network.get_submodule(path)
            module._parameters.pop(leaf, None)  # a frozen one stands among the buffers
            (module._parameters if name in leaves else module._buffers)[leaf] = tensor  # type: ignore[assignment]
        self.dropouts = _dropouts(self.network)

    def key(self, seed: int, step: int) -> None:
        for number, layer in enumerate(self.dropouts.values()):
            layer.draw_from(seed, step, number)  # type: ignore[operator]

    def outputs(self, features: Tensor, training: bool, own_rows: bool = False) -> Tensor:
        self.network.train(training)
        outputs: Tensor = self.network(features.mT)
        return outputs


class _OneByOne:
    """What Vmapped and Looped share: the network of one member as a function of its tensors, with keyed draws.

    Our Dropout layers draw from streams of their own. Whatever else the network draws comes from torch's global
    generator, which is seeded for the pass and put back after it. The generator belongs to all threads, so a pass that
    needs it holds it alone; whether one does, the first pass of its kind shows.
    """

    def __init__(self, template: nn.Module, leaves: Tensors, buffers: Tensors, traits: Traits):
        self.network = copy.deepcopy(template)
        self.leaves, self.buffers, self.traits = leaves, buffers, traits
        self.dropouts = _dropouts(self.network)
        self.seed = self.step = 0

    def key(self, seed: int, step: int) -> None:
        self.seed, self.step = seed, step
        for number, layer in enumerate(self.dropouts.values()):
            layer.draw_from(seed, step, number)  # type: ignore[operator]

    def one(self, leaves: Tensors, buffers: Tensors, features: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """A member's outputs (batch, output), and the buffers that the pass replaced; others it changes in place."""
        tensors = {**leaves, **buffers}
        outputs = functional_call(self.network, tensors, (features,))
        if outputs.dim() == 1:  # one output a row
            outputs = outputs.unsqueeze(1)
        if outputs.dim() != 2:
            raise SettingsError(
                f"a network must return (batch, output) or (batch,), {type(self.network).__name__} returned "
                f"{tuple(outputs.shape)} for features {tuple(features.shape)}. Flatten its outputs."
            )
        return outputs, {name: tensors[name] for name in buffers if tensors[name] is not buffers[name]}

    def _draws(self, kind: Pass) -> AbstractContextManager[Callable[[], bool]]:
        if not self.traits.draws.get(kind, True):
            return nullcontext(lambda: False)
        device = next(iter(self.leaves.values())).device
        return global_generator(stream(self.seed, "network", self.step).initial_seed(), device)


class Vmapped(_OneByOne):
    """`torch.func.vmap` over the members, for any module whose operations it can batch."""

    def outputs(self, features: Tensor, training: bool, own_rows: bool = False) -> Tensor:
        self.network.train(training)
        for name, layer in self.dropouts.items():  # under vmap a layer can't look at its own rate
            layer.silent = not bool(self.buffers[f"{name}.drop_rate".lstrip(".")].any())  # type: ignore[assignment]
        kind = pass_of(features, training, own_rows)
        batched = vmap(self.one, in_dims=(0, 0, 0 if own_rows else None), randomness="same")
        with self._draws(kind) as drawn:
            outputs, replaced = batched(self.leaves, self.buffers, features)
            self.traits.draws[kind] = drawn()
        for name, tensor in replaced.items():
            self.buffers[name].copy_(tensor.detach())
        result: Tensor = outputs.mT
        return result


class Looped(_OneByOne):
    """One member after another, for modules that can't be batched, or that lose by it."""

    def outputs(self, features: Tensor, training: bool, own_rows: bool = False) -> Tensor:
        self.network.train(training)
        kind = pass_of(features, training, own_rows)
        # unbind: its derivative writes all members' gradients once; that of leaf[row] would write K × K
        leaves = {name: leaf.unbind(0) for name, leaf in self.leaves.items()}
        outputs = []
        for row in range(len(next(iter(leaves.values())))):
            buffers = {name: buffer[row] for name, buffer in self.buffers.items()}
            rows = features[row] if own_rows else features
            with self._draws(kind) as drawn:
                output, replaced = self.one({name: leaf[row] for name, leaf in leaves.items()}, buffers, rows)
                self.traits.draws[kind] = drawn()
            for name, tensor in replaced.items():
                buffers[name].copy_(tensor.detach())
            outputs.append(output)
        return torch.stack(outputs).mT


def pass_of(features: Tensor, training: bool, own_rows: bool) -> Pass:
    return training, features.shape[1:] if own_rows else features.shape


@torch.no_grad()
def widest_activation(template: nn.Module, row: Tensor) -> int:
    """Numbers in the largest tensor that a layer makes of one row, (1, …), in test mode."""
    network, sizes = copy.deepcopy(template).eval(), [1]

    def measure(layer: nn.Module, inputs: object, output: object) -> None:
        if isinstance(output, Tensor):
            sizes.append(output.numel())

    for layer in network.modules():
        layer.register_forward_hook(measure)
    device = next(network.parameters()).device
    with global_generator(0, device):
        network(row.to(device))
    return max(sizes)


def _dropouts(network: nn.Module) -> dict[str, nn.Module]:
    """Layers with keyed draws (networks/layers.py), in the order by which their draws are numbered."""
    return {name: module for name, module in network.named_modules() if hasattr(module, "draw_from")}
