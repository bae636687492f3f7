"""More data usually cuts variance and hardly touches bias. Notes 1.3."""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.core.random import permutation, stream
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

WIDTHS = {64: "a network large enough", 2: "one too small"}
SIZES = (75, 150, 300, 600, 1200)
NUM_POOL = 1200
NUM_SEEDS, NUM_STEPS, RATE, MATERIAL = 6, 250, 0.01, 0.02
RULE = (
    f"One hidden layer on {SIZES[0]} to {SIZES[-1]:,} digits, {NUM_SEEDS} draws of train rows, errors from 597 other "
    "rows; the share of draws. Variance = test − train, cut: lower by 2 points or more. Bias = train error, hardly "
    "touched: it moves by less than a quarter of what the variance moves by. Where it does move: a few rows even a "
    "network that is too small can learn by heart, and with more of them its train error rises to its bias."
)


def nested(sizes: Sequence[int], num_seeds: int, seed: int) -> Tensor:
    """Which rows of the pool each member trains on, (seed × size, row): a larger draw holds the smaller ones."""
    members = torch.zeros(num_seeds, len(sizes), NUM_POOL)
    for one in range(num_seeds):
        order = permutation(NUM_POOL, stream(seed + one, "train rows"))
        for number, size in enumerate(sizes):
            members[one, number, order[:size]] = 1
    return members.view(-1, NUM_POOL)


def errors(width: int, sizes: Sequence[int], num_seeds: int, seed: int) -> tuple[Tensor, Tensor]:
    """Train and test error, (seed, size) each; every draw of every size is a member."""
    raw, labels = built_in("digits", 1797, seed)
    features, pool = torch.tensor(standardised(raw), dtype=torch.float32), slice(NUM_POOL)
    weights = nested(sizes, num_seeds, seed)
    seeds = [seed + one for one in range(num_seeds) for _ in sizes]
    network = MLP((width,)).build(features.shape[1], 10)
    population = Population(network, Settings(len(weights), seeds=seeds), compiled=False)
    rate = torch.full((len(weights),), RATE)
    for _ in range(NUM_STEPS):
        train_step(population, features[pool], labels[pool], LOSSES["softmax"], rate, 0, NUM_POOL, weights=weights)
    outputs = torch.cat([piece for _, piece in population.predict(features)], dim=2)
    wrong = (outputs.argmax(1) != labels).double()  # (member, row)
    train = (wrong[:, pool] * weights).sum(1) / weights.sum(1)
    shape = (num_seeds, len(sizes))
    return train.view(shape), wrong[:, NUM_POOL:].mean(1).view(shape)


def run(seed: int = 0, sizes: Sequence[int] = SIZES, num_seeds: int = NUM_SEEDS) -> Result:
    rows: list[Row] = []
    curves: dict[str, tuple[Tensor, Tensor]] = {}
    for width, name in WIDTHS.items():
        train, test = errors(width, sizes, num_seeds, seed)
        curves[name] = (train, test)
        variance = test - train  # (seed, size)
        cut = variance[:, 0] - variance[:, -1]
        moved = (train[:, -1] - train[:, 0]).abs()
        grown = f"{sizes[0]} to {sizes[-1]:,} rows"
        rows += [
            Row(f"{name}: variance, {grown}", "cut", _change(variance), _share(cut >= MATERIAL)),
            Row(f"{name}: train error, {grown}", "hardly touched", _change(train), _share(moved < cut / 4)),
            Row(f"{name}: test error, {grown}", "", _change(test)),
        ]
    return Result(rows, RULE, _drawn(sizes, curves))


def _drawn(sizes: Sequence[int], curves: dict[str, tuple[Tensor, Tensor]]) -> Figure:
    picture, axes = blank_picture("Error by the number of train rows (mean of the draws)", "train rows", "error")
    for colour, (name, parts) in enumerate(curves.items()):
        for part, line, values in zip(("train", "test"), ("--", "-"), parts, strict=True):
            axes.plot(sizes, values.mean(0), line, color=f"C{colour}", marker=".", label=f"{name}: {part}")
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set(ylim=(-0.02, 0.9))
    axes.legend()
    return picture


def _change(values: Tensor) -> str:
    first, last = (f"{100 * values[:, place].mean():.1f} %" for place in (0, -1))
    return f"{first} to {last}"


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
