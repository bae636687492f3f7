"""The verdict turns when a penalty has the wrong sign or strength, or when Adam treats both alike."""

import pytest
from torch import Tensor

from caviar.lab import weight_decay_equivalence
from caviar.population import step


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_decay_equivalence, "NUM_SEEDS", 2)
    monkeypatch.setattr(weight_decay_equivalence, "NUM_STEPS", 10)


def agreements() -> list[float]:
    return [row.agreement for row in weight_decay_equivalence.run().figures if row.agreement is not None]


def test_the_claim_holds() -> None:
    assert agreements() == [1, 1, 1, 1]


def test_a_penalty_of_the_wrong_sign_loses_gradient_descent_and_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
        gradient.addcmul_(weights, -strength)

    monkeypatch.setattr(step, "add_l2_gradient", wrong)
    assert agreements() == [0, 0, 1, 0]


def test_a_decay_without_the_learning_rate_loses_gradient_descent(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(weights: Tensor, learning_rate: Tensor, decay: Tensor) -> None:
        weights.mul_(1 - decay)

    monkeypatch.setattr(step, "decay_weights", wrong)
    assert agreements() == [0, 1, 1, 1]


def test_without_any_decay_adam_s_two_ways_would_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("add_l2_gradient", "decay_weights"):
        monkeypatch.setattr(step, name, lambda *_: None)
    assert agreements()[2] == 0
