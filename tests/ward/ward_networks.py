"""Plain PyTorch modules for the ward, sound and spoilt, with their first weights drawn from a fixed seed."""

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def perceptron(
    *sizes: int,
    activation: Callable[[], nn.Module] = nn.ReLU,
    batch_norm: bool = False,
    drop_rate: float = 0.0,
    gain: float | None = None,
    bias: float | None = None,
) -> nn.Module:
    """[linear → batch norm → activation → dropout] × layers → linear; rows of any shape are flattened.

    gain: on the deviation 1/√n_in of normal first weights, in every layer; None: torch's own, or He's and Xavier's in
    deep ones. bias: of the hidden layers; None: torch's own.
    """
    torch.manual_seed(0)
    layers: list[nn.Module] = [nn.Flatten()]
    for num_inputs, num_units in itertools.pairwise(sizes[:-1]):
        layers += [nn.Linear(num_inputs, num_units)]
        layers += [nn.BatchNorm1d(num_units)] if batch_norm else []
        layers += [activation()] + ([nn.Dropout(drop_rate)] if drop_rate else [])
    network = nn.Sequential(*layers, nn.Linear(*sizes[-2:]))
    linear = [each for each in network if isinstance(each, nn.Linear)]
    with torch.no_grad():
        for each in linear:
            if gain is not None:
                each.weight.normal_(0, gain / each.in_features**0.5)
                each.bias.zero_()
            if bias is not None and each is not linear[-1]:
                each.bias.fill_(bias)
    return network


def convolutions(
    *,
    batch_norm: bool = False,
    momentum: float = 0.1,
    gain: float = 1.0,
    weight: float | None = None,
    bias: float | None = None,
    activation: Callable[[], nn.Module] = nn.ReLU,
    num_outputs: int = 10,
) -> nn.Module:
    """Two convolutions of 8 and 16 channels and a linear layer, for pictures of 8 × 8.

    momentum: of batch norm's averages. gain: on torch's first weights. weight, bias: of all convolutions alike.
    """
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for num_inputs, num_channels in ((1, 8), (8, 16)):
        layers += [nn.Conv2d(num_inputs, num_channels, 3, padding=1)]
        layers += [nn.BatchNorm2d(num_channels, momentum=momentum)] if batch_norm else []
        layers += [activation(), nn.MaxPool2d(2)]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64, num_outputs))
    with torch.no_grad():
        for each in network:
            if isinstance(each, nn.Conv2d | nn.Linear):
                each.weight *= gain
            if isinstance(each, nn.Conv2d):
                if weight is not None:
                    each.weight.fill_(weight)
                if bias is not None:
                    each.bias.fill_(bias)
    return network


class Residual(nn.Module):
    """Twelve layers of 32 units, with a shortcut past each."""

    def __init__(self, num_inputs: int, num_outputs: int):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.last = nn.Linear(num_inputs, 32), nn.Linear(32, num_outputs)
        self.norms = nn.ModuleList(nn.LayerNorm(32) for _ in range(12))
        self.blocks = nn.ModuleList(nn.Linear(32, 32) for _ in range(12))

    def forward(self, rows: Tensor) -> Tensor:
        values = self.first(rows.flatten(1))
        for norm, block in zip(self.norms, self.blocks, strict=True):
            values = values + torch.relu(block(norm(values)))
        return self.last(values)


class _WrongSign(torch.autograd.Function):
    """tanh, whose slope has the wrong sign."""

    @staticmethod
    def forward(context: Any, values: Tensor) -> Tensor:
        result = torch.tanh(values)
        context.save_for_backward(result)
        return result

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        (result,) = context.saved_tensors
        return -(1 - result**2) * gradients[0]


class _HalfForgotten(torch.autograd.Function):
    """Squares, whose slope lacks the 2."""

    @staticmethod
    def forward(context: Any, values: Tensor) -> Tensor:
        context.save_for_backward(values)
        return values**2

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        (values,) = context.saved_tensors
        return values * gradients[0]


class WrongSign(nn.Module):
    """A layer of it."""

    def forward(self, values: Tensor) -> Tensor:
        return _WrongSign.apply(values)


class HalfForgotten(nn.Module):
    """A layer of it."""

    def forward(self, values: Tensor) -> Tensor:
        return _HalfForgotten.apply(values)
