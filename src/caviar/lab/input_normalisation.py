"""Inputs of mean 0 and deviation 1 make a rounder cost and a faster descent, and never do harm. Notes 1.9."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

TABLES = ("wine", "breast-cancer", "iris", "digits")
NUM_ROWS, NUM_SEEDS, TARGET, MOST_STEPS = 140, 3, 0.2, 1000
RATES = tuple(10.0**power for power in np.arange(-7, 1.25, 0.25))
RULE = (
    f"Softmax regression by gradient descent from zero weights on {NUM_ROWS} rows. Rounder: the condition number of "
    f"the second moments of inputs and bias is lower. Faster: fewer steps to a cost of {TARGET}, each side at its "
    f"own best of {len(RATES)} α, at which the cost falls with every step. The share of {NUM_SEEDS} draws of rows."
)


def condition_number(features: np.ndarray) -> float:
    """Largest over smallest eigenvalue of the second moments of (x, 1): how elongated a squared error's bowl is.

    Directions in which the rows do not vary at all are left out: the cost is flat there, and descent never goes there.
    """
    lengths = np.linalg.svd(np.column_stack([features, np.ones(len(features))]), compute_uv=False)
    lengths = lengths[lengths > lengths[0] * 1e-10]
    return float((lengths[0] / lengths[-1]) ** 2)


def costs_by_rate(features: np.ndarray, labels: Tensor, most_steps: int) -> Tensor:
    """Costs (rate, step), the rates trained as one population until the first of them reaches the target.

    Batch descent falls at every step (Notes 2.2). A rate whose cost rises is too large: from there on its cost counts
    as infinite, so that passing the target by chance is no success.
    """
    settings = Settings(len(RATES), optimizer="gradient-descent", init_gain=0.0)
    network = MLP(()).build(features.shape[1], int(labels.max()) + 1)
    population = Population(network, settings, dtype=torch.float64, compiled=False)
    inputs, rates = torch.tensor(features), torch.tensor(RATES, dtype=torch.float64)
    costs: list[Tensor] = []
    falling, last = torch.ones(len(RATES), dtype=torch.bool), torch.tensor(math.inf)
    while len(costs) < most_steps and not (last <= TARGET).any():
        cost = train_step(population, inputs, labels, LOSSES["softmax"], rates, 0, len(labels))
        falling &= cost <= last
        last = torch.where(falling, cost, math.inf)
        costs.append(last)
    return torch.stack(costs, dim=1)


def run(
    seed: int = 0,
    normalise: Callable[[np.ndarray], np.ndarray] = standardised,
    tables: Sequence[str] = TABLES,
    most_steps: int = MOST_STEPS,
) -> Result:
    """The technique is `normalise`, (row, input) → (row, input)."""
    picture, axes = blank_picture("Cost at the best α: as they come (dashed) and normalised", "step", "cost")
    rows = []
    for number, table in enumerate(tables):
        conditions, steps = [], []  # (seed, side): as it comes, then normalised
        for one in range(NUM_SEEDS):
            raw, labels = built_in(table, NUM_ROWS, seed + one)
            sides = (raw, normalise(raw))
            curves = [costs_by_rate(side, labels, most_steps) for side in sides]
            conditions.append([condition_number(side) for side in sides])
            steps.append([_steps(costs) for costs in curves])
            if one == 0:
                for costs, line, label in zip(curves, ("--", "-"), (None, table), strict=True):
                    best = costs[costs[:, -1].argmin()]
                    axes.plot(range(1, len(best) + 1), best, line, color=f"C{number}", label=label)
        before, after = np.array(conditions).T
        shown = f"{np.median(after):,.0f} against {np.median(before):,.0f}"
        rows.append(
            Row(f"{table}: condition number, normalised against not", "lower", shown, float(np.mean(after < before)))
        )
        before, after = np.array(steps).T
        shown = f"{_told(after, most_steps)} against {_told(before, most_steps)}"
        rows.append(
            Row(f"{table}: steps to target, normalised against not", "fewer", shown, float(np.mean(after < before)))
        )
    axes.set(xscale="log", yscale="log")
    axes.legend()
    return Result(rows, RULE, picture)


def _steps(costs: Tensor) -> float:
    """Steps to the target at the best rate; infinity where none reaches it."""
    return float(costs.shape[1]) if (costs[:, -1] <= TARGET).any() else math.inf


def _told(steps: np.ndarray, most_steps: int) -> str:
    middle = float(np.median(steps))
    return f"{middle:.0f}" if math.isfinite(middle) else f"more than {most_steps}"
