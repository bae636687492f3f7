"""Batches of all rows are slow, of one row noisy and without vectorisation, between lies the fastest. Notes 2.2.

Measured, it holds but for the rule of thumb that below 2,000 rows all of them make the best batch: with 256 of 1,500
rows the steps are about as many, and each takes less time.

Seconds are measured, as the claim is about them, so they differ from run to run; all else follows from the seed.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from caviar.core.random import permutation, stream
from caviar.data.batches import epoch_batches
from caviar.lab import trials
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.population.step import train_step as caviar_train_step
from caviar.techniques.losses import LOSSES
from caviar.training import TrainingData

SIZES, BETWEEN = (1, 8, 64, 256, 512), 256  # and all rows
RATES, SAME_RATE = (0.01, 0.03, 0.1, 0.3, 1.0), 0.1
MANY_ROWS, FEW_ROWS, NUM_SEEDS, TARGET = 5000, 1500, 3, 0.15
NOISE = 0.3
NUM_JUDGED, NUM_NOISE_STEPS, MOST_ROWS = 1000, 40, 1_000_000
RULE = (
    f"Plain descent on digits, copied with fresh noise to {MANY_ROWS:,} rows. Seconds to a cost of {TARGET} over "
    f"{NUM_JUDGED:,} of the train rows: steps at each size's own best of {len(RATES)} α, times the least of 20 timings "
    f"of one network's step; the share of {NUM_SEEDS} seeds. A step falls when the cost over {NUM_JUDGED:,} rows is "
    f"lower after it; the first {NUM_NOISE_STEPS} steps at α = {SAME_RATE}."
)
Seconds = Callable[[TrainingData, list[int]], dict[int, float]]


def pictures(num_rows: int, seed: int) -> TrainingData:
    """Digits, again and again with fresh noise where they are too few; the cost is taken over the first rows."""
    raw, labels = built_in("digits")
    order = torch.cat([permutation(len(labels), stream(seed, "rows", copy)) for copy in range(3)])[:num_rows]
    features = torch.tensor(standardised(raw), dtype=torch.float32)[order]
    features += NOISE * torch.randn(features.shape, generator=stream(seed, "noise"))
    first = slice(0, NUM_JUDGED)
    return TrainingData("classes", 10, features, labels[order], features[first], labels[order][first])


def least_seconds(data: TrainingData, sizes: list[int]) -> dict[int, float]:
    """Seconds of one network's step by batch size, the sizes timed in turn and the least taken: nothing else's work."""
    network = trials.hatch({"optimizer": "gradient-descent"}, np.array([0]), data)
    rate, least = torch.tensor([SAME_RATE]), dict.fromkeys(sizes, float("inf"))
    for _ in range(20):
        for size in sizes:
            started = time.perf_counter()
            features, targets = data.train_features[:size], data.train_targets[:size]
            caviar_train_step(network, features, targets, LOSSES["softmax"], rate, 0, len(data.train_targets))
            least[size] = min(least[size], time.perf_counter() - started)
    return least


class Descent:
    """Plain descent with batches of one size; every seed with every α is a member.

    Attributes:
        looks: the steps after which the cost was taken. costs: (seed, rate, look).
        steps, best: (seed,) steps until the target at the best α, infinity for never, and the number of that α.
    """

    def __init__(self, data: TrainingData, size: int, seed: int, train_step: Callable[..., Tensor]):
        self.rate = torch.tensor(RATES * NUM_SEEDS)
        seeds = np.repeat(np.arange(NUM_SEEDS) + seed * NUM_SEEDS, len(RATES))
        population = trials.hatch({"optimizer": "gradient-descent"}, seeds, data)
        num_rows, step = len(data.train_targets), 0
        every = max(1, 256 // size)  # steps between two looks at the cost
        self.looks, costs = [0], [trials.dev_loss(population, data)]
        reached = torch.zeros(len(seeds), dtype=torch.bool)
        while not reached.view(NUM_SEEDS, -1).any(1).all() and step * size < MOST_ROWS:
            for rows in epoch_batches(num_rows, size, seed, step):
                features, targets = data.train_features[rows], data.train_targets[rows]
                train_step(population, features, targets, LOSSES["softmax"], self.rate, 0, num_rows)
                step += 1
                if step % every == 0:
                    self.looks.append(step)
                    costs.append(trials.dev_loss(population, data))
                    reached |= costs[-1] <= TARGET
                    if reached.view(NUM_SEEDS, -1).any(1).all():
                        break
        self.costs = torch.stack(costs, dim=1).view(NUM_SEEDS, len(RATES), -1)
        below = self.costs <= TARGET
        looks = torch.tensor(self.looks, dtype=torch.float64)
        self.steps, self.best = torch.where(below, looks, torch.inf).amin(2).min(1)


def falling(data: TrainingData, size: int, seed: int, train_step: Callable[..., Tensor]) -> Tensor:
    """The share of the first steps after which the cost is lower, (seed,)."""
    population = trials.hatch({"optimizer": "gradient-descent"}, np.arange(NUM_SEEDS) + seed * NUM_SEEDS, data)
    costs, rate = [trials.dev_loss(population, data)], torch.full((NUM_SEEDS,), SAME_RATE)
    rows = torch.cat(
        [
            epoch_batches(len(data.train_targets), len(data.train_targets), seed, one)[0]
            for one in range(NUM_NOISE_STEPS)
        ]
    )
    for batch in rows.split(size)[:NUM_NOISE_STEPS]:
        features, targets = data.train_features[batch], data.train_targets[batch]
        train_step(population, features, targets, LOSSES["softmax"], rate, 0, len(data.train_targets))
        costs.append(trials.dev_loss(population, data))
    return (torch.stack(costs).diff(dim=0) < 0).double().mean(0)


def noise_rows(seed: int, train_step: Callable[..., Tensor]) -> list[Row]:
    """How often a step falls, by batch size: always with all rows, more seldom the smaller the batch."""
    data = pictures(NUM_JUDGED, seed)  # so that the cost that is watched is over all rows
    shares = {size: falling(data, size, seed, train_step) for size in (NUM_JUDGED, 64, 1)}
    whole, some, one = shares.values()
    what = "share of steps that fall: batch of"
    return [
        Row(f"{what} all rows", "1", round(whole.mean().item(), 2), _share(whole == 1)),
        Row(f"{what} 64", "more than of 1", round(some.mean().item(), 2), _share(some > one)),
        Row(f"{what} 1", "less than 1", round(one.mean().item(), 2), _share(one < 1)),
    ]


def run(
    seed: int = 0,
    train_step: Callable[..., Tensor] = caviar_train_step,
    seconds: Seconds = least_seconds,
    many_rows: int = MANY_ROWS,
) -> Result:
    """`seconds` times a step of one network: (data, batch sizes) → seconds by size."""
    picture, axes = blank_picture(f"Cost over one network's time, {many_rows:,} rows, by batch size", "seconds", "cost")
    many, few = Race(many_rows, SIZES, seed, train_step, seconds), Race(FEW_ROWS, (BETWEEN,), seed, train_step, seconds)
    a_row, a_step = (f"{many.step[one] / one * 1e6:.3g}" for one in (1, BETWEEN)), many.step
    rows = [
        *noise_rows(seed, train_step),
        Row(f"µs a row: batch of 1 against {BETWEEN}", "more", " against ".join(a_row),
            a_step[1] > 2 * a_step[BETWEEN] / BETWEEN),
        Row(f"ms a step: all rows against {BETWEEN}", "more",
            f"{a_step[many_rows] * 1e3:.2g} against {a_step[BETWEEN] * 1e3:.2g}", a_step[many_rows] > a_step[BETWEEN]),
        many.faster(BETWEEN, 1),
        many.faster(BETWEEN, many_rows),
        Row("fastest batch of " + ", ".join(map(str, SIZES)) + " and all", "64 to 512", _listed(many.fastest),
            _share((many.fastest >= 64) & (many.fastest <= 512))),
        few.faster(FEW_ROWS, BETWEEN),
    ]  # fmt: skip
    for size, descent in many.descents.items():
        costs = descent.costs[0, descent.best[0], 1:]
        axes.plot(np.array(descent.looks[1:]) * many.step[size], costs, label="all" if size == many_rows else f"{size}")
    axes.set(xscale="log", ylim=(0, 2.5))
    axes.legend()
    return Result(rows, RULE, picture)


class Race:
    """All batch sizes on the same rows. `step` seconds of a step by size; `time` (seed,) seconds to the target."""

    def __init__(self, num_rows: int, sizes: tuple, seed: int, train_step: Callable[..., Tensor], seconds: Seconds):
        data, self.num_rows = pictures(num_rows, seed), num_rows
        self.step = seconds(data, [*sizes, num_rows])
        self.descents = {size: Descent(data, size, seed, train_step) for size in self.step}
        self.time = {size: descent.steps * self.step[size] for size, descent in self.descents.items()}
        self.fastest = torch.tensor(list(self.time))[torch.stack(list(self.time.values())).argmin(0)]

    def faster(self, size: int, other: int) -> Row:
        names = ["all" if one == self.num_rows else f"{one}" for one in (size, other)]
        shown = " against ".join(f"{self.time[one].median().item():.2g}" for one in (size, other))
        what = f"{self.num_rows:,} rows, seconds to target: batch of {names[0]} against {names[1]}"
        return Row(what, "fewer", shown, _share(self.time[size] < self.time[other]))


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()


def _listed(values: Tensor) -> str:
    return ", ".join(map(str, sorted(set(values.tolist()))))
