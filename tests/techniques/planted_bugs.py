"""A linear layer with its own backward, right or with a bug planted, and the bugs a hand makes."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Gradients = tuple[Tensor, Tensor, Tensor | None]  # of inputs, weight, bias


def right(inputs: Tensor, weight: Tensor, upstream: Tensor) -> Gradients:
    return upstream @ weight, upstream.T @ inputs, upstream.sum(0)


def wrong_sign(inputs: Tensor, weight: Tensor, upstream: Tensor) -> Gradients:
    return upstream @ weight, -(upstream.T @ inputs), upstream.sum(0)


def missing_factor(inputs: Tensor, weight: Tensor, upstream: Tensor) -> Gradients:
    return upstream @ weight, upstream.T @ inputs / len(inputs), upstream.sum(0)


def swapped_index(inputs: Tensor, weight: Tensor, upstream: Tensor) -> Gradients:
    gradient = upstream.T @ inputs
    return upstream @ weight, gradient[[1, 0, *range(2, len(gradient))]], upstream.sum(0)


def forgotten_bias(inputs: Tensor, weight: Tensor, upstream: Tensor) -> Gradients:
    return upstream @ weight, upstream.T @ inputs, None


def wrong_upstream(inputs: Tensor, weight: Tensor, upstream: Tensor) -> Gradients:
    """Right for its own weights, wrong for those of the layers before it."""
    return 2 * (upstream @ weight), upstream.T @ inputs, upstream.sum(0)


class HandWritten(nn.Linear):
    """z = Wx + b; the way back is `backward(inputs, weight, upstream)`."""

    def __init__(self, num_inputs: int, num_units: int, backward: Callable[..., Gradients]):
        super().__init__(num_inputs, num_units)

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx, inputs, weight, bias):
                ctx.save_for_backward(inputs, weight)
                return inputs @ weight.T + bias

            @staticmethod
            def backward(ctx, upstream):
                return backward(*ctx.saved_tensors, upstream)

        self.function = Function

    def forward(self, inputs: Tensor) -> Tensor:
        return self.function.apply(inputs, self.weight, self.bias)


def network(backward: Callable[..., Gradients], num_units: int = 4) -> nn.Module:
    """The hand-written layer between two of torch's; weights from seed 0."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(3, 5), nn.Tanh(), HandWritten(5, num_units, backward), nn.Tanh(), nn.Linear(num_units, 3)
    )
