"""One step of an MLP population written out as in the notes, member after member, without a way back through Python.

    Z = WA + b,  A = g(Z)        dZ = dA · g'(Z),  dW = dZ Aᵀ,  db = Σ dZ,  dA = Wᵀ dZ

A member's activations stay in the processor's cache from its forward to its backward pass, and take the memory of one
member, however many there are. It gives what autograd gives on the same network (population/forward.py), which stays as
the reference and runs wherever this does not: other networks, other devices, losses of the user's own.
"""

import itertools
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from caviar.core.compiled import Array, compiled
from caviar.core.products import blas_address, product
from caviar.core.random import stream, uniform
from caviar.networks import elementary, fused_losses
from caviar.networks.fused_layers import (
    backward_normalised,
    backward_plain,
    drop,
    forward_normalised,
    forward_plain,
)  # fmt: skip
from caviar.networks.fused_losses import loss_and_slope
from caviar.networks.layers import BatchNorm
from caviar.techniques.losses import Columns, Loss

if TYPE_CHECKING:
    from caviar.networks.mlp import MLPNetwork

# The columns of the table that says where a layer's numbers lie: units in and out; in a member's row its weights, and
# its bias or γ and then β; its activations; its first unit among all units, and among all draws.
NUM_IN, NUM_OUT, WEIGHT, SHIFT, BETA, ACTIVATIONS, UNITS, DRAWS, NUM_COLUMNS = range(9)


