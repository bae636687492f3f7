"""The losses of techniques/losses.py for one member, with their derivatives: outputs become dz in place.

outputs (output, batch); share (batch,), each row's part of the mean, Σ share = 1, or 0 where a row has no part.
"""

from math import log1p

import numpy as np

from caviar.core.compiled import Array, compiled
from caviar.networks.elementary import exponential

SOFTMAX, BINARY, SQUARED, HUBER, QUANTILE = range(5)
NUMBERS = {
    "softmax": SOFTMAX, "logistic": BINARY, "multi-label": BINARY, "squared": SQUARED, "huber": HUBER,
    "quantile": QUANTILE,
}  # fmt: skip


@compiled
def loss_and_slope(
    kind: int, outputs: Array, labels: Array, values: Array, smoothing: float, setting: float, share: Array, rows: Array
) -> float:
    """The member's mean loss; outputs become its derivative.

    Args:
        labels: (batch,) class numbers, for softmax. values: (batch, output) targets of the other losses, NaN where a
            label is missing. smoothing: of labels. setting: Huber's δ or the quantile. rows: (2, batch) scratch.
    """
    if kind == SOFTMAX:
        return softmax(outputs, labels, smoothing, share, rows)
    if kind == BINARY:
        return binary(outputs, values, smoothing, share)
    return distance(kind, outputs[0], values, setting, share)


@compiled
def softmax(z: Array, labels: Array, smoothing: float, share: Array, rows: Array) -> float:
    """−Σ y log ŷ = log Σ eᶻ − Σ y z, and dz = ŷ − y; y is smoothed."""
    zero, one = z.dtype.type(0), z.dtype.type(1)
    num_classes, batch = z.shape
    largest, totals = rows[0], rows[1]
    certain, spread = one - smoothing, smoothing / z.dtype.type(num_classes)
    for row in range(batch):
        largest[row] = z[0, row]
    for unit in range(1, num_classes):
        for row in range(batch):
            largest[row] = largest[row] if largest[row] > z[unit, row] else z[unit, row]
    loss = zero
    for row in range(batch):
        if share[row] > zero:
            loss += share[row] * certain * (largest[row] - z[labels[row], row])
        totals[row] = zero
    for unit in range(num_classes):
        for row in range(batch):
            shifted = z[unit, row] - largest[row]
            if smoothing > zero and share[row] > zero:
                loss -= share[row] * spread * shifted
            z[unit, row] = exponential(shifted)
            totals[row] += z[unit, row]
    for row in range(batch):
        if share[row] > zero:
            loss += share[row] * np.log(totals[row])
        z[labels[row], row] -= certain * totals[row]
    for unit in range(num_classes):
        for row in range(batch):
            dz = (z[unit, row] / totals[row] - spread) * share[row]
            z[unit, row] = dz if share[row] > zero else zero
    return loss


@compiled
def binary(z: Array, values: Array, smoothing: float, share: Array) -> float:
    """The logistic loss max(z, 0) − yz + log(1 + e^−|z|), its mean over the labels of a row that are there."""
    zero, one, half = z.dtype.type(0), z.dtype.type(1), z.dtype.type(0.5)
    loss = zero
    for row in range(z.shape[1]):
        present = 0
        for unit in range(z.shape[0]):
            present += 1 if values[row, unit] == values[row, unit] else 0
        part = share[row] / z.dtype.type(max(present, 1))
        for unit in range(z.shape[0]):
            if values[row, unit] != values[row, unit] or part == zero:
                z[unit, row] = zero
                continue
            y, logit = (one - smoothing) * values[row, unit] + half * smoothing, z[unit, row]
            small = np.exp(-abs(logit))
            loss += part * ((logit if logit > zero else zero) - y * logit + z.dtype.type(log1p(small)))
            probability = (one if logit >= zero else small) / (one + small)
            z[unit, row] = part * (probability - y)
    return loss


@compiled
def distance(kind: int, outputs: Array, values: Array, setting: float, share: Array) -> float:
    """Squared error, Huber's loss or the pinball loss of one output, (batch,)."""
    number = outputs.dtype.type
    zero, one, half, two = number(0), number(1), number(0.5), number(2)
    loss = zero
    for row in range(outputs.shape[0]):
        if share[row] == zero:
            outputs[row] = zero
            continue
        error = outputs[row] - values[row, 0]
        if kind == SQUARED:
            one_loss, slope = error * error, two * error
        elif kind == HUBER:
            near = min(abs(error), setting)
            one_loss = near * (abs(error) - half * near)
            slope = error if abs(error) <= setting else setting * (one if error > zero else -one)
        else:
            slope = (one - setting) if error > zero else -setting if error < zero else half - setting
            one_loss = slope * error
        loss += share[row] * one_loss
        outputs[row] = share[row] * slope
    return loss
