"""The verdict turns when dropout is not inverted, or drops nothing."""

import pytest
import torch
from torch import Tensor

from caviar.lab import dropout_spreads_weights
from caviar.lab.dropout_spreads_weights import in_use
from caviar.networks import layers


def agreements() -> list[float]:
    """Of the linear unit: distance to L2, norm, inputs in use."""
    figures = dropout_spreads_weights.run(0, num_seeds=2, num_steps=100).figures
    return [row.agreement for row in figures if row.what.startswith("linear")]


def test_for_a_linear_unit_the_claim_holds() -> None:
    assert agreements() == [1, 1, 1]


def test_without_the_division_by_keep_prob_it_is_not_l2(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_inverted(activations: Tensor, drop_rate: Tensor, uniform: Tensor) -> Tensor:
        return activations * (uniform >= drop_rate)

    monkeypatch.setattr(layers, "dropout", not_inverted)
    assert agreements()[0] == 0


def test_dropout_that_drops_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "dropout", lambda activations, *_: activations)
    assert agreements() == [0, 0, 0]


def test_inputs_in_use_are_counted() -> None:
    assert in_use(torch.tensor([[1.0, -1, 1, 0], [0, 5, 0, 0]])).tolist() == [3, 1]
