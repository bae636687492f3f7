"""The losses by name, and their weighted mean over a batch, one figure a member. Notes 3.8, 3.9.

Outputs of a population are (member, output, batch); a lone network's (batch, output) is `outputs.T.unsqueeze(0)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from caviar.core.errors import DataError
from caviar.techniques.binary_cross_entropy import (
    logistic_rows,
    multi_label_rows,
    num_labels_present,
    wrong_label_share,
    wrong_sides,
)
from caviar.techniques.regression_losses import huber_rows, quantile_rows, squared_rows
from caviar.techniques.softmax import softmax_rows, wrong_classes

Columns = Mapping[str, Tensor]
"""The members' settings of the losses, (member,) each: "label_smoothing", "huber_delta", "quantile"."""

RowLoss = Callable[[Tensor, Tensor, Columns], Tensor]
"""(outputs (member, output, batch), targets (batch,) or (batch, label), columns) → (member, batch)"""


@dataclass(frozen=True)
class Loss:
    """What is minimised, and what is reported.

    rows: the loss of each row, differentiable. errors: the error of each row, by which members are compared.
    counts: how many targets each row has, (batch,), where rows may lack some; None: one each.
    root: the reported error is the root of the errors' mean (RMSE).
    """

    name: str
    rows: RowLoss
    errors: RowLoss
    counts: Callable[[Tensor], Tensor] | None = None
    root: bool = False


LOSSES: dict[str, Loss] = {
    one.name: one
    for one in (
        Loss("softmax", softmax_rows, wrong_classes),
        Loss("logistic", logistic_rows, wrong_sides),
        Loss("squared", squared_rows, squared_rows, root=True),
        Loss("huber", huber_rows, squared_rows, root=True),
        Loss("quantile", quantile_rows, quantile_rows),
        Loss("multi-label", multi_label_rows, wrong_label_share, counts=num_labels_present),
    )
}


def mean_loss(loss: Loss, outputs: Tensor, targets: Tensor, columns: Columns, weights: Tensor | None) -> Tensor:
    """Σ w · c · l / Σ w · c over the batch, (member,), with a row's weight w, count of targets c and loss l.

    That is torch's convention for class weights. A row of weight 0 adds nothing, even where its loss is infinite; a
    member whose weights are all 0 gets loss 0 and gradient 0.

    Args:
        outputs: (member, output, batch).
        targets: (batch,) or (batch, label).
        weights: (batch,) or (member, batch), at least 0; None: 1 each.
    """
    if not len(targets):
        raise DataError("the mean loss of a batch needs at least one row; got none.")
    losses = loss.rows(outputs, targets, columns)
    if weights is None and loss.counts is None:
        return losses.mean(1)
    shares = _shares(loss, targets, weights, losses.dtype)
    return (torch.where(shares > 0, losses, 0) * shares).sum(1)


def _shares(loss: Loss, targets: Tensor, weights: Tensor | None, dtype: torch.dtype) -> Tensor:
    """Each row's share of the mean, w · c / Σ w · c, 0 where all are 0: (member, batch) or, if all agree, (batch,)."""
    parts = [] if loss.counts is None else [loss.counts(targets).to(dtype)]
    parts += [] if weights is None else [weights.to(dtype)]
    importance = parts[0] if len(parts) == 1 else parts[0] * parts[1]
    total = importance.sum(-1, keepdim=True)
    return importance / torch.where(total > 0, total, 1)


def softmax_cross_entropy(logits: Tensor, labels: Tensor, smoothing: Tensor) -> Tensor:
    """The mean softmax loss, (member,); `logits` (member, class, batch), `labels` (batch,), `smoothing` (member,)."""
    return mean_loss(LOSSES["softmax"], logits, labels, {"label_smoothing": smoothing}, None)


def squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """(ŷ − y)², mean over the batch: (member,). `outputs` is (member, 1, batch), `targets` (batch,)."""
    return mean_loss(LOSSES["squared"], outputs, targets, {}, None)
