"""For each loss: small data, settings that differ from member to member, and a slow reference for one row."""

import math

import torch
from torch.nn import functional

MEMBERS, BATCH = 4, 9
COLUMNS = {
    "label_smoothing": torch.tensor([0.0, 0.1, 0.5, 0.9], dtype=torch.float64),
    "huber_delta": torch.tensor([0.1, 0.7, 1.0, 5.0], dtype=torch.float64),
    "quantile": torch.tensor([0.05, 0.5, 0.8, 0.999], dtype=torch.float64),
}
NUM_OUTPUTS = {"softmax": 5, "logistic": 1, "squared": 1, "huber": 1, "quantile": 1, "multi-label": 3}


def outputs_of(name, batch=BATCH, scale=2.0):
    """(member, output, batch) float64."""
    generator = torch.Generator().manual_seed(3)
    return scale * torch.randn(MEMBERS, NUM_OUTPUTS[name], batch, generator=generator, dtype=torch.float64)


def targets_of(name, batch=BATCH):
    """(batch,), or (batch, label) with labels missing here and there and one row that has none."""
    generator = torch.Generator().manual_seed(4)
    if name == "softmax":
        return torch.randint(0, NUM_OUTPUTS[name], (batch,), generator=generator)
    if name == "logistic":
        return torch.randint(0, 2, (batch,), generator=generator)
    if name == "multi-label":
        labels = torch.randint(0, 2, (batch, NUM_OUTPUTS[name]), generator=generator).double()
        labels[torch.rand(labels.shape, generator=generator) < 0.3] = torch.nan
        labels[1], labels[2] = torch.nan, 1.0
        return labels
    return torch.randn(batch, generator=generator, dtype=torch.float64)


def binary(z, y, smoothing):
    """Two classes are softmax with the logits 0 and z."""
    return functional.cross_entropy(torch.stack([torch.zeros_like(z), z]), y.long(), label_smoothing=smoothing)


def plain_row(name, outputs, target, label_smoothing=0.0, huber_delta=1.0, quantile=0.5):
    """The loss of one row of one member, by torch's own function where it has one; `outputs` (output,)."""
    smoothing = float(label_smoothing)
    if name == "softmax":
        return functional.cross_entropy(outputs, target, label_smoothing=smoothing)
    if name == "logistic":
        return binary(outputs[0], target, smoothing)
    if name == "squared":
        return functional.mse_loss(outputs[0], target)
    if name == "huber":
        return functional.huber_loss(outputs[0], target, delta=float(huber_delta))
    if name == "quantile":
        low_by = target - outputs[0]
        return quantile * low_by if low_by > 0 else (quantile - 1) * low_by
    present = [binary(z, y, smoothing) for z, y in zip(outputs, target, strict=True) if not math.isnan(y.item())]
    return sum(present) / len(present) if present else 0 * outputs.sum()


def plain_count(name, target):
    """How many targets a row has."""
    return sum(not math.isnan(one) for one in target.tolist()) if name == "multi-label" else 1


def plain_mean(name, outputs, targets, weights, **columns):
    """Σ w · c · l / Σ w · c of one member, row by row; `outputs` (output, batch), `weights` a list."""
    total, weight = 0 * outputs.sum(), 0.0
    for row, target in enumerate(targets):
        share = weights[row] * plain_count(name, target)
        if share > 0:
            total = total + share * plain_row(name, outputs[:, row], target, **columns)
        weight += share
    return total / weight if weight > 0 else total
