"""The common table: dropout, batch norm and its recalibration, input normalisation."""

import math

import torch
from common_entry import Entry, column, drawn, normal
from torch import nn

from caviar.techniques import (
    batch_norm,
    dropout,
    mean_and_deviation,
    normalise,
    recalibrate,
)


def dropped_plainly(activations, drop_rate, uniform):
    """One number after the other."""
    rate = float(drop_rate)
    kept = [0.0 if u < rate else 1 / (1 - rate) for u in uniform.flatten().tolist()]
    return activations * column(*kept).view(activations.shape)


def batch_normed(z, gamma, beta, mean, var, training):
    return batch_norm(z, gamma, beta, mean, var, training), mean, var


def batch_normed_plainly(z, gamma, beta, mean, var, training):
    """The notes' formula, z (unit, batch); running averages move by a tenth, σ² with m − 1 in the denominator."""
    m = z.shape[1]
    mu, sigma2 = (z.mean(1), ((z - z.mean(1, keepdim=True)) ** 2).mean(1)) if training else (mean, var)
    normed = gamma.view(-1, 1) * (z - mu.view(-1, 1)) / torch.sqrt(sigma2.view(-1, 1) + 1e-5) + beta.view(-1, 1)
    if training:
        mean, var = 0.9 * mean + 0.1 * mu.detach(), 0.9 * var + 0.1 * sigma2.detach() * m / (m - 1)
    return normed, mean, var


ONE_UNIT = {"z": normal(3, 1, 6), **{name: 1 + drawn(3, 1) for name in ("gamma", "beta", "mean", "var")}}


def recalibrated(weights, features, sizes):
    """A linear layer with each member's weights, and its batch norm's averages afterwards."""
    means, variances = [], []
    for one in weights:
        network = nn.Sequential(nn.Linear(2, 3, bias=False), nn.BatchNorm1d(3)).to(one.dtype)
        network[0].weight.data = one
        recalibrate(network, features.to(one.dtype).split(sizes))
        means.append(network[1].running_mean)
        variances.append(network[1].running_var)
    return torch.stack(means), torch.stack(variances)


def recalibrated_plainly(weights, features, sizes):
    """E[x] and Var[x] of the notes, each batch by its rows."""
    mean = variance = 0.0
    for batch in features.split(sizes):
        z, m = batch @ weights.T, len(batch)
        mean = mean + m * z.mean(0)
        variance = variance + m * (m / (m - 1) * ((z - z.mean(0)) ** 2).mean(0))
    return mean / len(features), variance / len(features)


def normalised(rows):
    return torch.stack([normalise(one, *mean_and_deviation(one)) for one in rows])


def normalised_plainly(rows):
    """Column by column."""
    columns = []
    for values in rows.unbind(1):
        mu = sum(values) / len(values)
        sigma = math.sqrt(sum((values - mu) ** 2) / len(values))
        columns.append((values - mu) / sigma if (values != values[0]).any() else 0 * values)
    return torch.stack(columns, 1)


LAYERS = {
    "dropout": Entry(
        dropout,
        dropped_plainly,
        {"activations": normal(3, 4, 6), "drop_rate": column(0.0, 0.3, 0.8).view(3, 1, 1)},
        {"uniform": drawn(4, 6)},
        edges={
            "rate 0": {"drop_rate": torch.zeros(3, 1, 1, dtype=torch.float64)},
            "nearly rate 1": {"drop_rate": torch.full((3, 1, 1), 0.999, dtype=torch.float64)},
            "one row": {"activations": normal(3, 4, 1), "uniform": drawn(4, 1)},
            "one unit": {"activations": normal(3, 1, 6), "uniform": drawn(1, 6)},
        },
        gradient_by=("activations",),
        halves=("activations",),
        results=("same",),
    ),
    "dropout/one rate for all": Entry(
        dropout,
        dropped_plainly,
        {"activations": normal(3, 4, 6)},
        {"drop_rate": 0.3, "uniform": drawn(4, 6)},
        edges={"rate 0": {"drop_rate": 0.0}},
        gradient_by=("activations",),
        halves=("activations",),
        results=("same",),
    ),
    "batch-norm": Entry(
        batch_normed,
        batch_normed_plainly,
        {
            "z": 3 * normal(3, 4, 9) + 1,
            "gamma": normal(3, 4, seed=1),
            "beta": normal(3, 4, seed=2),
            "mean": normal(3, 4, seed=3),
            "var": 0.5 + drawn(3, 4),
        },
        {"training": True},
        edges={
            "test mode": {"training": False},
            "test mode, one row": {"training": False, "z": normal(3, 4, 1)},
            "two rows": {"z": normal(3, 4, 2)},
            "one unit": ONE_UNIT,
            "all rows alike": {"z": torch.full((3, 4, 5), 7.0, dtype=torch.float64)},
        },
        refused={
            "one row in training": (
                lambda: batch_normed(normal(3, 1, 1), *(torch.ones(3, 1, dtype=torch.float64) for _ in range(4)), True),
                "needs at least two rows a batch.*got 1",
            )
        },
        gradient_by=("z", "gamma", "beta"),
        halves=("z",),
        results=("same", "single", "single"),
    ),
    "recalibration": Entry(
        recalibrated,
        recalibrated_plainly,
        {"weights": normal(3, 3, 2)},
        {"features": 2 * normal(12, 2, seed=1) + 1, "sizes": 4},
        edges={
            "a smaller last batch": {"sizes": 5},
            "one batch of two rows": {"features": normal(2, 2, seed=1)},
            "weights 0": {"weights": torch.zeros(3, 3, 2, dtype=torch.float64)},
        },
        refused={
            "no batch": (lambda: recalibrate(nn.BatchNorm1d(2), []), "at least one batch"),
            "one row": (lambda: recalibrate(nn.BatchNorm1d(2), [torch.ones(1, 2)]), "got one value a channel"),
        },
        no_gradient="averages are measured, not learned",
        halves=("weights",),
        results=("same", "same"),
    ),
    "input-normalisation": Entry(
        normalised,
        normalised_plainly,
        {"rows": 5 * normal(3, 7, 2) + 3},
        edges={
            "one row": {"rows": normal(3, 1, 2)},
            "one feature": {"rows": normal(3, 7, 1)},
            "a constant feature": {"rows": torch.full((3, 7, 2), 0.1, dtype=torch.float64)},
        },
        refused={"no row": (lambda: mean_and_deviation(torch.zeros(0, 2)), "at least one row")},
        no_gradient="inputs are given, not learned",
        halves=("rows",),
        results=("single",),
    ),
}
