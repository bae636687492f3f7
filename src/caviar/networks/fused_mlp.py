"""An MLP population's own forward, backward and update, compiled (fused_steps.py), and what they need from Python.

They give what autograd and techniques/ give on the same network (population/forward.py, population/step.py), which stay
as the reference and run wherever this does not: other networks, other devices, losses of the user's own.
"""

import itertools
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from caviar.core.compiled import NO_NUMBERS, Array
from caviar.core.random import stream, uniform
from caviar.networks import elementary, fused_losses
from caviar.networks.fused_steps import gradients_of_members, memory_size, train_steps
from caviar.networks.fused_test_mode import move_averages, outputs_of_members
from caviar.networks.fused_wiring import NUM_COLUMNS, NUM_OUT, UNITS, Aim, Changes, Matrices, Rows, Wiring
from caviar.networks.layers import BatchNorm
from caviar.techniques.losses import Columns, Loss

if TYPE_CHECKING:
    from caviar.networks.mlp import MLPNetwork

SETTINGS = {"huber": "huber_delta", "quantile": "quantile"}
TEST_ROWS = 128  # that are run at once: their activations stay in the nearest caches
NO_LABELS = np.empty(0, np.int64)


class FusedMLP:
    """The network's steps on a population.

    Args:
        network: an MLPNetwork, for its structure.
        slots: where each parameter starts in a member's row, by name.
        matrices: parameters, gradients, velocity, square, averages: (member, parameter), contiguous, on a CPU, float32
            or float64.
        buffers: running averages and dropout rates by name, (member, …); the running averages are kept up.
    """

    def __init__(
        self,
        network: "MLPNetwork",
        slots: Mapping[str, int],
        matrices: tuple[Tensor, ...],
        buffers: Mapping[str, Tensor],
    ):
        self.matrices = Matrices(*(matrix.numpy() for matrix in matrices))
        self.dtype, self.num_members = matrices[0].dtype, len(matrices[0])
        self.none = NO_NUMBERS[self.matrices.parameters.dtype]
        norms = [module for module in network.modules() if isinstance(module, BatchNorm)]
        self.wiring = Wiring(
            _table(network.sizes, slots),
            elementary.NUMBERS[network.structure.activation],
            bool(norms),
            self.none.dtype.type(norms[0].eps if norms else 0),
        )
        self.sizes = network.sizes[:-1]  # of what may be dropped: the inputs and the hidden layers
        rates = [buffers["input_dropout.drop_rate"]]
        rates += [buffers[f"hidden.{number}.dropout.drop_rate"] for number in range(len(self.sizes) - 1)]
        self.drop_rates = torch.stack(rates, 1).numpy()  # (member, layer)
        self.dropping = [bool(column.any()) for column in self.drop_rates.T]
        self.running = [self._running(number, norm, buffers) for number, norm in enumerate(norms)]
        self.memory: dict[int, Array] = {}
        self.source = (0, 0)

    def key(self, seed: int, step: int) -> None:
        """The dropout draws of the coming step, as population/forward.py keys them."""
        self.source = (seed, step)

    def gradients(
        self, features: Tensor, targets: Tensor, loss: Loss, columns: Columns, weights: Tensor | None, own_rows: bool
    ) -> Tensor:
        """Each member's mean loss on one batch, (member,); its gradient is in the population's matrix.

        Args:
            features: (batch, input), with `own_rows` (member, batch, input).
            weights: of the rows: None, (batch,) or (member, batch).
        """
        inputs = features.to(self.dtype).mT.contiguous()  # (input, batch) or (member, input, batch)
        batch = inputs.shape[-1]
        moments, losses = self._moments(1), torch.empty(self.num_members, dtype=self.dtype)
        gradients_of_members(
            self.wiring, self.matrices.parameters, self.matrices.gradients,
            self._rows(inputs.view(-1, *inputs.shape[-2:]), targets, loss),
            _shares(loss, targets, weights, batch, self.dtype).numpy(), self._aim(loss, columns), self.drop_rates,
            self._draws(*self.source, batch).numpy(), self._memory(batch), moments[0], losses.numpy(),
        )  # fmt: skip
        self._move_running_averages(moments, batch)
        return losses

    def train_steps(
        self,
        features: Tensor,
        targets: Tensor,
        batches: Tensor,
        loss: Loss,
        columns: Columns,
        weights: Tensor | None,
        changes: tuple[Any, ...],
    ) -> Tensor:
        """Whole steps, one for each batch; returns the losses (step, member).

        Args:
            features: (row, input), all rows; quickest where its transpose is contiguous. targets: (row, …).
            batches: (step, batch) row numbers. weights: None, (row,) or (member, row).
            changes: what fused_steps.Changes holds.
        """
        num_steps, batch = batches.shape
        seed, first = self.source
        moments, losses = self._moments(num_steps), torch.empty(num_steps, self.num_members, dtype=self.dtype)
        draws = torch.stack([self._draws(seed, first + step, batch) for step in range(num_steps)])
        counts = self.none[0:0].reshape(-1) if loss.counts is None else loss.counts(targets).to(self.dtype).numpy()
        train_steps(
            self.wiring, self.matrices, self._rows(features.to(self.dtype).T.contiguous(), targets, loss),
            self.none if weights is None else weights.to(self.dtype).view(-1, len(targets)).numpy(), counts,
            self._aim(loss, columns), Changes(*changes), batches.numpy(), self.drop_rates, draws.numpy(),
            self._memory(batch), moments, losses.numpy(),
        )  # fmt: skip
        self._move_running_averages(moments, batch)
        return losses

    def outputs(self, features: Tensor) -> Tensor:
        """Test-mode outputs (member, output, row) of rows (row, input) that all members share."""
        inputs = features.to(self.dtype).T.contiguous()
        sizes, parameters = self.wiring.layers[:, NUM_OUT], self.matrices.parameters
        outputs = torch.empty(self.num_members, int(sizes[-1]), len(features), dtype=self.dtype)
        widest = max(*self.sizes, int(sizes[-1]))
        means, variances = self.none, self.none
        if self.running:
            means, variances = (np.concatenate([own[place] for own in self.running], axis=1) for place in (0, 1))
        outputs_of_members(
            self.wiring, parameters, inputs.numpy(), means, variances,
            torch.empty(3 * widest * TEST_ROWS, dtype=self.dtype).numpy(), outputs.numpy(),
        )  # fmt: skip
        return outputs

    def _rows(self, inputs: Tensor, targets: Tensor, loss: Loss) -> Rows:
        if loss.name == "softmax":
            return Rows(inputs.numpy(), targets.numpy(), self.none)
        return Rows(inputs.numpy(), NO_LABELS, targets.to(self.dtype).view(len(targets), -1).numpy())

    def _aim(self, loss: Loss, columns: Columns) -> Aim:
        smoothing = columns["label_smoothing"].numpy()
        setting = columns[SETTINGS[loss.name]].numpy() if loss.name in SETTINGS else smoothing
        return Aim(fused_losses.NUMBERS[loss.name], smoothing, setting)

    def _memory(self, batch: int) -> Array:
        """Flat memory for one member's step, allocated once for each batch size; torch's begins at a cache line."""
        if batch not in self.memory:
            self.memory[batch] = torch.empty(memory_size(self.wiring.layers, batch), dtype=self.dtype).numpy()
        return self.memory[batch]

    def _moments(self, num_steps: int) -> Array:
        units = sum(self.sizes[1:]) if self.wiring.normalised else 0
        return np.empty((num_steps, self.num_members, 2, units), self.none.dtype)

    def _draws(self, seed: int, step: int, batch: int) -> Tensor:
        """The draws of the inputs and of every hidden layer, below each other: (unit, batch)."""
        if not any(self.dropping):
            return torch.empty(1, batch, dtype=self.dtype)
        parts = [
            uniform((size, batch), stream(seed, "dropout", step, layer), self.dtype)
            if self.dropping[layer]
            else torch.empty(size, batch, dtype=self.dtype)
            for layer, size in enumerate(self.sizes)
        ]
        return torch.cat(parts)

    def _running(self, number: int, norm: BatchNorm, buffers: Mapping[str, Tensor]) -> tuple[Any, ...]:
        """A layer's running mean, variance and count of batches, its columns in the moments, its momentum."""
        assert norm.momentum is not None
        names = ("running_mean", "running_var", "num_batches_tracked")
        start, size = self.wiring.layers[number, UNITS], self.wiring.layers[number, NUM_OUT]
        own = (buffers[f"hidden.{number}.norm.{name}"].numpy() for name in names)
        return (*own, slice(start, start + size), norm.momentum)

    def _move_running_averages(self, moments: Array, batch: int) -> None:
        """Batch norm's averages move towards each batch's mean and variance, the latter with m − 1 below."""
        for mean, var, count, units, momentum in self.running:
            count += len(moments)
            move_averages(mean, var, moments[..., units], momentum, batch / (batch - 1))


