"""The verdict turns when the penalty has the wrong sign, or none of the strength that is asked for."""

import pytest
from torch import Tensor

from caviar.lab import lambda_sweep
from caviar.population import step


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_sweep, "NUM_STEPS", 200)
    monkeypatch.setattr(lambda_sweep, "DECAYS", (0.0, 0.01, 0.1, 1.0))


def agreements(num_seeds: int = 2) -> list[float]:
    return [row.agreement for row in lambda_sweep.run(0, num_seeds).figures]


def test_the_claim_holds() -> None:
    assert agreements() == [1] * 7


def scaled(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    def wrong(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
        gradient.addcmul_(weights, factor * strength)

    monkeypatch.setattr(step, "add_l2_gradient", wrong)


def test_without_a_penalty_every_figure_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    scaled(monkeypatch, 0)
    assert agreements() == [0] * 7


def test_a_penalty_of_the_wrong_sign_drives_weights_away_from_0(monkeypatch: pytest.MonkeyPatch) -> None:
    scaled(monkeypatch, -0.1)
    assert agreements()[:3] == [0, 0, 0]


def test_a_penalty_a_hundred_times_too_weak_makes_no_bias(monkeypatch: pytest.MonkeyPatch) -> None:
    scaled(monkeypatch, 0.01)
    norm, _, linear, bias, *_, largest = agreements()
    assert (norm, linear, bias, largest) == (1, 0, 0, 0)
