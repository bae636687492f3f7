"""Differences beside backward() find a planted bug, and name the tensor it is in. Notes 1.13, 1.14."""

from collections.abc import Callable

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn import functional

from caviar.core.random import stream
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.techniques.first_weights import initialise
from caviar.techniques.gradient_check import gradient_check as caviar_gradient_check
from caviar.techniques.gradient_check_result import GradientCheck

NUM_SEEDS, NUM_ROWS, HIDDEN = 5, 60, 8
STEPS = tuple(10.0**power for power in range(-1, -10, -1))
RULE = (
    f"A hidden layer of {HIDDEN} tanh units on {NUM_ROWS} flowers (iris), whose backward is written by hand; the share "
    f"of {NUM_SEEDS} draws of rows and first weights. Right: the largest error of a tensor is at most 1e-7. A bug is "
    "found when its tensor alone is named, with an error of at least 1e-3."
)

Way = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]  # (inputs, weight, dz) → dW, db


def right(inputs: Tensor, weight: Tensor, upstream: Tensor) -> tuple[Tensor, Tensor]:
    return upstream.T @ inputs, upstream.sum(0)


def bug(weight: Callable[[Tensor], Tensor] | None = None, bias: Callable[[Tensor], Tensor] | None = None) -> Way:
    """The right way back with something wrong done to dW or to db."""

    def wrong(inputs: Tensor, weights: Tensor, upstream: Tensor) -> tuple[Tensor, Tensor]:
        by_weight, by_bias = right(inputs, weights, upstream)
        return weight(by_weight) if weight else by_weight, bias(by_bias) if bias else by_bias

    return wrong


BUGS: dict[str, tuple[Way, str]] = {  # with the tensor it is in
    "dW of the wrong sign": (bug(weight=lambda one: -one), "layer.weight"),
    "dW divided by m once more": (bug(weight=lambda one: one / NUM_ROWS), "layer.weight"),
    "two rows of dW swapped": (bug(weight=lambda one: one[[1, 0, *range(2, len(one))]]), "layer.weight"),
    "one entry of dW 5 % too large": (
        bug(weight=lambda one: torch.where(one.abs() == one.abs().max(), 1.05 * one, one)),
        "layer.weight",
    ),
    "db forgotten": (bug(bias=torch.zeros_like), "layer.bias"),
}


class HandWritten(nn.Module):
    """z = Wx + b with a backward of its own, then tanh and a layer of torch's."""

    def __init__(self, way: Way, seed: int):
        super().__init__()
        self.layer, self.output = nn.Linear(4, HIDDEN), nn.Linear(HIDDEN, 3)
        initialise(self, "xavier", 1.0, stream(seed, "first weights"))

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(context, inputs, weight, bias):  # type: ignore[no-untyped-def]
                context.save_for_backward(inputs, weight)
                return inputs @ weight.T + bias

            @staticmethod
            def backward(context, upstream):  # type: ignore[no-untyped-def]
                inputs, weight = context.saved_tensors
                return upstream @ weight, *way(inputs, weight, upstream)

        self.function = Function

    def forward(self, inputs: Tensor) -> Tensor:
        z = self.function.apply(inputs, self.layer.weight, self.layer.bias)
        outputs: Tensor = self.output(torch.tanh(z))
        return outputs


def checked(way: Way, seed: int, check: Callable[..., GradientCheck], **settings: float) -> GradientCheck:
    raw, labels = built_in("iris", NUM_ROWS, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    return check(HandWritten(way, seed), functional.cross_entropy, features, labels, l2=0.1, **settings)


def run(
    seed: int = 0, check: Callable[..., GradientCheck] = caviar_gradient_check, num_seeds: int = NUM_SEEDS
) -> Result:
    seeds = range(seed, seed + num_seeds)
    rows = []
    for what, settings in (("right code, first weights", {}), ("right code, after 50 steps", {"steps": 50})):
        errors = [checked(right, one, check, **settings).worst.error for one in seeds]
        agree = np.mean([error <= 1e-7 for error in errors])
        rows.append(Row(what, "≤ 1e-7", f"{max(errors):.1e}", float(agree)))
    for what, (way, where) in BUGS.items():
        found = [checked(way, one, check) for one in seeds]
        named = [[tensor.name for tensor in one.tensors if tensor.verdict != "fine"] for one in found]
        smallest = min(one[where].error for one in found)
        agree = np.mean(
            [names == [where] and one[where].error >= 1e-3 for names, one in zip(named, found, strict=True)]
        )
        shown = f"{', '.join(named[0]) or 'nothing'}, {smallest:.1e}"
        rows.append(Row(what, f"{where}, ≥ 1e-3", shown, float(agree)))
    return Result(rows, RULE, _drawn(seed, check))


def _drawn(seed: int, check: Callable[..., GradientCheck]) -> Figure:
    """The largest error of a tensor by the first ε; where one is off, the check takes smaller ones by itself."""
    picture, axes = blank_picture("Error of the gradient by the step of the differences", "ε", "relative error")
    for what in (None, "one entry of dW 5 % too large", "dW of the wrong sign"):
        way = right if what is None else BUGS[what][0]
        errors = [max(one.error for one in checked(way, seed, check, epsilon=step).tensors) for step in STEPS]
        axes.plot(STEPS, errors, marker=".", label=what or "right code")
    for error, word in ((1e-7, "fine"), (1e-5, "look"), (1e-3, "bug")):
        axes.axhline(error, color="black", linewidth=1, linestyle=":")
        axes.annotate(word, (STEPS[-1], error), va="bottom")
    axes.set(xscale="log", yscale="log")
    axes.legend()
    return picture
