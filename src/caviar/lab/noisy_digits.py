"""Digits of which some labels are drawn anew: data that a network can learn too well, with a known optimal error."""

import torch
from torch import Tensor

from caviar.core.random import permutation, stream, uniform
from caviar.lab.built_in import built_in, standardised
from caviar.population.population import Population

NUM_POOL, NUM_TRAIN, NUM_DEV = 500, 250, 600
WRONG = 0.15  # share of labels drawn anew
OPTIMAL = 0.9 * WRONG


class NoisyDigits:
    """One table; the first rows are a pool of which each draw takes its train rows, then come dev, then test rows.

    Attributes:
        features (row, input), labels (row,): of all rows. pool: those that train rows are drawn from.
        in_train: (draw, row) of the pool, 1 where a draw trains on the row, else 0.
    """

    def __init__(self, seed: int, num_draws: int):
        raw, labels = built_in("digits", 1797, seed)
        anew = uniform((len(labels),), stream(seed, "wrong labels")) < WRONG
        drawn = torch.randint(0, 10, (len(labels),), generator=stream(seed, "drawn labels"))
        self.features = torch.tensor(standardised(raw), dtype=torch.float32)
        self.labels = torch.where(anew, drawn, labels)
        self.pool = (self.features[:NUM_POOL], self.labels[:NUM_POOL])
        self.in_train = torch.zeros(num_draws, NUM_POOL)
        for one in range(num_draws):
            self.in_train[one, permutation(NUM_POOL, stream(seed + one, "train rows"))[:NUM_TRAIN]] = 1

    def errors(self, population: Population, weights: Tensor) -> Tensor:
        """Train, dev and test error, (part, member); `weights` (member, row) says which rows each trained on."""
        outputs = torch.cat([piece for _, piece in population.predict(self.features)], dim=2)
        wrong = (outputs.argmax(1) != self.labels).double()  # (member, row)
        train = (wrong[:, :NUM_POOL] * weights).sum(1) / NUM_TRAIN
        dev, test = wrong[:, NUM_POOL : NUM_POOL + NUM_DEV], wrong[:, NUM_POOL + NUM_DEV :]
        return torch.stack([train, dev.mean(1), test.mean(1)])
