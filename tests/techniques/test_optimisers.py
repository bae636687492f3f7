"""Known first steps. Paths beside torch.optim: test_common.py; whole trainings: tests/population."""

import pytest
import torch

from caviar.core.errors import SettingsError
from caviar.techniques.optimisers import Update, optimiser_number


def update_of(*names, beta1=0.9, beta2=0.99):
    ones = torch.ones(len(names), dtype=torch.float64)
    return Update(torch.tensor([optimiser_number(name) for name in names]), beta1 * ones, beta2 * ones, 1e-8 * ones)


def walk(update, start, gradients):
    parameters = start.clone()
    velocity, square = torch.zeros_like(start), torch.zeros_like(start)
    rate = torch.full((len(start), 1), 0.1, dtype=torch.float64)
    for step, gradient in enumerate(gradients, start=1):
        update.apply(parameters, gradient.clone(), velocity, square, rate, step)
    return parameters


def test_with_both_betas_zero_adam_steps_by_the_sign_of_the_gradient():
    start = torch.zeros(1, 3, dtype=torch.float64)
    stepped = walk(
        update_of("adam", beta1=0.0, beta2=0.0), start, [torch.tensor([[2.0, -0.5, 0.0]], dtype=torch.float64)]
    )
    torch.testing.assert_close(stepped, torch.tensor([[-0.1, 0.1, 0.0]], dtype=torch.float64), rtol=0, atol=1e-8)


def test_the_first_corrected_step_does_not_start_from_zero():
    """Notes 2.5: without correction the first average is (1 − β) of the gradient, with it the whole."""
    gradient = torch.tensor([[1.0]], dtype=torch.float64)
    start = torch.zeros(1, 1, dtype=torch.float64)
    assert walk(update_of("momentum-corrected"), start, [gradient]).item() == pytest.approx(-0.1)
    assert walk(update_of("momentum"), start, [gradient]).item() == pytest.approx(-0.01)


def test_an_unknown_optimiser_is_refused_with_the_nearest_name():
    with pytest.raises(SettingsError, match="Did you mean 'adam'"):
        optimiser_number("adma")
