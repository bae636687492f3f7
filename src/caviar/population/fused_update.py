"""Penalties, clipping and the optimiser's step of all members in one compiled pass."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from caviar.core.compiled import Array, compiled
from caviar.population.layout import Layout
from caviar.population.settings import Settings
from caviar.techniques.optimisers import OPTIMISERS

# The columns of the matrix that `update` reads a member's settings from.
RATE, BETA1, WEIGHT1, BETA2, WEIGHT2, CORRECTION2, EPSILON, CLIP, L1, L2, SHRINK, NUM_COLUMNS = range(12)


class FusedUpdate:
    """What step.py's plain update does, with every setting of a member as one number of its row.

    Args:
        settings: the members' hyperparameters. matrices: parameters, gradients, velocity, square, each contiguous
            (member, parameter) on a CPU.
    """

    def __init__(self, settings: Settings, layout: Layout, matrices: tuple[Tensor, Tensor, Tensor, Tensor]):
        self.arrays = tuple(matrix.numpy() for matrix in matrices)
        dtype = self.arrays[0].dtype
        chosen = [OPTIMISERS[name] for name in settings["optimizer"]]
        momentum, averaged, corrected, adaptive, nesterov = (
            np.array([getattr(one, name) for one in chosen])
            for name in ("momentum", "averaged", "corrected", "adaptive", "nesterov")
        )
        self.adaptive, self.nesterov = adaptive, nesterov
        self.beta1, self.beta2 = np.where(momentum, settings["beta1"], 0.0), settings["beta2"]
        self.corrected1, self.corrected2 = corrected & momentum, corrected
        self.decay, self.clip_norm = settings["weight_decay"], settings["clip_norm"]
        self.l1, self.l2 = settings["l1"], settings["l2"]
        self.clipped = bool(np.isfinite(self.clip_norm).any())
        spans = [(span.start, span.stop, 1) for span in layout.penalised_spans]
        spans += [(slot.start, slot.stop, 0) for slot in layout.slots if not slot.penalised]
        self.spans = np.array(sorted(spans), dtype=np.int64)
        self.columns = np.ones((len(chosen), NUM_COLUMNS), dtype)
        self.columns[:, BETA1], self.columns[:, BETA2] = self.beta1, self.beta2
        self.columns[:, WEIGHT1] = np.where(averaged, 1 - self.beta1, 1.0)
        self.columns[:, WEIGHT2] = 1 - self.beta2
        self.columns[:, EPSILON] = settings["epsilon"]
        self.norms = np.empty(len(chosen), dtype)

    def apply(self, rate: Tensor, train_rows: int | Tensor, step: int) -> None:
        """One step for all members, in place; `rate` is (member,), `train_rows` the notes' m, `step` t from 1."""
        rows = train_rows.numpy() if isinstance(train_rows, Tensor) else train_rows
        with np.errstate(all="ignore"):  # what is not finite is a diverged member's own affair
            self._fill_columns(rate.numpy(), rows, step)
        update(*self.arrays, self.columns, self.nesterov, self.adaptive, self.spans)

    def _fill_columns(self, rates: Array, rows: Any, step: int) -> None:
        columns = self.columns
        columns[:, RATE] = rates / np.where(self.corrected1, 1 - self.beta1**step, 1.0)
        columns[:, CORRECTION2] = 1 / np.where(self.corrected2, 1 - self.beta2**step, 1.0)
        columns[:, L1] = self.l1 / rows
        columns[:, L2] = self.l2 / rows
        columns[:, SHRINK] = 1 - rates * self.decay
        if self.clipped:
            parameters, gradients, *_ = self.arrays
            squared_norms(gradients, parameters, columns, self.spans, self.norms)
            columns[:, CLIP] = np.minimum(1, self.clip_norm / (np.sqrt(self.norms) + 1e-6))


def can_fuse(parameters: Tensor) -> bool:
    """Whether the kernels know these tensors: on a CPU, float32 or float64."""
    return parameters.device.type == "cpu" and parameters.dtype in (torch.float32, torch.float64)


@compiled
def squared_norms(g_matrix: Array, w_matrix: Array, columns: Array, spans: Array, norms: Array) -> None:
    """‖g + l1·sign(W)‖² of each member; `spans` (span, 3) holds start, stop and whether penalties act there."""
    zero = g_matrix.dtype.type(0)
    for member in range(g_matrix.shape[0]):
        total = zero
        for number in range(spans.shape[0]):
            span = slice(spans[number, 0], spans[number, 1])
            g, w = g_matrix[member, span], w_matrix[member, span]
            lasso = columns[member, L1] if spans[number, 2] else zero
            for i in range(g.shape[0]):
                value = g[i] + lasso * (g.dtype.type(w[i] > zero) - g.dtype.type(w[i] < zero))
                total += value * value
        norms[member] = total


@compiled
def update(
    w_matrix: Array,
    g_matrix: Array,
    v_matrix: Array,
    s_matrix: Array,
    columns: Array,
    nesterov: Array,
    adaptive: Array,
    spans: Array,
) -> None:
    """Penalties, clipping and the optimiser's step in one pass over a member's row (techniques/optimisers.py).

    `columns` (member, NUM_COLUMNS) holds RATE α / (1 − β1^t), WEIGHT1 of g in v, WEIGHT2 1 − β2, CORRECTION2 1 / (1 −
    β2^t), the factor CLIP, L1 and L2 as λ/m, SHRINK 1 − α · decay; `spans` is that of `squared_norms`.
    """
    zero, one = w_matrix.dtype.type(0), w_matrix.dtype.type(1)
    for member in range(w_matrix.shape[0]):
        c, ahead = columns[member], nesterov[member]
        rate, beta1, weight1, beta2, weight2 = c[RATE], c[BETA1], c[WEIGHT1], c[BETA2], c[WEIGHT2]
        correction2, epsilon, clip = c[CORRECTION2], c[EPSILON], c[CLIP]
        for number in range(spans.shape[0]):
            span, penalised = slice(spans[number, 0], spans[number, 1]), spans[number, 2]
            w, g, v, s = w_matrix[member, span], g_matrix[member, span], v_matrix[member, span], s_matrix[member, span]
            l1, l2, shrink = (c[L1], c[L2], c[SHRINK]) if penalised else (zero, zero, one)
            if l1 > zero:
                for i in range(w.shape[0]):
                    g[i] += l1 * (w.dtype.type(w[i] > zero) - w.dtype.type(w[i] < zero))
            if adaptive[member]:
                for i in range(w.shape[0]):
                    gradient = g[i] * clip + l2 * w[i]
                    momentum = beta1 * v[i] + weight1 * gradient
                    square = beta2 * s[i] + weight2 * gradient * gradient
                    v[i], s[i] = momentum, square
                    w[i] = shrink * w[i] - rate * (momentum / (np.sqrt(square * correction2) + epsilon))
            else:
                for i in range(w.shape[0]):
                    gradient = g[i] * clip + l2 * w[i]
                    momentum = beta1 * v[i] + weight1 * gradient
                    v[i] = momentum
                    w[i] = shrink * w[i] - rate * (gradient + beta1 * momentum if ahead else momentum)
