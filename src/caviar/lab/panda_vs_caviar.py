"""Panda nurses one model day by day, caviar trains many and keeps the best: the compute there is decides. Notes 3.3."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from caviar.lab import pairs, trials
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.search.dimensions import LogUniform, OneMinusLogUniform
from caviar.search.spaces import Space
from caviar.training import TrainingData

SPACE = Space(
    {"learning_rate": LogUniform(1e-4, 1), "l2": LogUniform(0.01, 100), "beta1": OneMinusLogUniform(0.5, 0.99)}
)
NUM_SEARCHES, NUM_MODELS, NUM_DAYS = 40, 25, 10
MANY = 10  # models from which `caviar fit` searches instead of nursing
OLD_ROWS, NEW_ROWS = 60, 800
UP, DOWN = 2.0, 0.1
RULE = (
    f"A day is an epoch, and every model has {NUM_DAYS}. The panda's one model starts from the settings of caviar's "
    f"first: on the evening of a good day α goes up × {UP:g}; after a bad one (higher dev loss) the model goes back to "
    f"the day before, with α × {DOWN:g}. Of {NUM_SEARCHES} draws of settings, a figure {pairs.RULE}. Caviar is ahead "
    f"from that number of models from which on all such intervals are; that agrees when from 2 to {MANY}."
)

Nurse = Callable[[Tensor, Tensor], Tensor]


def nurse(rate: Tensor, good: Tensor) -> Tensor:
    """The next day's learning rates, (member,), from this day's and whether the dev loss fell in it."""
    return torch.where(good, rate * UP, rate * DOWN)


def panda(columns: dict, seeds: np.ndarray, data: TrainingData, num_days: int, nurse: Nurse) -> np.ndarray:
    """The dev loss of each nursed model after each day, (day, member)."""
    population = trials.hatch(columns, seeds, data)
    rate = torch.tensor(population.settings["learning_rate"], dtype=torch.float32)
    lowest = trials.dev_loss(population, data)
    matrices = (population.parameters, population.velocity, population.square)
    evening = [matrix.clone() for matrix in matrices]
    course = []
    for day in range(num_days):
        trials.train_epoch(population, rate, data, day)
        loss = trials.dev_loss(population, data)
        good = loss < lowest
        for matrix, before in zip(matrices, evening, strict=True):
            matrix[~good] = before[~good]
        evening = [matrix.clone() for matrix in matrices]
        lowest = torch.where(good, loss, lowest)
        rate = nurse(rate, good)
        course.append(lowest)
    return torch.stack(course).numpy()


def stale(columns: dict, seeds: np.ndarray, seed: int) -> Row:
    """Settings chosen on few rows, and settings chosen again when there are more: both trained and judged on those.

    One half of the dev rows chooses, the other judges.
    """
    now = trials.digits(seed, NEW_ROWS)
    middle = len(now.dev_targets) // 2
    chooses = replace(now, dev_features=now.dev_features[:middle], dev_targets=now.dev_targets[:middle])
    judges = replace(now, dev_features=now.dev_features[middle:], dev_targets=now.dev_targets[middle:])
    then = replace(chooses, train_features=now.train_features[:OLD_ROWS], train_targets=now.train_targets[:OLD_ROWS])
    old, new, final = (
        trials.dev_losses(columns, seeds, data, NUM_DAYS).reshape(-1, NUM_MODELS) for data in (then, chooses, judges)
    )
    every = np.arange(len(old))
    what = f"settings chosen again on {NEW_ROWS} rows against those chosen on {OLD_ROWS}: dev loss"
    return pairs.lower(what, final[every, new.argmin(1)], final[every, old.argmin(1)])


def run(seed: int = 0, nurse: Nurse = nurse, best: np.ufunc = np.minimum, num_searches: int = NUM_SEARCHES) -> Result:
    """The panda's technique is `nurse`; caviar's is to keep the `best` of two losses."""
    numbers = [seed * num_searches + one for one in range(num_searches)]
    drawn = [SPACE.sample(NUM_MODELS, one) for one in numbers]
    columns = {name: np.stack([one[name] for one in drawn]) for name in SPACE}  # (search, model)
    flat, seeds = {name: column.ravel() for name, column in columns.items()}, np.repeat(numbers, NUM_MODELS)
    data = trials.digits(seed)
    caviar = best.accumulate(trials.dev_losses(flat, seeds, data, NUM_DAYS).reshape(-1, NUM_MODELS), axis=1)
    first = {name: column[:, 0] for name, column in columns.items()}
    nursed = panda(first, np.array(numbers), data, MANY * NUM_DAYS, nurse)
    lone = nursed[NUM_DAYS - 1]
    ahead = [pairs.mean_difference(caviar[:, number], lone).high < 0 for number in range(NUM_MODELS)]
    crossover = NUM_MODELS - ahead[::-1].index(False) + 1 if not all(ahead) else 1
    rows = [
        pairs.lower("compute for 1 model, dev loss: panda against leaving it alone", lone, caviar[:, 0]),
        pairs.lower(f"compute for {MANY} models, dev loss: caviar against panda", caviar[:, MANY - 1], lone),
        Row(f"the same, the panda's dev loss after {MANY} times as long", "", f"{nursed[-1].mean():.3g}"),
        Row("models from which caviar is ahead", f"2 to {MANY}", crossover, 2 <= crossover <= MANY),
        stale(flat, seeds, seed),
    ]
    picture, axes = blank_picture("Dev loss by the models trained at once (mean of the draws)", "models", "dev loss")
    axes.plot(range(1, NUM_MODELS + 1), caviar.mean(0), marker=".", label="caviar: best of them")
    axes.axhline(lone.mean(), color="C1", label="panda: one model, nursed")
    axes.axhline(nursed[-1].mean(), color="C1", linestyle="--", label=f"panda, {MANY} times as long")
    axes.set(ylim=(0, None))
    axes.legend()
    return Result(rows, RULE, picture)
