"""Trials of hyperparameters: each is one member of a population that learns digits, judged by its loss on dev rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

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


def digits(seed: int = 0) -> TrainingData:
    """300 rows of digits to train on and 500 others to judge by."""
    raw, labels = built_in("digits", NUM_TRAIN + NUM_DEV, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    first, rest = slice(0, NUM_TRAIN), slice(NUM_TRAIN, None)
    return TrainingData("classes", 10, features[first], labels[first], features[rest], labels[rest])


def dev_losses(columns: Mapping[str, Any], seeds: np.ndarray, data: TrainingData, num_epochs: int) -> np.ndarray:
    """The dev loss of each trial after its last step, (trial,), at most WORST.

    Args:
        columns: settings by name, (trial,) each. seeds: (trial,) of the first weights.
    """
    settings = Settings(len(seeds), seeds=seeds, **columns)
    population = Population(MLP((16,)).build(data.train_features.shape[1], data.num_outputs), settings, compiled=False)
    rate = torch.tensor(settings["learning_rate"], dtype=torch.float32)
    loss, num_rows = LOSSES["softmax"], len(data.train_targets)
    for epoch in range(num_epochs):
        for rows in epoch_batches(num_rows, BATCH_SIZE, int(seeds[0]), epoch):
            train_step(population, data.train_features[rows], data.train_targets[rows], loss, rate, 0, num_rows)
    dev_loss, _ = evaluate(population, data.dev_features, data.dev_targets, loss, data)
    return dev_loss.nan_to_num(nan=WORST).clamp(max=WORST).numpy()
