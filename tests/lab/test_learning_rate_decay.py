"""The verdict turns when the rate does not fall, or rises."""

import pytest
import torch
from torch import Tensor

from caviar.lab import learning_rate_decay
from caviar.techniques.schedules import SCHEDULES, constant


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_rate_decay, "NUM_SEEDS", 2)
    monkeypatch.setattr(learning_rate_decay, "NUM_ROWS", 400)


def agreements() -> list[float]:
    return [row.agreement for row in learning_rate_decay.run(problems=learning_rate_decay.PROBLEMS[:1]).figures]


def test_where_no_network_fits_every_row_the_claim_holds() -> None:
    assert agreements() == [1, 1, 1, 1]


def test_a_rate_that_does_not_fall_ends_no_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEDULES, "inverse-time", constant)
    monkeypatch.setitem(SCHEDULES, "staircase", constant)
    assert agreements() == [0, 1, 1, 0]


def test_a_rate_that_rises_ends_higher(monkeypatch: pytest.MonkeyPatch) -> None:
    def upwards(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
        return torch.exp(epoch / epochs) * torch.ones_like(decay)

    monkeypatch.setitem(SCHEDULES, "exponential", upwards)
    assert agreements()[1] == 0
