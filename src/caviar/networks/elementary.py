"""Activations and their slopes as arithmetic that a compiler can do for many numbers at once.

A library's exponential is called once a number. In float32 it is written here as sums and products (within 2 units of
the last place); in float64, where the last digit counts more than time, the library is asked.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from caviar.core.compiled import Array, compiled

RELU, TANH, SIGMOID, SILU, GELU = range(5)
NUMBERS = {"relu": RELU, "tanh": TANH, "sigmoid": SIGMOID, "silu": SILU, "gelu": GELU}


def _exponential32(x: Any) -> Any:
    """E^x = 2^n · e^r with |r| ≤ ½ ln 2 and a polynomial for e^r (Cephes, netlib.org/cephes); NaN stays."""
    x = np.float32(-87) if x < np.float32(-87) else x
    x = np.float32(88) if x > np.float32(88) else x
    n = np.floor(x * np.float32(1.44269504) + np.float32(0.5))
    r = x - n * np.float32(0.693359375) + n * np.float32(2.12194440e-4)
    p = np.float32(1.9875691500e-4)
    p = p * r + np.float32(1.3981999507e-3)
    p = p * r + np.float32(8.3334519073e-3)
    p = p * r + np.float32(4.1665795894e-2)
    p = p * r + np.float32(1.6666665459e-1)
    p = p * r + np.float32(5.0000001201e-1)
    power = np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)
    return (p * r * r + r + np.float32(1)) * power


def _tanh32(x: Any) -> Any:
    """1 − 2 / (e^2x + 1), and near 0, where that cancels, the series' first terms."""
    square = x * x
    series = np.float32(62 / 2835)
    series = series * square - np.float32(17 / 315)
    series = series * square + np.float32(2 / 15)
    series = series * square - np.float32(1 / 3)
    near = x + x * square * series
    far = np.float32(1) - np.float32(2) / (exponential(x + x) + np.float32(1))
    return near if square < np.float32(0.04) else far


def _normal32(x: Any) -> Any:
    """The share of a standard normal below x, ½(1 + erf(x/√2)): Abramowitz & Stegun 7.1.26, within 1.5e-7."""
    size = abs(x) * np.float32(math.sqrt(0.5))
    t = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * size)
    p = np.float32(1.061405429)
    p = p * t - np.float32(1.453152027)
    p = p * t + np.float32(1.421413741)
    p = p * t - np.float32(0.284496736)
    p = p * t + np.float32(0.254829592)
    tail = np.float32(0.5) * p * t * exponential(-size * size)
    return tail if x < np.float32(0) else np.float32(1) - tail


def exponential(x: Any) -> Any:
    """E^x inside compiled code."""


def hyperbolic_tangent(x: Any) -> Any:
    """Tanh x inside compiled code."""


def normal_share(x: Any) -> Any:
    """The share of a standard normal below x, inside compiled code."""


def _exponential64(x: Any) -> Any:
    return math.exp(x)


def _tanh64(x: Any) -> Any:
    return math.tanh(x)


def _normal64(x: Any) -> Any:
    return 0.5 * math.erfc(-x * math.sqrt(0.5))


def _by_precision(function: Callable[[Any], Any], single: Callable[[Any], Any], double: Callable[[Any], Any]) -> None:
    @overload(function, jit_options={"fastmath": {"contract"}})
    def choose(x: Any) -> Any:
        return single if x == types.float32 else double


_by_precision(exponential, _exponential32, _exponential64)
_by_precision(hyperbolic_tangent, _tanh32, _tanh64)
_by_precision(normal_share, _normal32, _normal64)


@compiled
def activate(kind: int, channel: Array) -> None:
    """In place: a = g(y) for one unit of one member over the batch, (batch,)."""
    one = channel.dtype.type(1)
    if kind == RELU:
        for row in range(channel.shape[0]):
            channel[row] = 0 if channel[row] <= 0 else channel[row]  # NaN stays NaN
    elif kind == TANH:
        for row in range(channel.shape[0]):
            channel[row] = hyperbolic_tangent(channel[row])
    elif kind == SIGMOID:
        for row in range(channel.shape[0]):
            channel[row] = one / (one + exponential(-channel[row]))
    elif kind == SILU:
        for row in range(channel.shape[0]):
            channel[row] = channel[row] / (one + exponential(-channel[row]))
    else:
        for row in range(channel.shape[0]):
            channel[row] = channel[row] * normal_share(channel[row])


@compiled
def times_slope(kind: int, slope: Array, y: Array) -> None:
    """In place: slope · g'(y), both (batch,)."""
    one, density = y.dtype.type(1), y.dtype.type(1 / math.sqrt(2 * math.pi))
    half = y.dtype.type(0.5)
    if kind == RELU:
        for row in range(y.shape[0]):
            slope[row] = 0 if y[row] <= 0 else slope[row]
    elif kind == TANH:
        for row in range(y.shape[0]):
            g = hyperbolic_tangent(y[row])
            slope[row] *= one - g * g
    elif kind == SIGMOID:
        for row in range(y.shape[0]):
            g = one / (one + exponential(-y[row]))
            slope[row] *= g * (one - g)
    elif kind == SILU:
        for row in range(y.shape[0]):
            g = one / (one + exponential(-y[row]))
            slope[row] *= g * (one + y[row] * (one - g))
    else:
        for row in range(y.shape[0]):
            slope[row] *= normal_share(y[row]) + y[row] * density * exponential(-half * y[row] * y[row])
