"""Trials of hyperparameters: each is one member of a population that learns digits, judged by its loss on dev rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from caviar.data.batches import epoch_batches
from caviar.lab.built_in import built_in, standardised
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES
from caviar.training import TrainingData, evaluate

NUM_TRAIN, NUM_DEV, BATCH_SIZE = 300, 500, 64
WORST = 5.0  # a diverged trial counts as that, twice the loss of knowing nothing


def digits(seed: int = 0, num_train: int | None = None) -> TrainingData:
    """300 rows of digits to train on (or `num_train`) and 500 others to judge by."""
    num_train = NUM_TRAIN if num_train is None else num_train
    raw, labels = built_in("digits", num_train + NUM_DEV, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    first, rest = slice(0, num_train), slice(num_train, None)
    return TrainingData("classes", 10, features[first], labels[first], features[rest], labels[rest])


def hatch(columns: Mapping[str, Any], seeds: np.ndarray, data: TrainingData) -> Population:
    """Every trial as a member with one hidden layer, untrained.

    Args:
        columns: settings by name, (trial,) each. seeds: (trial,) of the first weights.
    """
    settings = Settings(len(seeds), seeds=seeds, **columns)
    return Population(MLP((16,)).build(data.train_features.shape[1], data.num_outputs), settings, compiled=False)


def train_epoch(population: Population, rate: Tensor, data: TrainingData, epoch: int) -> None:
    """One pass over the train rows with these learning rates, (trial,); all trials see the same batches."""
    num_rows = len(data.train_targets)
    for rows in epoch_batches(num_rows, BATCH_SIZE, int(population.settings.seeds[0]), epoch):
        features, targets = data.train_features[rows], data.train_targets[rows]
        train_step(population, features, targets, LOSSES["softmax"], rate, 0, num_rows)


def dev_loss(population: Population, data: TrainingData) -> Tensor:
    """The loss on the dev rows, (trial,) float64, at most WORST."""
    losses, _ = evaluate(population, data.dev_features, data.dev_targets, data)
    return losses.nan_to_num(nan=WORST).clamp(max=WORST)


def dev_losses(columns: Mapping[str, Any], seeds: np.ndarray, data: TrainingData, num_epochs: int) -> np.ndarray:
    """The dev loss of each trial after its last epoch, (trial,); arguments as of `hatch`."""
    population = hatch(columns, seeds, data)
    rate = torch.tensor(population.settings["learning_rate"], dtype=torch.float32)
    for epoch in range(num_epochs):
        train_epoch(population, rate, data, epoch)
    return dev_loss(population, data).numpy()