class FusedMLP:
    """The network's own forward and backward.

    Args:
        network: an MLPNetwork, for its structure.
        slots: where each parameter starts in a member's row, by name.
        parameters, gradients: (member, parameter), contiguous, on a CPU, float32 or float64.
        buffers: running averages and dropout rates by name, (member, …); the running averages are kept up.
    """

    def __init__(
        self,
        network: "MLPNetwork",
        slots: Mapping[str, int],
        parameters: Tensor,
        gradients: Tensor,
        buffers: Mapping[str, Tensor],
    ):
        structure, sizes = network.structure, network.sizes
        self.parameters, self.gradients_matrix = parameters.numpy(), gradients.numpy()
        self.dtype = parameters.dtype
        self.address = blas_address(self.parameters.dtype)
        self.activation = elementary.NUMBERS[structure.activation]
        self.num_inputs, self.widest = sizes[0], max(sizes[1:])
        self.layers = np.zeros((len(sizes) - 1, NUM_COLUMNS), dtype=np.int64)
        units = 0
        for number, (num_in, num_out) in enumerate(itertools.pairwise(sizes)):
            hidden = number < len(sizes) - 2
            linear = f"hidden.{number}.linear" if hidden else "output"
            normalised = f"hidden.{number}.norm.weight" in slots
            shift = slots[f"hidden.{number}.norm.weight" if normalised else f"{linear}.bias"]
            beta = slots[f"hidden.{number}.norm.bias"] if normalised else -1
            self.layers[number] = (
                num_in,
                num_out,
                slots[f"{linear}.weight"],
                shift,
                beta,
                units,
                units,
                sizes[0] + units,
            )
            units += num_out
        self.num_units = units
        rates = [buffers["input_dropout.drop_rate"]]
        rates += [buffers[f"hidden.{number}.dropout.drop_rate"] for number in range(len(sizes) - 2)]
        self.rates = torch.stack(rates, 1).numpy()  # (member, layer), the inputs' first
        self.dropping = [bool(column.any()) for column in self.rates.T]
        norms = [module for module in network.modules() if isinstance(module, BatchNorm)]
        self.normalised, self.epsilon = bool(norms), self.parameters.dtype.type(norms[0].eps if norms else 0)
        self.moments = np.empty((len(parameters), 2, units), self.parameters.dtype)
        self.running = [self._running(number, norm, buffers) for number, norm in enumerate(norms)]
        self.source = (0, 0)
        self.memory: dict[int, Array] = {}

    def _running(self, number: int, norm: BatchNorm, buffers: Mapping[str, Tensor]) -> tuple[Any, ...]:
        """A layer's running mean, variance and count of batches, its columns in `moments`, its momentum."""
        assert norm.momentum is not None
        names = ("running_mean", "running_var", "num_batches_tracked")
        start, size = self.layers[number, UNITS], self.layers[number, NUM_OUT]
        return (
            *(buffers[f"hidden.{number}.norm.{name}"].numpy() for name in names),
            slice(start, start + size),
            norm.momentum,
        )

    def key(self, seed: int, step: int) -> None:
        """The dropout draws of the coming step, as population/forward.py keys them."""
        self.source = (seed, step)

    def gradients(
        self, features: Tensor, targets: Tensor, loss: Loss, columns: Columns, weights: Tensor | None, own_rows: bool
    ) -> Tensor:
        """Each member's mean loss, (member,); its gradient is in the population's matrix.

        Args:
            features: (batch, input), with `own_rows` (member, batch, input).
            weights: of the rows: None, (batch,) or (member, batch).
        """
        inputs = features.to(self.dtype).mT.contiguous()  # (input, batch) or (member, input, batch)
        batch = inputs.shape[-1]
        losses = torch.empty(len(self.parameters), dtype=self.dtype)
        smoothing = columns["label_smoothing"].numpy()
        setting = columns[SETTINGS[loss.name]].numpy() if loss.name in SETTINGS else smoothing
        softmax = loss.name == "softmax"
        labels = targets.numpy() if softmax else NO_LABELS
        values = NO_VALUES[self.dtype] if softmax else targets.to(self.dtype).view(batch, -1).numpy()
        step_of_members(
            self.address, self.parameters, self.gradients_matrix, self.layers, self.activation, self.normalised,
            self.epsilon, self.rates, inputs.view(-1, *inputs.shape[-2:]).numpy(), self._draws(batch).numpy(),
            fused_losses.NUMBERS[loss.name], labels, values, smoothing, setting,
            _shares(loss, targets, weights, batch, self.dtype).numpy(),
            self._memory(batch), self.moments, losses.numpy(),
        )  # fmt: skip
        self._move_running_averages(batch)
        return losses

    def _memory(self, batch: int) -> Array:
        """Flat memory for one member's step: z and a of every layer, the gradients of two, the inputs, a few rows."""
        if batch not in self.memory:
            numbers = 2 * self.num_units + 2 * max(self.widest, self.num_inputs) + self.num_inputs + 3
            self.memory[batch] = torch.empty(numbers * batch, dtype=self.dtype).numpy()
        return self.memory[batch]

    def _draws(self, batch: int) -> Tensor:
        """The draws of the inputs and of every layer, below each other: (unit, batch)."""
        if not any(self.dropping):
            return torch.empty(1, batch, dtype=self.dtype)
        seed, step = self.source
        sizes = [self.num_inputs, *self.layers[:-1, NUM_OUT].tolist()]
        parts = [
            uniform((size, batch), stream(seed, "dropout", step, layer), self.dtype)
            if self.dropping[layer]
            else torch.empty(size, batch, dtype=self.dtype)
            for layer, size in enumerate(sizes)
        ]
        return torch.cat(parts)

    def _move_running_averages(self, batch: int) -> None:
        """Batch norm's averages move towards this batch's mean and variance, the latter with m − 1 below."""
        for mean, var, count, units, momentum in self.running:
            count += 1
            move_averages(mean, var, self.moments[:, :, units], momentum, batch / (batch - 1))


SETTINGS = {"huber": "huber_delta", "quantile": "quantile"}
NO_LABELS = np.empty(0, np.int64)
NO_VALUES = {torch.float32: np.empty((0, 0), np.float32), torch.float64: np.empty((0, 0), np.float64)}


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


