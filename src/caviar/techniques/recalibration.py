"""Batch norm's test-time statistics over the whole training set. Notes 3.7.

Ioffe & Szegedy, 2015, arXiv 1502.03167, algorithm 2.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from caviar.core.errors import SettingsError


@torch.no_grad()
def recalibrate(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Replace the running averages of every batch norm layer by statistics of all rows, under the present weights.

        E[x] = mean of μ_B,    Var[x] = mean of m / (m − 1) · σ²_B

    Each batch counts by its number of values m, so that a smaller last one weighs less; with batches of one size this
    is the plain mean. The averages of training lag behind the weights, and start at 0 and 1: after few steps, and after
    weights were averaged or copied from elsewhere, these are the better ones.

    The layers normalise by the batch on the way, as in training, and all else (dropout) is in test mode. Layers that
    did not run keep what they have. Nothing else changes, modes and counters included.

    Args:
        network: with BatchNorm1d, 2d or 3d layers that track running averages.
        batches: of features, (batch, …), which together are the training set, at random cut into batches.

    Raises:
        SettingsError: no such layer; no batch; a batch in which a layer gets a single value a channel.

    >>> network, train = nn.Sequential(nn.BatchNorm1d(2)), torch.randn(64, 2) + 10
    >>> recalibrate(network, train.split(16))
    >>> torch.allclose(network[0].running_mean, train.mean(0))
    True
    """
    named = network.named_modules()
    layers = {name: layer for name, layer in named if isinstance(layer, _BatchNorm) and _tracks(layer)}
    if not layers:
        raise SettingsError("recalibrate needs a network with batch norm layers that track running averages.")
    averages = {layer: _Average(name) for name, layer in layers.items()}
    hooks = [layer.register_forward_pre_hook(averages[layer].take) for layer in layers.values()]
    num_batches = 0
    try:
        with _normalising_by_batch(network, list(layers.values())):
            for batch in batches:
                network(batch)
                num_batches += 1
    finally:
        for hook in hooks:
            hook.remove()
    if not num_batches:
        raise SettingsError("recalibrate needs at least one batch of the training set.")
    for layer, average in averages.items():
        if average.num_values:
            assert layer.running_mean is not None and layer.running_var is not None
            layer.running_mean.copy_(average.mean / average.num_values)
            layer.running_var.copy_(average.variance / average.num_values)


class _Average:
    """Σ m · μ_B, Σ m · m/(m − 1) · σ²_B and Σ m of one layer, in float64; (channel,) each but the last."""

    def __init__(self, name: str):
        self.name, self.num_values = name, 0
        self.mean = self.variance = torch.zeros(())

    def take(self, layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        """The layer's z of one batch, (batch, channel, …)."""
        z = inputs[0].detach().double().transpose(0, 1).flatten(1)  # (channel, value)
        num_values = z.shape[1]
        if num_values < 2:
            raise SettingsError(
                f"batch norm layer {self.name!r} got one value a channel: its variance needs at least two rows a "
                "batch. Use larger batches, or join a lone last row to the batch before it."
            )
        self.mean = self.mean.to(z.device) + num_values * z.mean(1)
        self.variance = self.variance.to(z.device) + num_values * z.var(1)  # m − 1 in the denominator
        self.num_values += num_values


@contextmanager
def _normalising_by_batch(network: nn.Module, layers: list[_BatchNorm]) -> Iterator[None]:
    """Test mode, but for `layers`, which normalise by each batch and leave their running averages alone."""
    modes = {module: module.training for module in network.modules()}
    network.eval()
    for layer in layers:
        layer.training, layer.track_running_stats = True, False
    try:
        yield
    finally:
        for layer in layers:
            layer.track_running_stats = True
        for module, training in modes.items():
            module.training = training


def _tracks(layer: _BatchNorm) -> bool:
    return layer.track_running_stats and layer.running_mean is not None
