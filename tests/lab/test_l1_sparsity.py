"""The verdict turns when L1's gradient is that of L2, or has the wrong sign; and steps that stop at 0 are seen."""

import pytest
import torch
from torch import Tensor

from caviar.lab import l1_sparsity
from caviar.population import step


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(l1_sparsity, "DECAYS", (0.0, 0.001, 0.01))


def agreements() -> list[float]:
    """More zeros than L2, more with a larger λ, not needed, exact."""
    return [row.agreement for row in l1_sparsity.run(0, num_seeds=2, num_steps=120).figures[:4]]


def test_l1_makes_weights_nearly_zero_and_none_exactly() -> None:
    assert agreements() == [1, 1, 1, 0]


def test_an_l1_that_is_an_l2_makes_no_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "add_l1_gradient", step.add_l2_gradient)
    assert agreements()[0] == 0


def test_a_wrong_sign_makes_no_zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
        gradient.addcmul_(torch.sign(weights), -strength)

    monkeypatch.setattr(step, "add_l1_gradient", wrong)
    assert agreements()[0] == 0


def test_weights_that_stop_at_zero_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopping(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
        near = weights.abs() < 1e-3
        weights[near], gradient[near] = 0, 0
        gradient.addcmul_(torch.sign(weights), strength)

    monkeypatch.setattr(step, "add_l1_gradient", stopping)
    monkeypatch.setattr(l1_sparsity, "RATE", 1e-3)
    assert agreements()[3] == 1
