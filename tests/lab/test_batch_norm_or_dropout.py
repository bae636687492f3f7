"""Each reading follows the errors, and without their treatments the sides are one."""

from typing import Any

import pytest
import torch
from torch import Tensor

from caviar.lab import batch_norm_or_dropout
from caviar.networks import layers

SPREAD = torch.tensor([-0.001, 0.0, 0.001, 0.0, 0.0, 0.0])


def readings(nothing: float, dropout: float, l2: float, alone: float, together: float) -> list[float]:
    """Replaces; goes well, against batch norm alone and against dropout alone; is no regulariser."""
    errors = {
        "nothing": nothing + SPREAD,
        "dropout": dropout - SPREAD,
        "dropout or L2": min(dropout, l2) - SPREAD,
        "batch norm + nothing": alone + SPREAD,
        "batch norm + dropout": together - SPREAD,
    }
    return [row.agreement for row in batch_norm_or_dropout.reading_rows("", errors)]


def test_a_batch_norm_that_gains_what_dropout_gains_replaces_it() -> None:
    assert readings(nothing=0.2, dropout=0.1, l2=0.1, alone=0.1, together=0.1) == [1, 0, 0, 0]


def test_a_batch_norm_that_gains_beside_dropout_alone_goes_well_with_it() -> None:
    assert readings(nothing=0.2, dropout=0.1, l2=0.1, alone=0.2, together=0.05) == [0, 1, 1, 1]


def test_a_batch_norm_that_does_harm_fails_every_reading_but_the_last() -> None:
    assert readings(nothing=0.2, dropout=0.1, l2=0.05, alone=0.3, together=0.3) == [0, 0, 0, 1]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_norm_or_dropout, "NUM_DRAWS", 2)
    monkeypatch.setattr(batch_norm_or_dropout, "NUM_ROWS", 300)
    monkeypatch.setattr(batch_norm_or_dropout, "RATES", (0.01,))


@pytest.mark.usefixtures("small")
def test_dropout_gains_on_wrong_labels_and_nothing_when_it_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def gain() -> float:
        errors = batch_norm_or_dropout.errors_of(False, 0.2, seed=0, num_epochs=12)
        return errors["nothing"] - errors["dropout"]

    assert gain() > 0.005
    monkeypatch.setattr(layers, "dropout", lambda activations, drop_rate, uniform: activations)
    assert gain() == 0


@pytest.mark.usefixtures("small")
def test_a_batch_norm_that_normalises_nothing_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def bias_alone(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        return z + beta.unsqueeze(2) + 0 * gamma.unsqueeze(2)

    monkeypatch.setattr(layers, "batch_norm", bias_alone)
    errors = batch_norm_or_dropout.measured(0.2, seed=0, num_epochs=2)
    torch.testing.assert_close(errors["batch norm + nothing"], errors["nothing"], atol=2e-3, rtol=0)


def test_what_is_chosen_is_chosen_on_the_first_half_and_measured_on_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_norm_or_dropout, "RATES", (0.01,))
    monkeypatch.setattr(batch_norm_or_dropout, "NUM_SEEDS", 1)
    cells = batch_norm_or_dropout.Cells(0)
    assert cells.names == ["nothing", "dropout", "dropout", "L2", "L2", "L2"]
    wrong = torch.tensor([[1, 1, 0, 0], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0], [1, 1, 1, 1]])
    assert cells.best(wrong) == {"nothing": 0, "dropout": 0.5, "L2": 1, "dropout or L2": 1}
