"""The verdict turns when the factor does not reach the weights, or reaches them squared; He's factor 1 trains."""

import math

import pytest
from torch import Tensor

from caviar.lab import vanishing_exploding


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vanishing_exploding, "NUM_SEEDS", 2)
    monkeypatch.setattr(vanishing_exploding, "NUM_ROWS", 50)
    monkeypatch.setattr(vanishing_exploding, "TRAINED_DEPTH", 10)
    monkeypatch.setattr(vanishing_exploding, "RATES", (0.03,))


def disagreeing(scale=vanishing_exploding.scaled) -> set[str]:
    figures = vanishing_exploding.run(0, scale, num_steps=2).figures
    return {row.what.partition(":")[0] for row in figures if row.agreement == 0 and "steps" not in row.what}


def test_sizes_grow_and_shrink_by_the_factor() -> None:
    assert disagreeing() == set()


@pytest.mark.parametrize("power", [0, 2])
def test_another_power_of_the_factor_loses_all_but_factor_1(power: int) -> None:
    def wrong(weights: Tensor, factor: float) -> Tensor:
        return weights * factor**power

    assert disagreeing(wrong) == {"0.5 · I", "1.5 · I", "random weights × 0.5", "random weights × 1.5"}


def test_weights_without_he_s_deviation_lose_factor_1() -> None:
    def halved(weights: Tensor, factor: float) -> Tensor:
        return weights * factor / math.sqrt(2)

    assert "random weights × 1" in disagreeing(halved)


def test_he_s_weights_train_and_vanishing_ones_do_not() -> None:
    small, right, _ = vanishing_exploding.steps_to_half(vanishing_exploding.scaled, 0, 100)
    assert small.isinf().all()
    assert right.isfinite().all()
