"""Logistic loss of one yes/no label a row, or of several, some of them missing (multi-task learning). Notes 3.8, C3.

Cox, 1958, doi 10.1111/j.2517-6161.1958.tb00292.x.

>>> logits = torch.tensor([[[2.0, -1.0, 0.0]]])  # (member, 1, batch)
>>> logistic_rows(logits, torch.tensor([1, 1, 0]), {})
tensor([[0.1269, 1.3133, 0.6931]])
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from caviar.techniques.label_smoothing import smooth_binary, smoothing_column
from caviar.techniques.precision import at_least_single


def logistic_rows(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """−y log ŷ − (1 − y) log(1 − ŷ) with ŷ = σ(z), as max(z, 0) − yz + log(1 + e^−|z|): stable for any z.

    Args:
        outputs: (member, 1, batch) logits.
        targets: (batch,) 0 or 1, whole numbers or floats.
        columns: "label_smoothing" s, (member,): y becomes (1 − s) · y + s / 2.

    Returns:
        (member, batch).
    """
    z = at_least_single(outputs[:, 0])
    y = smooth_binary(targets.to(z.dtype), smoothing_column(columns, z))
    return functional.binary_cross_entropy_with_logits(z, y.expand_as(z), reduction="none")


def wrong_sides(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """1 where the logit lies on the other side of 0 than the label of ½, or is not finite; (member, batch)."""
    z = at_least_single(outputs[:, 0])
    return _wrong(z, targets).to(z.dtype)


def multi_label_rows(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """The mean logistic loss of a row's labels that are there; 0 for a row that has none.

    A missing label's output gets a gradient of exactly 0, whatever it is.

    Args:
        outputs: (member, label, batch) logits.
        targets: (batch, label) 0 or 1 as floats, NaN for missing.
        columns: "label_smoothing" s, (member,): y becomes (1 − s) · y + s / 2.

    Returns:
        (member, batch).
    """
    y, present = targets.T, ~targets.T.isnan()  # (label, batch)
    z = at_least_single(torch.where(present, outputs, 0))
    y = smooth_binary(torch.where(present, y, 0).to(z.dtype), smoothing_column(columns, z))
    share = present.to(z.dtype) / present.sum(0).clamp(min=1)
    return functional.binary_cross_entropy_with_logits(z, y.expand_as(z), share, reduction="none").sum(1)


def wrong_label_share(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """The share of a row's labels that are there whose logit is on the wrong side; 0 if none is; (member, batch)."""
    z, present = at_least_single(outputs), ~targets.T.isnan()
    wrong = _wrong(z, targets.T) & present
    return wrong.sum(1).to(z.dtype) / present.sum(0).clamp(min=1)


def num_labels_present(targets: Tensor) -> Tensor:
    """How many labels of each row are there: (batch, label) → (batch,) int64."""
    return (~targets.isnan()).sum(1)


def _wrong(z: Tensor, y: Tensor) -> Tensor:
    return ((z > 0) != (y > 0.5)) | ~torch.isfinite(z)
