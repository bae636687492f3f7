"""The verdict turns when batch norm does not normalise."""

from typing import Any

import pytest
from torch import Tensor

from caviar.lab import batch_norm_speed
from caviar.networks import layers


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_norm_speed, "NUM_SEEDS", 1)
    monkeypatch.setattr(batch_norm_speed, "NUM_ROWS", 300)
    monkeypatch.setattr(batch_norm_speed, "RATES", (0.1, 0.3, 1.0, 3.0))


def agreements(activation: str) -> list[float]:
    figures = batch_norm_speed.run(num_steps=100, activations=[activation], gains=(0.1, 1.0)).figures
    return [row.agreement for row in figures if row.agreement is not None]


def test_with_sigmoids_the_claims_hold() -> None:
    assert agreements("sigmoid") == [1, 1, 1, 1]


def test_a_layer_that_only_scales_and_shifts_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_normalised(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        return gamma.unsqueeze(2) * z + beta.unsqueeze(2)

    monkeypatch.setattr(layers, "batch_norm", not_normalised)
    assert agreements("sigmoid") == [0, 0, 0, 0]


def test_multiplying_by_the_deviation_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        centred = (z - z.mean(2, keepdim=True)) * z.std(2, keepdim=True)
        return gamma.unsqueeze(2) * centred + beta.unsqueeze(2)

    monkeypatch.setattr(layers, "batch_norm", wrong)
    assert agreements("sigmoid") == [0, 0, 0, 0]
