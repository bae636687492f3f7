"""Leaf layers that work alone and stacked: with a leading member axis on their weights they run a whole population.

Alone they are torch's own layers: activations are (batch, unit). Stacked, weights gain a first axis for the member and
activations are (member, unit, batch), the layout of the notes, Z = WX + b with one example a column: a batch norm
channel is then one run of memory, and matrix products are twice as fast as with (member, batch, unit).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from caviar.core.random import stream, uniform
from caviar.techniques.batch_norm import batch_norm
from caviar.techniques.dropout import dropout


class Linear(nn.Linear):
    """z = Wa + b. Stacked: W (member, out, in), b (member, out); a shared (in, batch) or (member, in, batch)."""

    def forward(self, activations: Tensor) -> Tensor:
        if self.weight.dim() == 2:
            return functional.linear(activations, self.weight, self.bias)
        inputs = activations.expand(self.weight.shape[0], -1, -1)
        bias: Tensor | None = self.bias
        return torch.bmm(self.weight, inputs) if bias is None else torch.baddbmm(bias.unsqueeze(2), self.weight, inputs)


class BatchNorm(nn.BatchNorm1d):
    """Batch norm of each unit; stacked, γ, β and the running averages are (member, unit)."""

    def forward(self, z: Tensor) -> Tensor:
        if self.weight.dim() == 1:
            return super().forward(z)
        assert self.running_mean is not None and self.running_var is not None and self.momentum is not None
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        return batch_norm(
            z, self.weight, self.bias, self.running_mean, self.running_var, self.training, self.momentum, self.eps
        )


class Dropout(nn.Module):
    """Inverted dropout whose rate is a buffer: 0-dim alone, (member,) stacked. Silent in test mode.

    `draw_from` fixes the random numbers of the next forward passes, the same for every member and for a network alone;
    without it they come from torch's global generator.

    Attributes:
        silent: whether every rate is 0; None where the layer may look by itself, which under `vmap` it can't.
    """

    drop_rate: Tensor

    def __init__(self, drop_rate: float = 0.0):
        super().__init__()
        self.register_buffer("drop_rate", torch.tensor(drop_rate))
        self.source: tuple[int, int, int] | None = None
        self.silent: bool | None = None

    def draw_from(self, seed: int, step: int, layer: int) -> None:
        """Key the draws by (seed, step, layer number)."""
        self.source = (seed, step, layer)

    def forward(self, activations: Tensor) -> Tensor:
        """Alone (batch, …); stacked (member, unit, batch), or (unit, batch) that all members share."""
        if not self.training or self._is_silent():
            return activations
        if self.drop_rate.dim() == 0:
            draws = self._uniform((*activations.shape[1:], activations.shape[0]), activations)
            return dropout(activations, self.drop_rate.to(activations.dtype), draws.movedim(-1, 0))
        draws = self._uniform(tuple(activations.shape[-2:]), activations)
        return dropout(activations, self.drop_rate.view(-1, 1, 1).to(activations.dtype), draws)

    def _is_silent(self) -> bool:
        return not bool(self.drop_rate.any()) if self.silent is None else self.silent

    def _uniform(self, shape: tuple[int, ...], like: Tensor) -> Tensor:
        """Draws in [0, 1), (…, batch): batch last, as in the notes, so that alone and stacked are given the same."""
        if self.source is None:
            return torch.rand(shape, device=like.device).to(like.dtype)
        seed, step, layer = self.source
        return uniform(shape, stream(seed, "dropout", step, layer, device=like.device), like.dtype)
