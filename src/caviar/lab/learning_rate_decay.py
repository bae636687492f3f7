"""A rate that falls lets mini-batches settle at the minimum, where a constant one keeps wandering. Notes 2.9.

Measured, it holds in part. Where no network fits every row, as with some wrong labels, the rows' gradients disagree at
the minimum, and a rate that falls ends lower than any constant one. Where the network fits every row, each gradient
goes to 0 by itself, nothing wanders, and a falling rate only slows the descent.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from caviar.core.random import stream, uniform
from caviar.data.batches import epoch_batches
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES
from caviar.techniques.schedules import decay_factors, schedule_number
from caviar.training import TrainingData, evaluate

SCHEDULES = {"constant": 0.0, "inverse-time": 0.3, "exponential": 0.9, "inverse-root": 1.0, "staircase": 5.0}
RATES, DRAWN_RATE = (0.1, 0.3, 1.0, 3.0), 1.0
NUM_ROWS, NUM_SEEDS, NUM_EPOCHS, BATCH_SIZE = 800, 5, 30, 32
RULE = (
    f"The cost over all train rows after {NUM_EPOCHS} epochs of plain descent with batches of {BATCH_SIZE}, each "
    f"schedule at its own best first α of {', '.join(f'{one:g}' for one in RATES)} (lowest median), is below the "
    f"constant rate's: the share of {NUM_SEEDS} seeds."
)


@dataclass(frozen=True)
class Problem:
    """Digits with a share of labels drawn at random, and a network for them."""

    what: str
    network: MLP
    wrong_labels: float


PROBLEMS = (
    Problem("softmax regression, 20 % random labels", MLP(()), 0.2),
    Problem("8 hidden units, 20 % random labels", MLP((8,)), 0.2),
    Problem("32 hidden units, right labels, all fitted", MLP((32,)), 0.0),
)


def rows_of(problem: Problem, seed: int) -> TrainingData:
    """The cost is taken over the train rows, so they serve as dev rows too."""
    raw, labels = built_in("digits", NUM_ROWS, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    wrong = uniform((NUM_ROWS,), stream(seed, "wrong rows")) < problem.wrong_labels
    labels = torch.where(wrong, torch.randint(10, (NUM_ROWS,), generator=stream(seed, "wrong labels")), labels)
    return TrainingData("classes", 10, features, labels, features, labels)


def costs_by_epoch(problem: Problem, seed: int) -> Tensor:
    """Every schedule with every rate and seed as a member: (schedule, rate, seed, epoch), infinite where diverged."""
    shape = (len(SCHEDULES), len(RATES), NUM_SEEDS)
    schedule, rate, member_seed = (grid.ravel() for grid in np.indices(shape))
    names, constants = np.array(list(SCHEDULES))[schedule], np.array(list(SCHEDULES.values()))[schedule]
    settings = Settings(
        len(names), seeds=seed * NUM_SEEDS + member_seed, optimizer="gradient-descent", schedule=names, decay=constants
    )
    data = rows_of(problem, seed)
    population = Population(problem.network.build(data.train_features.shape[1], 10), settings, compiled=False)
    kinds, decay = torch.tensor([schedule_number(name) for name in names]), torch.tensor(constants)
    first, planned = torch.tensor(RATES)[rate], torch.full((len(names),), float(NUM_EPOCHS), dtype=torch.float64)
    costs = []
    for epoch in range(NUM_EPOCHS):
        batches = epoch_batches(NUM_ROWS, BATCH_SIZE, seed, epoch)
        when = epoch + torch.arange(len(batches), dtype=torch.float64).unsqueeze(1) / len(batches)
        factors = decay_factors(when, kinds, decay, torch.zeros_like(planned), planned).float()  # (step, member)
        for rows, factor in zip(batches, factors, strict=True):
            batch = data.train_features[rows], data.train_targets[rows]
            train_step(population, *batch, LOSSES["softmax"], first * factor, 0, NUM_ROWS)
        costs.append(evaluate(population, data.dev_features, data.dev_targets, data)[0])
    return torch.stack(costs, dim=1).nan_to_num(nan=torch.inf).view(*shape, NUM_EPOCHS)


def run(seed: int = 0, problems: tuple[Problem, ...] = PROBLEMS) -> Result:
    picture, axes = blank_picture(f"{problems[0].what}, first α = {DRAWN_RATE:g}", "epoch", "cost over all rows")
    rows = []
    for problem in problems:
        costs = costs_by_epoch(problem, seed)
        final = costs[..., -1]  # (schedule, rate, seed)
        best = final.median(2).values.argmin(1)
        at_best = final[torch.arange(len(SCHEDULES)), best]  # (schedule, seed)
        if problem is problems[0]:
            for name, course in zip(SCHEDULES, costs[:, RATES.index(DRAWN_RATE)], strict=True):
                axes.plot(range(1, NUM_EPOCHS + 1), course.median(0).values, label=name)
        for number, name in enumerate(SCHEDULES):
            if number:
                shown = [f"{at_best[one].median():.3g} (α = {RATES[best[one]]:g})" for one in (number, 0)]
                lower = (at_best[number] < at_best[0]).double().mean().item()
                rows.append(
                    Row(f"{problem.what}: cost, {name} against constant", "lower", " against ".join(shown), lower)
                )
    axes.legend()
    return Result(rows, RULE, picture)
