"""Which loss a value came from, and what a network that knows nothing would pay. Read from the value's own graph."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

MEAN = 1  # torch's number of reduction="mean"
NODES = {
    "NllLossBackward0": "cross-entropy",
    "NllLoss2DBackward0": "cross-entropy",
    "BinaryCrossEntropyWithLogitsBackward0": "binary cross-entropy",
    "BinaryCrossEntropyBackward0": "binary cross-entropy",
    "MseLossBackward0": "squared error",
}


def loss_kind(loss: Tensor, output_shape: Sequence[int]) -> tuple[str, float | None]:
    """The kind, "" when unknown, and the loss of knowing nothing: log C, log 2 or the variance of the targets.

    Penalties that were added to the loss are passed by; a loss that was scaled has no kind.

    Args:
        loss: a scalar with its graph. output_shape: of the network's output, to count classes if the graph is gone.
    """
    nodes, seen = [loss.grad_fn], 0
    while nodes and seen < 64:
        node, seen = nodes.pop(), seen + 1
        name = type(node).__name__
        if name in NODES:
            return NODES[name], _known_nothing(NODES[name], node, output_shape)
        if name == "AddBackward0":
            nodes += [each for each, _ in node.next_functions]  # type: ignore[union-attr]
    return "", None


def _known_nothing(kind: str, node: Any, output_shape: Sequence[int]) -> float | None:
    if getattr(node, "_saved_reduction", MEAN) != MEAN:
        return None
    if kind == "binary cross-entropy":
        return float(np.log(2))
    if kind == "cross-entropy":
        shape = tuple(getattr(_saved(node, "_saved_self"), "shape", output_shape))
        classes = shape[1] if len(shape) in (2, 4) else shape[-1] if shape else 0
        return float(np.log(classes)) if classes > 1 else None
    target = _saved(node, "_saved_target")
    return None if target is None else float(target.double().var(correction=0))


def _saved(node: Any, name: str) -> Any:
    """What the graph keeps for its backward pass; None once that has run."""
    try:
        return getattr(node, name, None)
    except RuntimeError:
        return None
