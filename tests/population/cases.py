"""The networks of the parity suite, each as Caviar builds it and as plain PyTorch, with data and batches."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from plain import PlainLeNet, PlainMLP, PlainResidual
from torch import nn
from torch.nn import functional

from caviar.core.random import stream, uniform
from caviar.networks.lenet import LeNet
from caviar.networks.mlp import MLP
from caviar.networks.residual import Residual
from caviar.population.population import Population
from caviar.population.step import loss_for, train_step
from caviar.techniques.schedules import decay_factors, schedule_number

ROWS, BATCH, CLASSES, SEED = 40, 16, 3, 5
STEPS_PER_EPOCH = 3  # 16 + 16 + 8 rows: the last batch of an epoch is smaller


class UsersOwn(nn.Module):
    """What a user may bring: an embedding of whole numbers, a layer norm, a bias that a batch norm takes out again.

    The gradient of that bias (`second.bias`) is zero but for rounding; the ε of the settings is large enough to keep
    Adam and RMSprop from making steps of it, so that it can be compared like the others.
    """

    def __init__(self, outputs=CLASSES):
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.first = nn.Linear(12, 7)
        self.layer_norm = nn.LayerNorm(7)
        self.second = nn.Linear(7, 5)
        self.batch_norm = nn.BatchNorm1d(5)
        self.head = nn.Linear(5, outputs)

    def forward(self, words, drop=None):
        x = self.embedding(words).flatten(1)
        x = functional.gelu(self.layer_norm(self.first(x)))
        return self.head(torch.tanh(self.batch_norm(self.second(x))))


@dataclass(frozen=True)
class Case:
    """One network. `dropouts`: for each dropout layer its units and the setting of its rate."""

    build: Callable[[], nn.Module]
    plain: Callable[[], nn.Module]
    features: Callable[[torch.Generator], torch.Tensor]
    steps: int = 200
    dropouts: tuple[tuple[int, str], ...] = ()
    task: str = "multiclass"

    def data(self):
        generator = torch.Generator().manual_seed(1)
        features = self.features(generator)
        if self.task == "regression":
            return features, torch.randn(ROWS, generator=generator, dtype=torch.float64)
        return features, torch.randint(0, CLASSES, (ROWS,), generator=generator)

    def batches(self, steps=None):
        features, targets = self.data()
        generator, batches = torch.Generator().manual_seed(2), []
        while len(batches) < (steps or self.steps):
            batches += [
                (features[rows], targets[rows]) for rows in torch.randperm(ROWS, generator=generator).split(BATCH)
            ]
        return batches[: steps or self.steps]

    def draws(self, step: int, num_rows: int) -> list[tuple[torch.Tensor, str]]:
        return [
            (draws_of(step, layer, units, num_rows), setting) for layer, (units, setting) in enumerate(self.dropouts)
        ]


@functools.cache
def draws_of(step: int, layer: int, units: int, num_rows: int) -> torch.Tensor:
    return uniform((units, num_rows), stream(SEED, "dropout", step, layer), torch.float64)


def normal(*shape):
    return lambda generator: torch.randn(ROWS, *shape, generator=generator, dtype=torch.float64)


def mlp(hidden, activation="relu", batch_norm=False, task="multiclass"):
    inputs, outputs = 7, 1 if task == "regression" else CLASSES
    sizes = (inputs, *hidden, outputs)
    return Case(
        lambda: MLP(hidden, activation, batch_norm).build(inputs, outputs),
        lambda: PlainMLP(sizes, activation, batch_norm),
        normal(inputs),
        dropouts=((inputs, "input_drop_rate"), *((units, "drop_rate") for units in hidden)),
        task=task,
    )


CASES = {
    "logistic": mlp(()),
    "relu": mlp((9, 6)),
    "tanh batch norm dropout": mlp((8, 5), "tanh", batch_norm=True),
    "LeNet": Case(
        lambda: LeNet((2, 3), (6, 5), kernel=3, padding=1).build((1, 8, 8), CLASSES),
        lambda: PlainLeNet([(1, 2, 3, 1, 1), (2, 3, 3)], [(3, 6), (6, 5), (5, CLASSES)]),
        normal(1, 8, 8),
        steps=60,
        dropouts=((6, "drop_rate"), (5, "drop_rate")),
    ),
    "residual": Case(
        lambda: Residual((3, 4), (1, 1)).build((2, 6, 6), CLASSES),
        lambda: PlainResidual(2, 3, 4, CLASSES),
        normal(2, 6, 6),
        steps=60,
    ),
    "user's own": Case(
        UsersOwn,
        UsersOwn,
        lambda generator: torch.randint(0, 11, (ROWS, 3), generator=generator),
    ),
}
MLP_CASE = CASES["tanh batch norm dropout"]


def rates_of(settings, steps):
    """Learning rates, (step, member)."""
    kinds = torch.tensor([schedule_number(name) for name in settings["schedule"]])
    epochs = torch.full((settings.num_members,), steps / STEPS_PER_EPOCH, dtype=torch.float64)
    time = torch.arange(steps, dtype=torch.float64).unsqueeze(1) / STEPS_PER_EPOCH
    factors = decay_factors(
        time, kinds, torch.tensor(settings["decay"]), torch.tensor(settings["warmup_epochs"]), epochs
    )
    return factors * torch.tensor(settings["learning_rate"])


def grow(case: Case, settings: Any, way: str | None = None) -> Population:
    """A population before its first step; `way` overrides the rule by which its network runs."""
    network = case.build()
    if way is not None:
        network.stacks, network.loops = way == "stacked", way == "looped"
    return Population(network, settings, torch.float64)


def train(case: Case, population: Population, rates: torch.Tensor, steps: range, num_planned: int) -> None:
    """Some steps of a run of `num_planned`; `rates`: (step of the whole run, member)."""
    batches = case.batches(num_planned)
    for step in steps:
        train_step(population, *batches[step], loss_for(case.task), rates[step], SEED, ROWS)


def trained(case: Case, settings: Any, steps: int, way: str | None = None) -> Population:
    population = grow(case, settings, way)
    train(case, population, rates_of(settings, steps), range(steps), steps)
    return population
