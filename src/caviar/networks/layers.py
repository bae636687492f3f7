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
        return batch_norm(
            z, self.weight, self.bias, self.running_mean, self.running_var, self.training, self.momentum, self.eps
        )


class Dropout(nn.Module):
    """Inverted dropout whose rate is a buffer: 0-dim alone, (member,) stacked. Silent in test mode.

    `draw_from` fixes the random numbers of the next forward passes, the same for every member and for a network alone;
    without it they come from torch's global generator.
    """

    drop_rate: Tensor

    def __init__(self, drop_rate: float = 0.0):
        super().__init__()
        self.register_buffer("drop_rate", torch.tensor(drop_rate))
        self.source: tuple[int, int, int] | None = None

    def draw_from(self, seed: int, step: int, layer: int) -> None:
        """Key the draws by (seed, step, layer number)."""
        self.source = (seed, step, layer)

    def forward(self, activations: Tensor) -> Tensor:
        if not self.training or not self.drop_rate.any():
            return activations
        stacked = self.drop_rate.dim() == 1
        units, batch = activations.shape[-2:] if stacked or activations.dim() > 2 else activations.T.shape
        generator = stream(self.source[0], "dropout", *self.source[1:]) if self.source else torch.default_generator
        draws = uniform((units, batch), generator, activations.dtype)
        if not stacked:
            return dropout(activations, self.drop_rate, draws.T)
        return dropout(activations, self.drop_rate.view(-1, 1, 1).to(activations.dtype), draws)