@compiled
def step_of_members(
    address: int, parameters: Array, gradients: Array, layers: Array, kind: int, normalised: bool, epsilon: float,
    rates: Array, inputs: Array, draws: Array, loss: int, labels: Array, values: Array, smoothing: Array,
    setting: Array, shares: Array, memory: Array, moments: Array, losses: Array,
) -> None:  # fmt: skip
    """Forward, loss and backward of every member; arguments as FusedMLP.gradients makes them."""
    last, batch, num_inputs = len(layers) - 1, inputs.shape[2], inputs.shape[1]
    num_units = layers[last, UNITS] + layers[last, NUM_OUT]
    in_place = kind == elementary.RELU and not normalised  # then z + b need not outlive a
    all_z = memory[: num_units * batch].reshape(num_units, batch)
    all_a = all_z if in_place else memory[num_units * batch : 2 * num_units * batch].reshape(num_units, batch)
    rest = memory[2 * num_units * batch :]
    dropped = rest[: num_inputs * batch].reshape(num_inputs, batch)
    rows = rest[num_inputs * batch : (num_inputs + 3) * batch].reshape(3, batch)
    rest = rest[(num_inputs + 3) * batch :]
    half = len(rest) // 2
    for member in range(len(parameters)):
        w, g, x = parameters[member], gradients[member], inputs[member if len(inputs) > 1 else 0]
        if rates[member, 0] > 0:
            dropped[:] = x
            for unit in range(num_inputs):
                drop(dropped[unit], draws[unit], rates[member, 0])
            x = dropped
        a = x
        for number in range(last + 1):
            at = layers[number]
            units = slice(at[UNITS], at[UNITS] + at[NUM_OUT])
            z, shift = all_z[units], w[at[SHIFT] : at[SHIFT] + at[NUM_OUT]]
            product(address, _matrix(w, at), False, a, False, z)
            if number == last:
                for unit in range(at[NUM_OUT]):
                    z[unit] += shift[unit]
                continue
            rate = rates[member, number + 1]
            drawn = draws[at[DRAWS] : at[DRAWS] + at[NUM_OUT]] if rate > 0 else draws
            a = all_a[units]
            if normalised:
                beta = w[at[BETA] : at[BETA] + at[NUM_OUT]]
                forward_normalised(z, shift, beta, epsilon, kind, drawn, rate, a, moments[member, :, units])
            else:
                forward_plain(z, shift, kind, drawn, rate, a)
        dz = all_z[layers[last, UNITS] :]
        losses[member] = loss_and_slope(
            loss, dz, labels, values, smoothing[member], setting[member], shares[member if len(shares) > 1 else 0], rows
        )
        for number in range(last, -1, -1):
            at = layers[number]
            units, shift = slice(at[UNITS], at[UNITS] + at[NUM_OUT]), slice(at[SHIFT], at[SHIFT] + at[NUM_OUT])
            rate = rates[member, number + 1] if number < last else rates.dtype.type(0)
            drawn = draws[at[DRAWS] : at[DRAWS] + at[NUM_OUT]] if rate > 0 else draws
            if number == last:
                for unit in range(at[NUM_OUT]):
                    g[at[SHIFT] + unit] = dz[unit].sum()
            elif normalised:
                beta = slice(at[BETA], at[BETA] + at[NUM_OUT])
                backward_normalised(
                    dz, all_a[units], all_z[units], w[shift], w[beta], moments[member, :, units], epsilon, kind, drawn,
                    rate, g[shift], g[beta], rows[2],
                )  # fmt: skip
            else:
                backward_plain(dz, all_a[units], all_z[units], kind, drawn, rate, g[shift])
            below = x
            if number > 0:
                below = all_a[layers[number - 1, UNITS] : at[UNITS]]
            product(address, dz, False, below, True, _matrix(g, at))
            if number > 0:
                start = half * (number % 2)
                da = rest[start : start + at[NUM_IN] * batch].reshape(at[NUM_IN], batch)
                product(address, _matrix(w, at), True, dz, False, da)
                dz = da


@compiled
def move_averages(mean: Array, var: Array, moments: Array, momentum: float, correction: float) -> None:
    """In place: running averages (member, unit) towards a batch's moments (member, 2, unit), by `momentum`."""
    number = mean.dtype.type
    share, corrected = number(momentum), number(momentum * correction)
    for member in range(mean.shape[0]):
        for unit in range(mean.shape[1]):
            mean[member, unit] += share * (moments[member, 0, unit] - mean[member, unit])
            var[member, unit] += corrected * moments[member, 1, unit] - share * var[member, unit]


@compiled
def _matrix(row: Array, at: Array) -> Array:
    """A layer's weights in a member's row, (out, in)."""
    return row[at[WEIGHT] : at[WEIGHT] + at[NUM_OUT] * at[NUM_IN]].reshape(at[NUM_OUT], at[NUM_IN])
