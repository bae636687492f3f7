"""The verdict turns when the loss is not softmax's, and where regions are bent the measurement says so."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from caviar.lab import softmax
from caviar.networks.mlp import MLP
from caviar.techniques.losses import LOSSES


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(softmax, "NUM_SEEDS", 2)


def agreements(rows=LOSSES["softmax"].rows) -> list[float]:
    figures = softmax.run(loss=replace(LOSSES["softmax"], rows=rows), num_steps=100).figures
    return [row.agreement for row in figures]


def test_the_claim_holds() -> None:
    assert agreements() == [1, 1, 1, 1, 1, 1]


def test_a_squared_error_of_the_outputs_is_not_logistic_regression() -> None:
    def squared(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
        return (outputs - torch.nn.functional.one_hot(targets, outputs.shape[1]).T).square().sum(1)

    turned = agreements(squared)
    assert (turned[0], turned[5]) == (0, 0)


def test_independent_sigmoids_in_softmax_s_place_lose_the_equality() -> None:
    def sigmoids(outputs: Tensor, targets: Tensor, columns: Mapping[str, Tensor]) -> Tensor:
        return -torch.sigmoid(outputs).log().gather(1, targets.expand(len(outputs), 1, -1)).squeeze(1)

    turned = agreements(sigmoids)
    assert (turned[0], turned[5]) == (0, 0)


def test_a_hidden_layer_where_there_should_be_none_bends_the_boundaries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(softmax, "MLP", lambda hidden, *rest: MLP(hidden or (16,), *rest))
    monkeypatch.setattr(softmax, "distance_from_logistic", lambda *_: torch.zeros(1))
    assert agreements()[1:4] == [0, 0, 0]
