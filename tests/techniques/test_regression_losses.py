"""Huber and pinball: their limits, what they make the best prediction, and far-off errors."""

import pytest
import torch
from loss_cases import COLUMNS, outputs_of, targets_of

from caviar.techniques.losses import LOSSES, mean_loss
from caviar.techniques.regression_losses import huber_rows, quantile_rows, squared_rows


def column(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_a_large_delta_is_half_the_squared_error_and_a_small_one_the_absolute_error():
    outputs, targets = outputs_of("huber"), targets_of("huber")
    halves = huber_rows(outputs, targets, {"huber_delta": column(1e9, 1e9, 1e9, 1e9)})
    torch.testing.assert_close(2 * halves, squared_rows(outputs, targets, {}))
    small = huber_rows(outputs, targets, {"huber_delta": column(1e-9, 1e-9, 1e-9, 1e-9)})
    torch.testing.assert_close(1e9 * small, (outputs[:, 0] - targets).abs())


def test_no_row_pulls_harder_than_delta():
    outputs = torch.tensor([[[1e30, -1e30, 0.05, 0.0]]], requires_grad=True)
    losses = huber_rows(outputs, torch.zeros(4), {"huber_delta": torch.tensor([0.1])})
    assert torch.isfinite(losses).all()
    gradient = torch.autograd.grad(losses.sum(), outputs)[0].flatten().tolist()
    assert gradient == pytest.approx([0.1, -0.1, 0.05, 0.0])


def test_the_least_pinball_loss_of_a_constant_is_at_the_quantile():
    values = torch.sort(torch.randn(1001, generator=torch.Generator().manual_seed(0), dtype=torch.float64)).values
    for tau in (0.1, 0.5, 0.9):
        tried = values.view(-1, 1, 1).expand(-1, 1, 1001)  # every value as the constant prediction of one member
        losses = mean_loss(LOSSES["quantile"], tried, values, {"quantile": torch.full((1001,), tau)}, None)
        assert losses.argmin().item() == pytest.approx(1000 * tau, abs=1)


def test_the_halves_of_the_pinball_loss_add_up_to_the_absolute_error():
    outputs, targets = outputs_of("quantile"), targets_of("quantile")
    mirrored = {"quantile": 1 - COLUMNS["quantile"]}
    both = quantile_rows(outputs, targets, COLUMNS) + quantile_rows(outputs, targets, mirrored)
    torch.testing.assert_close(both, (outputs[:, 0] - targets).abs())


def test_what_is_reported_of_huber_is_the_squared_error():
    outputs, targets = outputs_of("huber"), targets_of("huber")
    expected = (outputs[:, 0] - targets).square()
    for name in ("huber", "squared"):
        assert torch.equal(LOSSES[name].errors(outputs, targets, COLUMNS), expected)
    pinball = LOSSES["quantile"].errors(outputs, targets, COLUMNS)
    assert torch.equal(pinball, quantile_rows(outputs, targets, COLUMNS))
