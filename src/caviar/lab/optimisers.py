"""Momentum, RMSprop and Adam against plain descent: steps, range of α, an ill-conditioned bowl. Notes 2.6 to 2.8.

Measured, it holds in part. On the bowl RMSprop does allow a larger α; on networks it doesn't: its step is α for every
weight however small the gradient, so its α is of another size. Momentum's α is the one that may be larger everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES, Loss

METHODS = ("gradient-descent", "momentum", "rmsprop", "adam")
TABLES = ("iris", "wine", "breast-cancer", "digits")
NETWORKS = (MLP(()), MLP((16,), "tanh"), MLP((16, 16), "relu"), MLP((16, 16), "sigmoid"))
RATES = 10 ** (np.arange(-12, 7) / 3)  # 1e-4 to 100
NUM_ROWS, NUM_SEEDS, NUM_STEPS = 140, 2, 100
STEEP, START = 50.0, (-10.0, 2.0)
DRAWN = dict(zip(METHODS, RATES[[7, 9, 8, 11]].tolist(), strict=True))
RULE = (
    f"The target of a problem is the lowest cost that plain descent reaches in {NUM_STEPS} steps at its best α; a "
    f"method is faster that gets there in fewer, at its own best of {len(RATES)} α: the share of the problems "
    f"({len(TABLES)} tables × {len(NETWORKS)} networks × {NUM_SEEDS} seeds). An α trains when the last ten costs are "
    "below half the first: the share of the problems with hidden layers where the largest such α is above plain "
    "descent's."
)
COST = Loss("cost", rows=lambda outputs, *_: outputs[:, 0], errors=lambda outputs, *_: outputs[:, 0])


class Bowl(nn.Module):
    """J(w) = ½ w₁² + ½ · 50 · w₂²: a valley along w₁, fifty times as steep across."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(2))

    def forward(self, x: Tensor) -> Tensor:
        """J for each row of `x`, whose values do not matter, (batch,)."""
        return (0.5 * self.w[0] ** 2 + 0.5 * STEEP * self.w[1] ** 2) * torch.ones_like(x[:, 0])


@dataclass(frozen=True)
class Race:
    """Costs of every method with every seed and α, (method, seed, rate, step); infinite where they are no number."""

    costs: Tensor

    def steps(self) -> Tensor:
        """Steps to plain descent's target at each method's best α, (method, seed); infinity for never."""
        target = self.costs[0].amin((1, 2)).view(1, -1, 1, 1)  # (1, seed, 1, 1)
        below = self.costs <= target
        return torch.where(below.any(3), below.int().argmax(3).double(), math.inf).amin(2)

    def largest(self) -> Tensor:
        """The largest α that trains, (method, seed); 0 for none."""
        trains = self.costs[..., -10:].amax(3) < 0.5 * self.costs[..., 0]
        return (trains * torch.tensor(RATES)).amax(2)


def cells(num_seeds: int, seed: int) -> tuple[Settings, Tensor]:
    """Every method with every seed and every α as a member, and the α as a column, (member,)."""
    methods, seeds, rates = (grid.ravel() for grid in np.broadcast_arrays(
        np.array(METHODS)[:, None, None], seed * num_seeds + np.arange(num_seeds)[:, None], RATES))  # fmt: skip
    settings = Settings(len(rates), seeds=seeds, optimizer=methods, init_scheme="xavier")
    return settings, torch.tensor(rates)


