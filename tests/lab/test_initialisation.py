"""The verdict turns when a scheme's variance is wrong."""

import math

import pytest

from caviar.lab import initialisation
from caviar.techniques import initialisers


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(initialisation, "NUM_SEEDS", 1)
    monkeypatch.setattr(initialisation, "NUM_ROWS", 100)
    monkeypatch.setattr(initialisation, "RATES", (0.1,))


def agreements(activation: str) -> list[float]:
    figures = initialisation.run(num_steps=80).figures
    return [row.agreement for row in figures if row.what.startswith(activation) and row.agreement is not None]


def test_with_relu_the_claims_hold() -> None:
    assert agreements("relu") == [1, 1, 1, 1, 1]


def test_a_variance_without_1_over_n_loses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(initialisers.SCHEMES, "he", lambda fan_in, fan_out: math.sqrt(2))
    assert agreements("relu")[2:] == [0, 0, 0]


def test_zeros_that_are_drawn_at_random_are_seen_to_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(initialisation, "set_to_zero", lambda population, members: None)
    monkeypatch.setitem(initialisers.SCHEMES, "zeros", initialisers.he)
    assert agreements("relu")[:2] == [0, 0]
