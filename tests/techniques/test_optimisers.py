"""The one update against torch.optim, step for step, and its edge values. Whole trainings are in tests/population."""

import pytest
import torch

from caviar.core.errors import SettingsError
from caviar.techniques.optimisers import OPTIMISERS, Update, optimiser_number

MAKERS = {
    "gradient-descent": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1 * (1 - 0.9), momentum=0.9),
    "heavy-ball": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.99, eps=1e-8),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.9, 0.99), eps=1e-8),
}


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


@pytest.mark.parametrize("name", MAKERS)
def test_each_optimiser_walks_like_torch_optim(name):
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(1, 6, generator=generator, dtype=torch.float64)
    gradients = [torch.randn(1, 6, generator=generator, dtype=torch.float64) for _ in range(50)]
    plain = torch.nn.Parameter(start[0].clone())
    optimiser = MAKERS[name]([plain])
    for gradient in gradients:
        plain.grad = gradient[0].clone()
        optimiser.step()
    torch.testing.assert_close(walk(update_of(name), start, gradients)[0], plain.detach(), rtol=1e-10, atol=1e-12)


def test_a_mixed_population_gives_each_member_its_own_optimiser():
    names = list(OPTIMISERS)
    generator = torch.Generator().manual_seed(1)
    start = torch.randn(len(names), 5, generator=generator, dtype=torch.float64)
    gradients = [torch.randn(len(names), 5, generator=generator, dtype=torch.float64) for _ in range(20)]
    together = walk(update_of(*names), start, gradients)
    for row, name in enumerate(names):
        alone = walk(update_of(name), start[row : row + 1], [gradient[row : row + 1] for gradient in gradients])
        torch.testing.assert_close(together[row], alone[0], rtol=1e-12, atol=1e-14)


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
