"""Softmax cross-entropy, for one class out of several (Bridle, 1990). Notes 3.8, 3.9.

doi 10.1007/978-3-642-76153-9_28.

    ŷ_c = e^z_c / Σ e^z,    L = −Σ y log ŷ,    dz = ŷ − y

A lone network's logits are (batch, class), which is `logits.T.unsqueeze(0)` here:

>>> logits, labels = torch.tensor([[2.0, 1.0, 0.1], [0.5, 0.5, 0.5]]), torch.tensor([0, 2])
>>> softmax_rows(logits.T.unsqueeze(0), labels, {})
tensor([[0.4170, 1.0986]])
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from caviar.techniques.label_smoothing import smoothing_column
from caviar.techniques.precision import at_least_single


class _SoftmaxCrossEntropy(torch.autograd.Function):
    """−Σ y log ŷ from logits, with the notes' derivative dz = ŷ − y written out."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor, smoothing: Tensor | None) -> Tensor:
        log_probabilities = torch.log_softmax(logits, dim=1)
        index = labels.expand(logits.shape[0], 1, -1)  # (member, 1, batch)
        ctx.save_for_backward(log_probabilities, index, smoothing)
        likelihood = log_probabilities.gather(1, index).squeeze(1)  # (member, batch)
        if smoothing is not None:
            likelihood.lerp_(log_probabilities.mean(1), smoothing[:, 0])
        return likelihood.neg_()

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, None, None]:
        assert not torch.is_grad_enabled(), "the second derivative is not written out"
        log_probabilities, index, smoothing = ctx.saved_tensors
        dz = log_probabilities.exp()
        truth = dz.new_full((1, 1, 1), -1.0) if smoothing is None else smoothing - 1
        dz.scatter_add_(1, index, truth.expand(index.shape).contiguous())
        if smoothing is not None:
            dz -= smoothing / dz.shape[1]
        return dz.mul_(upstream[0].unsqueeze(1)), None, None


def softmax_rows(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """−Σ y log ŷ with ŷ = softmax(logits), stable for any logits.

    Args:
        outputs: (member, class, batch) logits.
        targets: (batch,) class numbers, int64.
        columns: "label_smoothing" s, (member,): y becomes (1 − s) · y + s / C (arXiv 1512.00567).

    Returns:
        (member, batch).
    """
    logits = at_least_single(outputs)
    losses: Tensor = _SoftmaxCrossEntropy.apply(logits, targets, smoothing_column(columns, logits))
    return losses


def wrong_classes(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
    """1 where another class has the highest output, or any output of the row is not finite; (member, batch)."""
    highest, first = outputs.max(1)  # several times faster than argmax, and the same where outputs are equal
    wrong = (first != targets) | ~torch.isfinite(highest) | ~torch.isfinite(outputs.amin(1))
    return wrong.to(torch.promote_types(outputs.dtype, torch.float32))
