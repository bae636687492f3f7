"""Dropout keeps a unit from leaning on one input: weights spread and shrink, as under L2. Notes 1.7.

For a linear unit and a squared error it is L2, exactly: the mean cost over all masks is the cost without dropout plus
½ · rate / (1 − rate) · Σ wᵢ² mean(xᵢ²) (Wager, Wang & Liang, 2013, arXiv 1307.1493). Networks need not follow.
"""

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.core.random import stream
from caviar.lab.experiment import Result, Row
from caviar.lab.noisy_digits import NUM_TRAIN, NoisyDigits
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

RATES = (0.0, 0.2, 0.5)
NUM_SEEDS, NUM_ROWS, NUM_COPIES, NOISE, WIDTH = 5, 60, 10, 1.5, 64
RULE = (
    f"The share of {NUM_SEEDS} seeds, drop rate {RATES[-1]} against none. Inputs in use: (Σw²)² / Σw⁴ of a unit, which "
    f"counts equal weights. The linear unit sees {NUM_COPIES} equally noisy copies of one signal; its mean weights "
    f"under dropout are those of L2 when within 5 %. The network has {WIDTH} ReLU units on {NUM_TRAIN} digits, learnt "
    "by heart: dropout keeps its cost above 0, and a cost above 0 goes on driving the weights up."
)


def in_use(weights: Tensor) -> Tensor:
    """How many inputs a unit uses, from 1 to all, (…,); `weights` is (…, input)."""
    return weights.square().sum(-1) ** 2 / weights.pow(4).sum(-1)


def copies(seed: int) -> tuple[Tensor, Tensor]:
    """A signal's noisy copies (row, input), and the signal (row,)."""
    generator = stream(seed, "copies")
    signal = torch.randn(NUM_ROWS, generator=generator)
    noise = torch.randn(NUM_ROWS, NUM_COPIES, generator=generator)
    return signal.unsqueeze(1) + NOISE * noise, signal


def linear_weights(seed: int, num_steps: int) -> tuple[Tensor, Tensor]:
    """A linear unit trained with each rate: mean weights of the later half of the steps, and L2's, (rate, input)."""
    features, targets = copies(seed)
    settings = Settings(len(RATES), seeds=[seed] * len(RATES), optimizer="gradient-descent", input_drop_rate=RATES)
    population = Population(MLP(()).build(NUM_COPIES, 1), settings, compiled=False)
    total, rate = torch.zeros(len(RATES), NUM_COPIES), torch.full((len(RATES),), 0.01)
    for step in range(num_steps):
        train_step(population, features, targets, LOSSES["squared"], rate, seed, NUM_ROWS)
        if step >= num_steps // 2:
            total += population.parameters[:, :NUM_COPIES]
    centred = features - features.mean(0)
    penalties = [rate / (1 - rate) * features.square().sum(0).diag() for rate in RATES]
    # the bias takes the means out of the cost, and not out of the penalty
    exact = [
        torch.linalg.solve(centred.T @ centred + penalty, centred.T @ (targets - targets.mean()))
        for penalty in penalties
    ]
    return total / (num_steps - num_steps // 2), torch.stack(exact)


def network_weights(where: str, seed: int, num_seeds: int, num_steps: int) -> Tensor:
    """Weights behind the dropout of a network, (seed, rate, unit, input); `where` is the setting that drops."""
    data = NoisyDigits(seed, num_seeds)
    settings = Settings(
        num_seeds * len(RATES),
        seeds=[seed + one for one in range(num_seeds) for _ in RATES],
        **{where: RATES * num_seeds},
    )
    population = Population(MLP((WIDTH,)).build(data.features.shape[1], 10), settings, compiled=False)
    rows = data.in_train.repeat_interleave(len(RATES), 0)
    rate = torch.full((len(population),), 0.01)
    for _ in range(num_steps):
        train_step(population, *data.pool, LOSSES["softmax"], rate, seed, NUM_TRAIN, weights=rows)
    behind = "hidden.0.linear.weight" if where == "input_drop_rate" else "output.weight"
    weights = population.layout.views(population.parameters)[behind]
    return weights.view(num_seeds, len(RATES), *weights.shape[1:])


def run(seed: int = 0, num_seeds: int = NUM_SEEDS, num_steps: int = 400) -> Result:
    pairs = [linear_weights(seed + one, 10 * num_steps) for one in range(num_seeds)]
    linear, exact = (torch.stack(each) for each in zip(*pairs, strict=True))  # (seed, rate, input)
    far = ((linear - exact).norm(dim=2) / exact.norm(dim=2))[:, -1]
    rows = [Row("linear unit: distance to L2's weights", "≤ 0.05", f"{far.max():.3f}", _share(far <= 0.05))]
    rows += _compared("linear unit", linear.unsqueeze(2))
    for where, what in (("input_drop_rate", "network, inputs dropped"), ("drop_rate", "network, hidden units dropped")):
        rows += _compared(what, network_weights(where, seed, num_seeds, num_steps))
    return Result(rows, RULE, _drawn(linear[0]))


def _compared(what: str, weights: Tensor) -> list[Row]:
    """`weights` is (seed, rate, unit, input)."""
    norms = weights.flatten(2).norm(dim=2)
    used = in_use(weights).mean(2)
    rows = []
    for figure, claimed, values, sign in (("‖W‖", "lower", norms, -1), ("inputs in use", "more", used, 1)):
        shown = f"{values[:, -1].mean():.3g} against {values[:, 0].mean():.3g}"
        agree = _share(sign * (values[:, -1] - values[:, 0]) > 0)
        rows.append(Row(f"{what}: {figure}", claimed, shown, agree))
    return rows


def _drawn(weights: Tensor) -> Figure:
    picture, axes = blank_picture("Weights of a linear unit on equally good inputs", "input", "weight")
    places = np.arange(1, NUM_COPIES + 1)
    for number, rate in enumerate(RATES):
        axes.bar(places + 0.25 * (number - 1), weights[number].numpy(), 0.25, label=f"drop rate {rate:g}")
    axes.set_xticks(places)
    axes.legend()
    return picture


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
