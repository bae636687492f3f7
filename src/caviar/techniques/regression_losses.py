"""Losses of one number a row: squared, Huber's, and the pinball loss, whose minimum is a quantile.

Squared: Gauss, 1809 · Huber: Huber, 1964, doi 10.1214/aoms/1177703732 · pinball: Koenker & Bassett, 1978,
doi 10.2307/1913643.

All take outputs (member, 1, batch) and targets (batch,), and give (member, batch). Off by 2, the Huber loss with δ 1:

>>> huber_rows(torch.tensor([[[5.0]]]), torch.tensor([3.0]), {"huber_delta": torch.tensor([1.0])}).item()
1.5
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from caviar.techniques.precision import at_least_single


def squared_rows(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """(ŷ − y)²."""
    return _differences(outputs, targets).square()


def huber_rows(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """½e² up to |e| = δ, then δ(|e| − ½δ), with e = ŷ − y: far-off rows pull no harder than at δ (torch's convention).

    `columns`: "huber_delta" δ, (member,), above 0. Written q(|e| − ½q) with q = min(|e|, δ), which never squares a
    far-off error.
    """
    size = _differences(outputs, targets).abs()
    near = torch.minimum(size, columns["huber_delta"].to(size.dtype).unsqueeze(1))
    return near * (size - near / 2)


def quantile_rows(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """τ · (y − ŷ) where ŷ is too low, (1 − τ) · (ŷ − y) where too high: least on average at the τ-quantile of y.

    `columns`: "quantile" τ, (member,), in (0, 1); one population holds all quantiles.
    """
    differences = _differences(outputs, targets)
    quantile = columns["quantile"].to(differences.dtype).unsqueeze(1)
    return torch.maximum(-quantile * differences, (1 - quantile) * differences)


def _differences(outputs: Tensor, targets: Tensor) -> Tensor:
    predictions = at_least_single(outputs[:, 0])
    return predictions - targets.to(predictions.dtype)
