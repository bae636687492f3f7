"""The verdict turns when the mask is not divided by keep-prob, or when dropout is on at test time."""

import pytest
from torch import Tensor

from caviar.lab import dropout_expectation
from caviar.networks import layers

FEW = 3000


def not_inverted(activations: Tensor, drop_rate: Tensor | float, uniform: Tensor) -> Tensor:
    return activations * (uniform >= drop_rate)


def test_the_claim_holds() -> None:
    assert dropout_expectation.run(num_draws=FEW).verdict == "holds"


def test_without_the_division_no_mean_is_kept() -> None:
    result = dropout_expectation.run(dropout=not_inverted, num_draws=FEW)
    assert result.verdict == "holds in part"
    assert {row.agreement for row in result.figures if row.what.startswith("E[a']")} == {0}


def test_the_network_s_own_dropout_is_measured_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "dropout", not_inverted)
    [row] = [row for row in dropout_expectation.run(num_draws=FEW).figures if "next layer" in row.what]
    assert row.agreement == 0


def test_dropout_at_test_time_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers.Dropout, "training", property(lambda self: True, lambda self, mode: None), raising=False)
    [row] = [row for row in dropout_expectation.run(num_draws=FEW).figures if "test-mode passes" in row.what]
    assert (row.measured, row.agreement) == ("different", False)
