"""Activations as compiled arithmetic: PyTorch's values and slopes, NaN included."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from caviar.networks.elementary import NUMBERS, activate, times_slope

FUNCTIONS = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": functional.silu,
    "gelu": functional.gelu,
}
POINTS = np.concatenate([np.linspace(-12, 12, 4_001), np.linspace(-0.5, 0.5, 2_001), [-300, -90, 90, 300, 1e-20]])


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 6e-7), (np.float64, 1e-13)])
def test_values_and_slopes_are_pytorch_s(name, dtype, tolerance):
    y = torch.tensor(POINTS.astype(dtype).astype(np.float64), requires_grad=True)
    expected = FUNCTIONS[name](y)
    (slope,) = torch.autograd.grad(expected.sum(), y)
    values, slopes = POINTS.astype(dtype), np.full(len(POINTS), 2, dtype)
    times_slope(NUMBERS[name], slopes, values.copy())
    activate(NUMBERS[name], values)
    scale = np.maximum(1, np.abs(expected.detach().numpy()))
    np.testing.assert_array_less(np.abs(values - expected.detach().numpy()) / scale, tolerance)
    np.testing.assert_array_less(np.abs(slopes / 2 - slope.numpy()), 2 * tolerance)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_not_a_number_stays_so(name):
    values = np.array([math.nan, 1.0], np.float32)
    activate(NUMBERS[name], values)
    assert math.isnan(values[0]) and math.isfinite(values[1])
