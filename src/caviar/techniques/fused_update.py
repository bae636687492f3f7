"""Penalties, clipping and the optimiser's step of all members in one compiled pass.

The same as penalties.py, clipping.py and optimisers.py one after the other, which it is tested against.
"""

from collections.abc import Mapping

import numpy as np

from caviar.core.compiled import Array, compiled
from caviar.techniques.optimisers import OPTIMISERS

# The columns of the table that `update` reads a member's settings from.
BETA1, WEIGHT1, BETA2, EPSILON, DECAY, L1, L2, CLIP_NORM, CORRECTED1, CORRECTED2, ADAPTIVE, NESTEROV, NUM_COLUMNS = (
    range(13)
)


def update_columns(settings: Mapping[str, Array]) -> Array:
    """The members' settings by the catalogue's names, (member,) each, as `update` reads them: (member, column)."""
    chosen = [OPTIMISERS[name] for name in settings["optimizer"]]
    momentum, averaged, corrected, adaptive, nesterov = (
        np.array([getattr(one, name) for one in chosen])
        for name in ("momentum", "averaged", "corrected", "adaptive", "nesterov")
    )
    beta1 = np.where(momentum, settings["beta1"], 0.0)
    columns = {
        BETA1: beta1,
        WEIGHT1: np.where(averaged, 1 - beta1, 1.0),
        BETA2: settings["beta2"],
        EPSILON: settings["epsilon"],
        DECAY: settings["weight_decay"],
        L1: settings["l1"],
        L2: settings["l2"],
        CLIP_NORM: settings["clip_norm"],
        CORRECTED1: corrected & momentum,
        CORRECTED2: corrected,
        ADAPTIVE: adaptive,
        NESTEROV: nesterov,
    }
    return np.stack([columns[place] for place in range(NUM_COLUMNS)], axis=1, dtype=np.float64)


@compiled
def update(
    w_matrix: Array,
    g_matrix: Array,
    v_matrix: Array,
    s_matrix: Array,
    columns: Array,
    rates: Array,
    rows: Array,
    step: int,
    spans: Array,
) -> None:
    """Penalties, clipping and the optimiser's step, one member after the other (optimisers.py).

    Args:
        columns: (member, NUM_COLUMNS) float64. rates, rows: (member,) α and m of this step. step: t from 1.
        spans: (span, 3): start, stop and whether penalties act there.
    """
    number = w_matrix.dtype.type
    zero, one = number(0), number(1)
    for member in range(w_matrix.shape[0]):
        c, rate64 = columns[member], np.float64(rates[member])
        correction1 = 1 - c[BETA1] ** step if c[CORRECTED1] > 0 else 1.0
        correction2 = number(1 / (1 - c[BETA2] ** step) if c[CORRECTED2] > 0 else 1.0)
        rate, beta1, weight1 = number(rate64 / correction1), number(c[BETA1]), number(c[WEIGHT1])
        beta2, weight2, epsilon = number(c[BETA2]), number(1 - c[BETA2]), number(c[EPSILON])
        lasso, ridge, decay = number(c[L1] / rows[member]), number(c[L2] / rows[member]), number(1 - rate64 * c[DECAY])
        adaptive, ahead = c[ADAPTIVE] > 0, c[NESTEROV] > 0
        if lasso > zero:
            for span in range(spans.shape[0]):
                if spans[span, 2]:
                    columns_of = slice(spans[span, 0], spans[span, 1])
                    add_lasso(g_matrix[member, columns_of], w_matrix[member, columns_of], lasso)
        clip = clip_factor(g_matrix[member], c[CLIP_NORM])
        for span in range(spans.shape[0]):
            columns_of, penalised = slice(spans[span, 0], spans[span, 1]), spans[span, 2]
            w, g = w_matrix[member, columns_of], g_matrix[member, columns_of]
            v, s = v_matrix[member, columns_of], s_matrix[member, columns_of]
            l2, shrink = (ridge, decay) if penalised else (zero, one)
            if adaptive:
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


@compiled
def add_lasso(g: Array, w: Array, strength: float) -> None:
    """G += λ/m · sign(W), in place."""
    number = w.dtype.type
    for i in range(w.shape[0]):
        g[i] += strength * (number(w[i] > 0) - number(w[i] < 0))


@compiled
def clip_factor(g: Array, max_norm: float) -> float:
    """min(1, max_norm / (‖g‖ + 1e-6)); 1 where nothing is clipped."""
    number = g.dtype.type
    if max_norm == np.inf:
        return number(1)
    total = number(0)
    for i in range(g.shape[0]):
        total += g[i] * g[i]
    factor = max_norm / (np.sqrt(np.float64(total)) + 1e-6)
    return number(1) if factor > 1 else number(factor)
