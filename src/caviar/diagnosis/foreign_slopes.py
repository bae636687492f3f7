"""Slopes and curvatures of a foreign model's loss at its present weights, which stay as they are. Notes 1.12, 2.10."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.modules.batchnorm import _BatchNorm

from caviar.core.errors import CaviarError
from caviar.diagnosis.critical_point import HIGH_LOSS, stands_still
from caviar.diagnosis.curvature import Curvature, curvature
from caviar.diagnosis.weight_observer import cosine
from caviar.techniques.gradient_check import gradient_check
from caviar.techniques.gradient_check_result import GradientCheck

Batch = tuple[Tensor, Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]

CHECKED_ROWS = 8
MOST_CHECKED, MOST_TENSORS, NUM_SLOPES = 1_000_000, 200, 96
MOST_CURVED = 5_000_000


def checked_gradient(model: nn.Module, batch: Batch, loss: Loss) -> GradientCheck | str:
    """Of backward() on a few rows, some weights of each tensor; or why there is none."""
    tensors = [each for each in model.parameters() if each.requires_grad and each.numel()]
    size = sum(each.numel() for each in tensors)
    if not tensors:
        return "the model has no weights that train"
    if size > MOST_CHECKED or len(tensors) > MOST_TENSORS:
        return (
            f"with {size:,} weights in {len(tensors)} tensors it would take long; "
            "caviar.gradient_check(model, loss, features, targets) makes it"
        )
    features, targets = (each[:CHECKED_ROWS] for each in batch)
    try:
        return gradient_check(model, loss, features, targets, num_entries=min(8, max(1, NUM_SLOPES // len(tensors))))
    except CaviarError as error:
        return str(error).rstrip(".")


def curvature_of(
    model: nn.Module, batches: Sequence[Batch], loss: Loss, known_nothing: float | None
) -> Curvature | str:
    """Of the mean loss over the batches, batch norm in train mode and all else in test mode; or why there is none.

    Curvatures are measured where the loss is high and the gradient leads nowhere: a training on its way has no need.
    """
    named = {name: each for name, each in model.named_parameters() if each.requires_grad}
    size = sum(each.numel() for each in named.values())
    if not named or size > MOST_CURVED:
        return f"it is measured for 1 to {MOST_CURVED:,} weights that train, and the model has {size:,}"
    parameters = {name: each.detach().clone().requires_grad_() for name, each in named.items()}
    total = sum(len(features) for features, _ in batches)
    model.eval()
    for each in model.modules():
        if isinstance(each, _BatchNorm):
            each.train()

    def mean_loss(weights: dict[str, Tensor]) -> Tensor:
        parts = []
        for features, targets in batches:
            buffers = {name: each.clone() for name, each in model.named_buffers()}
            value = loss(functional_call(model, (weights, buffers), (features,)), targets)
            parts.append(value * (len(features) / total))
        return torch.stack(parts).sum()

    def worth_a_look(found: Curvature) -> bool:
        return known_nothing is not None and found.loss >= HIGH_LOSS * known_nothing and stands_still(found)

    try:
        # other kernels of attention and recurrence have no second derivative
        with sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False), torch.enable_grad():
            found = curvature(mean_loss, parameters, total, worth_a_look)
    except (RuntimeError, NotImplementedError) as error:
        return f"the model has no second derivative ({str(error).splitlines()[0]})"
    return found if np.isfinite(found.loss) and found.loss > 0 else f"the loss is {found.loss:.3g}"


def agreements(gradients: Sequence[Sequence[Tensor]]) -> np.ndarray:
    """(pair,) cosine of every two batches' gradients, each given as flat parts in the same order; no NaN."""
    pairs = [float(cosine(list(one), list(other))) for one, other in itertools.combinations(gradients, 2) if one]
    found = np.array(pairs, dtype=np.float64)
    return found[np.isfinite(found)]
