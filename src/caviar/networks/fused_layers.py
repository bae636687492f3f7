"""What lies between two products of one member's step, each fused into one pass: batch norm, activation, dropout.

A channel, one unit over the batch, is a run of memory that stays in the nearest cache while all three are done. The
same in PyTorch's words, which these are tested against: techniques/batch_norm.py, techniques/dropout.py, layers.py.

Arrays are one member's: z, a, da (unit, batch); draws (unit, batch), one for all members.
"""

import numpy as np

from caviar.core.compiled import Array, compiled
from caviar.networks.elementary import RELU, activate, times_slope


@compiled
def drop(channel: Array, uniform: Array, rate: float) -> None:
    """In place: inverted dropout of one channel; the derivative of dropout is dropout with the same draws."""
    zero, one = channel.dtype.type(0), channel.dtype.type(1)
    scale = one / (one - rate)
    for row in range(channel.shape[0]):
        channel[row] *= scale if uniform[row] >= rate else zero


@compiled
def forward_plain(z: Array, bias: Array, kind: int, draws: Array, rate: float, a: Array) -> None:
    """A = dropout(g(z + b)); z becomes z + b. For ReLU a and z may be one memory."""
    for unit in range(z.shape[0]):
        y, channel, shift = z[unit], a[unit], bias[unit]
        if kind == RELU:
            for row in range(y.shape[0]):
                y[row] = 0 if y[row] + shift <= 0 else y[row] + shift  # NaN stays NaN
        else:
            for row in range(y.shape[0]):
                y[row] += shift
                channel[row] = y[row]
            activate(kind, channel)
        if rate > 0:
            drop(channel, draws[unit], rate)


@compiled
def forward_normalised(
    z: Array, gamma: Array, beta: Array, epsilon: float, kind: int, draws: Array, rate: float, a: Array, moments: Array
) -> None:
    """A = dropout(g(γ·ẑ + β)), ẑ = (z − μ) / √(σ² + ε); moments (2, unit) get μ and σ², with m in its denominator."""
    zero, one = z.dtype.type(0), z.dtype.type(1)
    batch = z.dtype.type(z.shape[1])
    for unit in range(z.shape[0]):
        before, channel = z[unit], a[unit]
        total = zero
        for row in range(before.shape[0]):
            total += before[row]
        mean = total / batch
        squares = zero
        for row in range(before.shape[0]):
            squares += (before[row] - mean) * (before[row] - mean)
        moments[0, unit], moments[1, unit] = mean, squares / batch
        slope = gamma[unit] * (one / np.sqrt(squares / batch + epsilon))
        shift = beta[unit] - mean * slope
        if kind == RELU:
            for row in range(before.shape[0]):
                y = before[row] * slope + shift
                channel[row] = zero if y <= zero else y
        else:
            for row in range(before.shape[0]):
                channel[row] = before[row] * slope + shift
            activate(kind, channel)
        if rate > zero:
            drop(channel, draws[unit], rate)


@compiled
def through_smooth(dy: Array, y: Array, kind: int, uniform: Array, rate: float) -> None:
    """In place, one channel: da becomes dy for the activations that have a slope everywhere."""
    if rate > 0:
        drop(dy, uniform, rate)
    times_slope(kind, dy, y)


@compiled
def backward_plain(da: Array, a: Array, y: Array, kind: int, draws: Array, rate: float, bias_gradient: Array) -> None:
    """In place: da becomes dz; db = Σ dz over the batch."""
    zero, one = da.dtype.type(0), da.dtype.type(1)
    scale = one / (one - rate)
    for unit in range(da.shape[0]):
        channel = da[unit]
        total = zero
        if kind == RELU:  # a > 0 tells a unit that was neither cut off nor dropped
            after = a[unit]
            for row in range(channel.shape[0]):
                dz = zero if after[row] <= zero else channel[row] * scale
                channel[row] = dz
                total += dz
        else:
            through_smooth(channel, y[unit], kind, draws[unit if rate > zero else 0], rate)
            for row in range(channel.shape[0]):
                total += channel[row]
        bias_gradient[unit] = total


@compiled
def backward_normalised(
    da: Array,
    a: Array,
    z: Array,
    gamma: Array,
    beta: Array,
    moments: Array,
    epsilon: float,
    kind: int,
    draws: Array,
    rate: float,
    gamma_gradient: Array,
    beta_gradient: Array,
    y: Array,
) -> None:
    """In place: da becomes dz.

    With dy the gradient before activation and dropout, and 1/s = √(σ² + ε):

        dβ = Σ dy,  dγ = Σ dy·ẑ,  dz = γs · (dy − dβ/m − ẑ·dγ/m).

    y, (batch,), is scratch.
    """
    zero, one = da.dtype.type(0), da.dtype.type(1)
    batch, scale = da.dtype.type(da.shape[1]), one / (one - rate)
    for unit in range(da.shape[0]):
        dy, before, mean = da[unit], z[unit], moments[0, unit]
        spread = one / np.sqrt(moments[1, unit] + epsilon)
        total, along = zero, zero
        if kind == RELU:
            after = a[unit]
            for row in range(dy.shape[0]):
                slope = zero if after[row] <= zero else dy[row] * scale
                dy[row] = slope
                total += slope
                along += slope * (before[row] - mean)
        else:
            for row in range(y.shape[0]):
                y[row] = (before[row] - mean) * spread * gamma[unit] + beta[unit]
            through_smooth(dy, y, kind, draws[unit if rate > zero else 0], rate)
            for row in range(dy.shape[0]):
                total += dy[row]
                along += dy[row] * (before[row] - mean)
        beta_gradient[unit], gamma_gradient[unit] = total, along * spread
        factor, lean = gamma[unit] * spread, along * spread * spread / batch
        for row in range(dy.shape[0]):
            dy[row] = factor * (dy[row] - total / batch - (before[row] - mean) * lean)
