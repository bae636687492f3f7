"""Activations and gradients grow like 1.5^L or shrink like 0.5^L with the depth L. Notes 1.10."""

import math
from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.core.random import stream
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

FACTORS = (0.5, 1.0, 1.5)
DEPTH, WIDTH, NUM_SEEDS = 30, 64, 8
TRAINED_DEPTH, TRAINED_WIDTH, NUM_ROWS, NUM_STEPS = 20, 32, 100, 160
RATES = tuple(10.0**power for power in (-6, -5, -4, -2, -1.5))
RULE = (
    f"{DEPTH} ReLU layers of {WIDTH} units. Weights that are a factor times the identity: activations and gradients "
    "change by factor^L over all layers, to 1e-6 of it. Random weights, He's deviation times the factor: growth a "
    f"layer within 10 % of the factor, on the mean of {NUM_SEEDS} seeds. Training: steps of gradient descent on "
    f"{NUM_ROWS} digits to half the cost of equal chances, {TRAINED_DEPTH} layers of {TRAINED_WIDTH}, at the best of "
    f"{len(RATES)} α from {RATES[0]:g} to {RATES[-1]:.2g}; the share of seeds. An α small enough for large gradients "
    "may train an exploding network as fast; none mends a vanishing one."
)

Scale = Callable[[Tensor, float], Tensor]


def scaled(weights: Tensor, factor: float) -> Tensor:
    """Every layer's weights times `factor`: the notes' W = 1.5 · I, or a random W of 1.5 times the deviation."""
    return weights * factor


def sizes(hidden: list[Tensor], first: Tensor) -> tuple[Tensor, Tensor]:
    """Lengths of activations and of the cost's derivatives by them, (layer,) each, for one network of ReLU layers.

    Args:
        hidden: (unit, input) weights of each layer. first: (unit, batch) activations of layer 0. The cost is Σ a[L].
    """
    layers = [first.clone().requires_grad_()]
    for weights in hidden:
        layers.append(torch.relu(weights @ layers[-1]))
    gradients = torch.autograd.grad(layers[-1].sum(), layers)
    return (
        torch.stack([one.detach().norm() for one in layers]),
        torch.stack([one.norm() for one in gradients]),
    )


def run(seed: int = 0, scale: Scale = scaled, num_steps: int = NUM_STEPS) -> Result:
    rows: list[Row] = []
    identity, ones = torch.eye(WIDTH, dtype=torch.float64), torch.ones(WIDTH, 1, dtype=torch.float64)
    for factor in FACTORS:
        activations, gradients = sizes([scale(identity, factor)] * DEPTH, ones)
        for what, ratio in (("a", activations[-1] / activations[0]), ("gradient", gradients[0] / gradients[-1])):
            name = "a[30] / a[0]" if what == "a" else "gradient of a[0] / that of a[30]"
            exact = math.isclose(ratio, factor**DEPTH, rel_tol=1e-6)
            rows.append(Row(f"{factor:g} · I: {name}", f"{factor**DEPTH:.4g}", f"{ratio:.4g}", exact))
    curves: dict[float, tuple[Tensor, Tensor]] = {}
    for factor in FACTORS:
        both = [sizes(_drawn_weights(scale, factor, seed + one), _inputs(seed + one)) for one in range(NUM_SEEDS)]
        forward, backward = (torch.stack(each) for each in zip(*both, strict=True))  # (seed, layer)
        curves[factor] = (forward, backward)
        for what, ratio in (("activations", forward[:, -1] / forward[:, 0]),
                            ("gradients", backward[:, 0] / backward[:, -1])):  # fmt: skip
            growth = (ratio.log().mean() / DEPTH).exp().item()
            agree = abs(growth / factor - 1) <= 0.1
            rows.append(
                Row(f"random weights × {factor:g}: growth of {what} a layer", f"{factor:g}", round(growth, 3), agree)
            )
    steps = dict(zip(FACTORS, steps_to_half(scale, seed, num_steps), strict=True))
    for factor in (0.5, 1.5):
        shown = f"{_told(steps[1.0])} against {_told(steps[factor])}"
        agree = (steps[1.0] < steps[factor]).double().mean().item()
        rows.append(Row(f"steps to half the cost, random weights × 1 against × {factor:g}", "fewer", shown, agree))
    return Result(rows, RULE, _picture(curves))


def steps_to_half(scale: Scale, seed: int, num_steps: int) -> Tensor:
    """Steps to half the cost of equal chances at the best rate, (factor, seed); infinity where none gets there.

    Every factor, seed and rate is a member.
    """
    raw, labels = built_in("digits", NUM_ROWS, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    cells = [(factor, one, rate) for factor in FACTORS for one in range(NUM_SEEDS) for rate in RATES]
    settings = Settings(len(cells), seeds=[seed + one for _, one, _ in cells], optimizer="gradient-descent")
    network = MLP((TRAINED_WIDTH,) * TRAINED_DEPTH).build(features.shape[1], 10)
    population = Population(network, settings, compiled=False)
    for name, weights in population.layout.views(population.parameters).items():
        if name.startswith("hidden") and name.endswith("weight"):
            for row, (factor, _, _) in enumerate(cells):
                weights[row] = scale(weights[row], factor)
    rate, reached = torch.tensor([rate for _, _, rate in cells]), torch.full((len(cells),), math.inf)
    for step in range(num_steps):
        costs = train_step(population, features, labels, LOSSES["softmax"], rate, 0, NUM_ROWS)
        reached[(costs < math.log(10) / 2) & torch.isinf(reached)] = step
    return reached.view(len(FACTORS), NUM_SEEDS, len(RATES)).amin(2)


def _told(steps: Tensor) -> str:
    middle = float(steps.median())
    return f"{middle:.0f}" if math.isfinite(middle) else "never"


def _drawn_weights(scale: Scale, factor: float, seed: int) -> list[Tensor]:
    generator = stream(seed, "weights")
    return [
        scale(torch.randn(WIDTH, WIDTH, generator=generator, dtype=torch.float64) * math.sqrt(2 / WIDTH), factor)
        for _ in range(DEPTH)
    ]


def _inputs(seed: int) -> Tensor:
    return torch.randn(WIDTH, 50, generator=stream(seed, "inputs"), dtype=torch.float64)


def _picture(curves: dict[float, tuple[Tensor, Tensor]]) -> Figure:
    picture, axes = blank_picture(
        "Sizes in a deep ReLU network with random weights", "layer", "length (start of the pass = 1)"
    )
    for colour, (factor, (forward, backward)) in enumerate(curves.items()):
        for what, line, ratio in (("activations", "-", forward / forward[:, :1]),
                                  ("gradients", "--", backward / backward[:, -1:])):  # fmt: skip
            axes.plot(ratio.log().mean(0).exp(), line, color=f"C{colour}", label=f"{what} × {factor:g}")
    axes.set(yscale="log", ylim=(1e-12, 1e8))
    axes.legend(ncols=3, loc="lower center")
    return picture
