"""Rows in units of their own, brought to mean 0 and deviation 1 by the train rows. Notes 1.9."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from caviar.training import TrainingData

STANDARDISED_LOSS = "squared"
LEAST_DEVIATION = 1e-6  # of a column's mean: what is left of a constant one is rounding


@dataclass(frozen=True)
class Standards:
    """What is subtracted, and what is divided by.

    mean, deviation: of each column (1, column), or of each channel of pictures (1, channel, 1, 1). target_mean,
    target_deviation: of numbers to predict by squared error; 0 and 1 for all other targets.
    """

    mean: Tensor
    deviation: Tensor
    target_mean: float
    target_deviation: float

    @classmethod
    def of(cls, data: TrainingData) -> "Standards":
        """By the train rows. Columns that are constant are only shifted; tokens are left alone."""
        features, targets = data.train_features, data.train_targets
        if features.is_floating_point():
            others = [dim for dim in range(features.dim()) if dim != 1]
            mean, deviation = features.mean(others, keepdim=True), features.std(others, correction=0, keepdim=True)
        else:
            mean, deviation = torch.zeros(1), torch.zeros(1)
        centre, spread = 0.0, 0.0
        if data.loss_function.name == STANDARDISED_LOSS:
            centre, spread = float(targets.mean()), float(targets.std(correction=0))
        varies = deviation > LEAST_DEVIATION * mean.abs()
        return cls(mean, torch.where(varies, deviation, 1.0), centre, spread or 1.0)

    def features(self, features: Tensor) -> Tensor:
        """(row, …), as the networks are to see them."""
        return (features - self.mean) / self.deviation if features.is_floating_point() else features

    def data(self, data: TrainingData) -> TrainingData:
        """All rows likewise; errors stay in the targets' own units."""
        train, dev = data.train_targets, data.dev_targets
        if data.loss_function.name == STANDARDISED_LOSS:
            train, dev = ((each - self.target_mean) / self.target_deviation for each in (train, dev))
        return replace(
            data,
            train_features=self.features(data.train_features),
            dev_features=self.features(data.dev_features),
            train_targets=train,
            dev_targets=dev,
            unit=data.unit * self.target_deviation,
        )
