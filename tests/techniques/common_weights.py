"""The common table: first weights, and the gradient check."""

import math

import numpy as np
import pytest
import torch
from common_entry import Entry, column, normal
from torch import nn

from caviar.core.errors import CaviarError
from caviar.techniques import gradient_check, initial_weights, initialise

SEEDS, GAINS = [0, 1, 7], column(1.0, 0.5, 2.0)
GIVEN = "weights are drawn, not computed from others"
IN_SINGLE = "they are drawn in single precision, then cast"


def generator(seed):
    return torch.Generator().manual_seed(seed)


def scheme(name, variance):
    """`variance` of the fan-in and the fan-out."""

    def plain(seed, gain, shape):
        window = math.prod(shape[2:])
        return (
            torch.randn(shape, generator=generator(seed))
            * gain
            * math.sqrt(variance(shape[1] * window, shape[0] * window))
        )

    return Entry(
        lambda seed, gain, shape: torch.stack(
            [initial_weights(shape, name, g, generator(s)) for s, g in zip(seed, gain, strict=True)]
        ),
        plain,
        {"seed": SEEDS, "gain": GAINS},
        {"shape": (4, 6)},
        edges={
            "gain 0": {"gain": column(0, 0, 0)},
            "one feature": {"shape": (4, 1)},
            "one unit": {"shape": (1, 6)},
            "a convolution": {"shape": (4, 2, 3, 3)},
        },
        refused={
            "no feature": (lambda: initial_weights((3, 0), name, 1.0, generator(0)), r"each at least 1; got \(3, 0\)"),
            "a bias": (lambda: initial_weights((3,), name, 1.0, generator(0)), "A bias has no fan-in"),
            "another scheme": (lambda: initial_weights((3, 2), "hee", 1.0, generator(0)), "choose from he, xavier"),
        },
        no_gradient=GIVEN,
        no_half=IN_SINGLE,
    )


def first(seed, gain, units):
    """All numbers of a small network, a row a member."""
    rows = []
    for s, g in zip(seed, gain.tolist(), strict=True):
        network = nn.Sequential(nn.Linear(3, units), nn.BatchNorm1d(units), nn.Linear(units, 2))
        initialise(network, "he", g, generator(s), network[2])
        rows.append(nn.utils.parameters_to_vector(network.parameters()).detach())
    return torch.stack(rows)


def first_plainly(seed, gain, units):
    """He's scheme behind inputs, Xavier's at the outputs, biases 0; γ 1 and β 0."""
    draws = generator(seed)
    hidden = torch.randn(units, 3, generator=draws) * gain.item() * math.sqrt(2 / 3)
    output = torch.randn(2, units, generator=draws) * gain.item() * math.sqrt(1 / units)
    return torch.cat(
        [hidden.flatten(), torch.zeros(units), torch.ones(units), torch.zeros(units), output.flatten(), torch.zeros(2)]
    )


class Weighted(nn.Module):
    """A module of nothing but its weights."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.Parameter(weights)

    def forward(self, features):
        return torch.tanh(features * self.weights)


def squares(outputs):
    return (outputs**2).sum()


def checked(weights, features):
    """The check's two figures of each entry, (member, entry): by differences, and by backward(); NaN where refused."""
    rows = []
    for one in weights:
        if one.isnan().any():
            with pytest.raises(CaviarError, match="the loss is nan"):
                gradient_check(Weighted(one), squares, features)
            rows.append([[math.nan, math.nan]] * len(one))
            continue
        check = gradient_check(Weighted(one), squares, features)
        rows.append([[entry.approx, entry.gradient] for entry in check["weights"].entries])
    table = torch.tensor(rows, dtype=torch.float64)
    return table[..., 0], table[..., 1]


def checked_plainly(weights, features):
    """The same by hand in NumPy: differences of Σ tanh²(xw), and its derivative 2 tanh(xw) (1 − tanh²(xw)) x."""
    w, x, epsilon = weights.double().numpy(), features.numpy(), 1e-5
    above, below = np.tanh(x * (w + epsilon)) ** 2, np.tanh(x * (w - epsilon)) ** 2
    activations = np.tanh(x * w)
    derivative = 2 * activations * (1 - activations**2) * x
    return torch.tensor((above - below) / (2 * epsilon)), torch.tensor(derivative)


WEIGHTS = {
    "he-initialisation": scheme("he", lambda fan_in, fan_out: 2 / fan_in),
    "xavier-initialisation": scheme("xavier", lambda fan_in, fan_out: 1 / fan_in),
    "glorot-initialisation": scheme("glorot", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    "first-weights": Entry(
        first,
        first_plainly,
        {"seed": SEEDS, "gain": GAINS},
        {"units": 4},
        edges={"gain 0": {"gain": column(0, 0, 0)}, "one unit": {"units": 1}},
        no_gradient=GIVEN,
        no_half=IN_SINGLE,
    ),
    "gradient-check": Entry(
        checked,
        checked_plainly,
        {"weights": normal(3, 4)},
        {"features": normal(4, seed=1)},
        edges={
            "weights 0": {"weights": torch.zeros(3, 4, dtype=torch.float64)},
            "one weight": {"weights": normal(3, 1), "features": normal(1, seed=1)},
        },
        no_gradient="it is itself the finite difference",
        halves=("weights",),
        results=("double", "double"),
    ),
}
