"""Figures of what goes into layers and comes out of activations, as 0-dim tensors or one a column. Notes 1.10, 3.7."""

from typing import Any

import torch
from torch import Tensor

FLAT = 0.05  # a slope under a twentieth of its largest


@torch.no_grad()
def input_figures(values: Tensor, axis: int) -> dict[str, Any]:
    """Rows, and by column along `axis` the mean, the mean square and the share of repeated values, (column,)."""
    others = [each for each in range(values.dim()) if each != axis]
    wide = values.double() if values.device.type != "mps" else values.float()
    square = wide.square()
    repeated = values == values.roll(1, 0) if len(values) > 1 else torch.zeros_like(values)
    return {
        "rows": len(values),
        "mean": wide.mean(others),
        "square": square.mean(others),
        "repeated_share": repeated.to(wide.dtype).mean(others),
    }


def activation_figures(kind: str, values: Tensor, unit_axis: int) -> dict[str, Any]:
    """Rows, mean and deviation; of a ReLU which units are silent, of tanh and sigmoid the share that is saturated.

    With s = σ(z) the slope s(1 − s) is at most ¼, and tanh z = 2σ(2z) − 1: one rule for both.
    """
    values = values.float() if values.dtype in (torch.float16, torch.bfloat16) else values
    mean = values.mean()  # torch.var_mean takes twenty times as long
    deviation = torch.linalg.vector_norm(values - mean) / values.numel() ** 0.5
    figures = {"rows": len(values), "mean": mean, "deviation": deviation}
    if kind == "relu":
        others = [axis for axis in range(values.dim()) if axis != unit_axis]
        figures["silent"] = values.amax(dim=others) <= 0
    elif kind in ("tanh", "sigmoid"):
        slope = 1 - values.square() if kind == "tanh" else 4 * (values - values.square())
        figures["saturated"] = (slope < FLAT).float().mean()
    return figures


def mode_difference(values: Tensor, running_mean: Tensor, running_var: Tensor, epsilon: float) -> Tensor:
    """How far x̂ of train mode lies from x̂ of test mode: root mean square over rows, median over units.

        x̂_test − x̂_train = (1/σ_r − 1/σ_b)(x − μ_b) + (μ_b − μ_r)/σ_r

    Args:
        values: (batch, unit, …), what comes into the layer. running_mean, running_var: (unit,).
    """
    values = values.to(running_mean.dtype)
    others = [axis for axis in range(values.dim()) if axis != 1]
    mean = values.mean(others)
    away = values - mean.view(-1, *[1] * (values.dim() - 2))
    variance = away.square_().mean(others)
    ours, running = (variance + epsilon).sqrt(), (running_var + epsilon).sqrt()
    squares = variance * (1 / running - 1 / ours).square() + ((mean - running_mean) / running).square()
    return squares.sqrt().median()