def race(network: MLP, table: str, seed: int) -> Race:
    """Batch descent on one table."""
    raw, labels = built_in(table, NUM_ROWS, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    settings, rates = cells(NUM_SEEDS, seed)
    population = Population(network.build(features.shape[1], int(labels.max()) + 1), settings, compiled=False)
    return _raced(population, features, labels, LOSSES["softmax"], rates.float(), NUM_SEEDS)[0]


def bowl() -> tuple[Race, Tensor]:
    """The race down the bowl, and the w of each member after each step, (step, member, 2)."""
    settings, rates = cells(1, 0)
    population = Population(Bowl(), settings, dtype=torch.float64, compiled=False)
    population.parameters.copy_(torch.tensor(START).expand(len(rates), 2))
    x = torch.zeros(1, 1, dtype=torch.float64)
    return _raced(population, x, x[:, 0], COST, rates, 1)


def _raced(
    population: Population, x: Tensor, targets: Tensor, loss: Loss, rates: Tensor, num_seeds: int
) -> tuple[Race, Tensor]:
    costs, path = [], [population.parameters[:, :2].clone()]
    for _ in range(NUM_STEPS + 1):  # the cost of a step is that before it
        costs.append(train_step(population, x, targets, loss, rates, 0, len(x)))
        path.append(population.parameters[:, :2].clone())
    whole = torch.stack(costs, dim=1).double().nan_to_num(nan=math.inf)
    return Race(whole.view(len(METHODS), num_seeds, len(RATES), -1)), torch.stack(path)


def run(seed: int = 0, tables: Sequence[str] = TABLES, networks: Sequence[MLP] = NETWORKS) -> Result:
    problems = [(table, network) for table in tables for network in networks]
    races = [race(network, table, seed) for table, network in problems]
    deep = [one for (_, network), one in zip(problems, races, strict=True) if network.hidden]
    steps = torch.cat([one.steps() for one in races], dim=1)  # (method, problem and seed)
    down, path = bowl()
    rows = [_against(f"{METHODS[number]}: steps to target", "fewer", steps[number] < steps[0], steps[[number, 0]])
            for number in (1, 2, 3)]  # fmt: skip
    slow = (steps[1] >= steps[0]).view(-1, NUM_SEEDS).any(1)
    lost = [f"{table} {network}" for (table, network), one in zip(problems, slow.tolist(), strict=True) if one]
    rows.append(Row("problems on which momentum is no faster with some seed", "", ", ".join(lost) or "none"))
    for where, figure in (
        ("networks", torch.cat([one.largest() for one in deep], dim=1)),
        ("bowl", down.largest()),
    ):
        rows += [_against(f"{METHODS[number]}: largest α that trains, {where}", "larger", figure[number] > figure[0],
                          figure[[number, 0]]) for number in (1, 2)]  # fmt: skip
    on_bowl = down.steps()
    rows += [_against(f"{METHODS[number]}: steps to target on the bowl", "fewer", on_bowl[number] < on_bowl[0],
                      on_bowl[[number, 0]]) for number in (1, 2, 3)]  # fmt: skip
    return Result(rows, RULE, _paths(path))


def _against(what: str, claimed: str, better: Tensor, figures: Tensor) -> Row:
    """The share of problems, and the medians of the method and of plain descent from `figures` (2, problem)."""
    shown = [f"{one:.3g}" if math.isfinite(one) else "never" for one in np.median(figures.numpy(), axis=1)]
    return Row(what, claimed, f"{shown[0]} against {shown[1]}", better.double().mean().item())


def _paths(path: Tensor) -> Figure:
    """The first steps of each method at the α of DRAWN; `path` is (step, member, 2)."""
    picture, axes = blank_picture("Down an ill-conditioned bowl: the first 25 steps", "w₁", "w₂")
    across, along = np.meshgrid(np.linspace(-11, 6, 120), np.linspace(-2.5, 2.5, 120))
    height = 0.5 * across**2 + 0.5 * STEEP * along**2
    axes.contour(across, along, height, levels=np.geomspace(0.5, 200, 9), colors="0.85", linewidths=0.8)
    steps = path.view(len(path), len(METHODS), len(RATES), 2)
    for number, (method, rate) in enumerate(DRAWN.items()):
        course = steps[:26, number, np.abs(RATES - rate).argmin()]
        axes.plot(*course.T, marker=".", linewidth=1, label=f"{method}, α = {rate:.2g}")
    axes.set(xlim=(-11, 6), ylim=(-2.5, 2.5))
    axes.legend(loc="lower right")
    return picture
