"""How good members are on given rows, in test mode, and what they are compared by."""

import torch
from torch import Tensor

from caviar.population.population import Population
from caviar.techniques.losses import Loss, mean_loss
from caviar.training.data import TrainingData

CLASS_LOSSES = ("softmax", "logistic", "multi-label")


@torch.no_grad()
def evaluate(
    population: Population, features: Tensor, targets: Tensor, data: TrainingData, weights: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Each member's loss and error, (member,) float64: the share of wrong classes or labels, RMSE or pinball loss.

    Args:
        features, targets: as in TrainingData. weights: None, (row,) or (member, row). The last two errors are in the
            target's units.
    """
    loss, device = data.loss_function, population.parameters.device
    wide = torch.float32 if device.type == "mps" else torch.float64  # which Apple's graphics lack
    columns = population.loss_columns | {"label_smoothing": torch.zeros(len(population), device=device)}
    total_loss, total_error, total = torch.zeros(3, len(population), dtype=torch.float64)
    with population.evaluated():
        for rows, outputs in population.predict(features):
            piece = targets[rows]
            share = _importance(loss, piece, None if weights is None else weights[..., rows], wide)
            errors = loss.errors(outputs, piece, columns).to(wide)
            part = torch.tensor(float(len(piece))) if share is None else share.sum(-1).cpu()
            total_loss += mean_loss(loss, outputs, piece, columns, share).cpu().double() * part
            total_error += (errors if share is None else errors * share).sum(1).cpu()
            total += part
    total = torch.where(total > 0, total, 1)
    error = total_error / total
    return total_loss / total, (error.sqrt() if loss.root else error) * data.unit


def _importance(loss: Loss, targets: Tensor, weights: Tensor | None, dtype: torch.dtype) -> Tensor | None:
    """W · c of each row, (batch,) or (member, batch); None where all are 1."""
    if loss.counts is None:
        return None if weights is None else weights.to(dtype)
    counts = loss.counts(targets).to(dtype)
    return counts if weights is None else weights.to(dtype) * counts


def score_of(dev_error: Tensor, dev_loss: Tensor, data: TrainingData) -> Tensor:
    """What epochs and members are compared by, lower is better: the error, ties between classes broken by the loss.

    Errors on a dev set of n rows come in steps of 1/n; the loss decides within such a step.
    """
    if data.loss_function.name not in CLASS_LOSSES:
        return dev_error
    return dev_error + dev_loss / (dev_loss + 1) / len(data.dev_targets)
