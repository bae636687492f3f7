"""The verdict turns when the inputs are not what normalising makes of them."""

import numpy as np
import pytest

from caviar.lab import input_normalisation
from caviar.lab.built_in import standardised


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_normalisation, "NUM_SEEDS", 1)


def test_the_claim_holds() -> None:
    assert input_normalisation.run(tables=["iris"], most_steps=50).verdict == "holds"


def test_multiplying_by_the_deviation_loses_the_verdict() -> None:
    def wrong(features: np.ndarray) -> np.ndarray:
        return features * features.std(0)

    assert input_normalisation.run(normalise=wrong, tables=["iris"], most_steps=50).verdict == "does not hold"


def test_inputs_left_as_they_are_are_neither_rounder_nor_faster() -> None:
    result = input_normalisation.run(normalise=lambda features: features, tables=["iris"], most_steps=50)
    assert result.verdict == "does not hold"


def test_the_condition_number_is_that_of_the_second_moments() -> None:
    features = np.random.default_rng(0).normal(3, [1, 20], (50, 2))
    whole = np.column_stack([features, np.ones(50)])
    eigenvalues = np.linalg.eigvalsh(whole.T @ whole / 50)
    assert input_normalisation.condition_number(features) == pytest.approx(eigenvalues[-1] / eigenvalues[0])
    assert input_normalisation.condition_number(standardised(features)) < 2