def _table(sizes: tuple[int, ...], slots: Mapping[str, int]) -> Array:
    """Where each layer's numbers lie, (layer, NUM_COLUMNS)."""
    table = np.zeros((len(sizes) - 1, NUM_COLUMNS), dtype=np.int64)
    units = 0
    for number, (num_in, num_out) in enumerate(itertools.pairwise(sizes)):
        linear = f"hidden.{number}.linear" if number < len(sizes) - 2 else "output"
        norm = f"hidden.{number}.norm"
        shift = slots.get(f"{norm}.weight", slots.get(f"{linear}.bias", -1))
        table[number] = (num_in, num_out, slots[f"{linear}.weight"], shift, slots.get(f"{norm}.bias", -1), units)
        units += num_out
    return table


def _shares(loss: Loss, targets: Tensor, weights: Tensor | None, batch: int, dtype: torch.dtype) -> Tensor:
    """Each row's part of its member's mean, (member or 1, batch): w · c / Σ w · c, as techniques/losses.py has it."""
    if weights is None and loss.counts is None:
        return _equal_shares(batch, dtype)
    importance = torch.ones(1, batch, dtype=dtype) if weights is None else weights.to(dtype).view(-1, batch)
    if loss.counts is not None:
        importance = importance * loss.counts(targets).to(dtype)
    total = importance.sum(1, keepdim=True)
    return importance / torch.where(total > 0, total, 1)


@cache
def _equal_shares(batch: int, dtype: torch.dtype) -> Tensor:
    return torch.full((1, batch), 1 / batch, dtype=dtype)
