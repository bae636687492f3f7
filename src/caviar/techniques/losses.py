"""Losses, each a mean over the batch and one figure a member. Notes 3.8, 3.9.

Outputs of a population are (member, output, batch); a lone network's (batch, output) is `outputs.T.unsqueeze(0)`.
"""

from typing import Any

import torch
from torch import Tensor


class _SoftmaxCrossEntropy(torch.autograd.Function):
    """−Σ y log ŷ from logits, with the notes' derivative dz = ŷ − y written out."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor, smoothing: Tensor) -> Tensor:
        log_probabilities = torch.log_softmax(logits, dim=1)
        index = labels.expand(logits.shape[0], 1, -1)  # (member, 1, batch)
        ctx.save_for_backward(log_probabilities, index, smoothing)
        loss = -log_probabilities.gather(1, index).squeeze(1).mean(1)
        if smoothing.any():
            loss = (1 - smoothing) * loss - smoothing * log_probabilities.mean((1, 2))
        return loss

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, None]:
        log_probabilities, index, smoothing = ctx.saved_tensors
        num_classes, batch = log_probabilities.shape[1:]
        dz = log_probabilities.exp()
        column = smoothing.view(-1, 1, 1)
        dz.scatter_add_(1, index, (column - 1).expand(index.shape).contiguous())
        if smoothing.any():
            dz -= column / num_classes
        return dz.mul_(upstream[0].view(-1, 1, 1) / batch), None, None


def softmax_cross_entropy(logits: Tensor, labels: Tensor, smoothing: Tensor) -> Tensor:
    """−Σ y log ŷ with ŷ = softmax(logits), stable for any logits.

    Args:
        logits: (member, class, batch).
        labels: (batch,) class numbers, int64.
        smoothing: (member,) in [0, 1): y becomes (1 − s) · y + s / C (arXiv 1512.00567).

    Returns:
        (member,) mean over the batch.
    """
    loss: Tensor = _SoftmaxCrossEntropy.apply(logits, labels, smoothing)
    return loss


def squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """(ŷ − y)², mean over the batch: (member,). `outputs` is (member, 1, batch), `targets` (batch,)."""
    return (outputs[:, 0] - targets).square().mean(1)
