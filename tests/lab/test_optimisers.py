"""The verdict turns when momentum has no memory, or RMSprop does not divide."""

from dataclasses import replace

import pytest

from caviar.lab import optimisers
from caviar.networks.mlp import MLP
from caviar.techniques.optimisers import OPTIMISERS


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimisers, "NUM_SEEDS", 1)


def agreements() -> dict[str, float]:
    figures = optimisers.run(tables=["iris"], networks=[MLP((16, 16), "sigmoid")]).figures
    return {row.what: row.agreement for row in figures if row.agreement is not None}


def test_the_claim_holds_but_for_rmsprop_s_larger_rate_on_networks() -> None:
    assert {what for what, agreement in agreements().items() if agreement == 0} == {
        "rmsprop: largest α that trains, networks"
    }


def test_momentum_without_memory_is_plain_descent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPTIMISERS, "momentum", replace(OPTIMISERS["momentum"], momentum=False))
    assert {what for what, agreement in agreements().items() if agreement == 0} == {
        "momentum: steps to target",
        "momentum: steps to target on the bowl",
        "momentum: largest α that trains, networks",
        "momentum: largest α that trains, bowl",
        "rmsprop: largest α that trains, networks",
    }


def test_rmsprop_that_does_not_divide_loses_the_bowl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPTIMISERS, "rmsprop", replace(OPTIMISERS["rmsprop"], adaptive=False))
    lost = agreements()
    assert lost["rmsprop: steps to target on the bowl"] == lost["rmsprop: largest α that trains, bowl"] == 0
