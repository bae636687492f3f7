"""The verdict turns when batch norm does not normalise, and when an optimiser is plain descent by another name."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from caviar.lab import plateau_escape
from caviar.lab.plateau_escape import steps_below
from caviar.networks import layers
from caviar.techniques.optimisers import OPTIMISERS


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plateau_escape, "NUM_SEEDS", 3)
    monkeypatch.setattr(plateau_escape, "RATES_EACH", 5)


def disagreeing(num_steps: int = 150) -> set[str]:
    figures = plateau_escape.run(num_steps=num_steps).figures
    return {row.what.split(":")[0] for row in figures if row.agreement is not None and row.agreement < 1}


def test_the_claim_holds() -> None:
    assert disagreeing() == set()


def test_a_layer_that_only_scales_and_shifts_leaves_the_plateau_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_normalised(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        return gamma.unsqueeze(2) * z + beta.unsqueeze(2)

    monkeypatch.setattr(layers, "batch_norm", not_normalised)
    assert disagreeing() == {
        "plain descent with batch norm",
        "momentum with batch norm",
        "rmsprop with batch norm",
        "adam with batch norm",
    }


def test_methods_without_memory_or_division_cross_it_no_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("momentum", "rmsprop", "adam"):
        monkeypatch.setitem(OPTIMISERS, name, replace(OPTIMISERS[name], momentum=False, adaptive=False))
    assert disagreeing() == {"momentum", "rmsprop", "adam"}


def test_a_shallow_network_has_no_plateau(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plateau_escape, "HIDDEN", (16,))
    assert "plain descent" in disagreeing()


def test_steps_count_until_the_cost_stays_below() -> None:
    costs = torch.tensor([[0.5, 0.1, 0.5, 0.1, 0.1], [0.1] * 5, [0.5] * 5, [0.5, 0.5, 0.1, 0.1, torch.inf]])
    assert steps_below(costs, 0.2).tolist() == [3, 1, 5, 5]
