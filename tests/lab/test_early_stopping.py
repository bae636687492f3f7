"""The verdict turns when early stopping keeps the wrong weights, or never stops."""

import pytest
import torch
from torch import Tensor

from caviar.lab import early_stopping
from caviar.techniques.early_stopping import EarlyStopping


class KeepsTheLast(EarlyStopping):
    """Every epoch counts as better than the one before."""

    def update(self, epoch: int, score: Tensor) -> tuple[Tensor, Tensor]:
        self.best_epoch = torch.full_like(self.best_epoch, epoch)
        return torch.ones_like(score, dtype=torch.bool), torch.zeros_like(score, dtype=torch.bool)


class KeepsTheWorst(EarlyStopping):
    def update(self, epoch: int, score: Tensor) -> tuple[Tensor, Tensor]:
        return super().update(epoch, -score)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_stopping, "NUM_CHECKS", 25)
    monkeypatch.setattr(early_stopping, "PATIENCE", 5)


def agreements(stopping: type[EarlyStopping] = EarlyStopping) -> list[float]:
    return [row.agreement for row in early_stopping.run(0, 2, stopping).figures]


def test_the_claim_holds() -> None:
    assert agreements() == [1] * 6


def test_to_keep_the_last_weights_is_no_early_stopping() -> None:
    error, norm, _, cost, steps, _ = agreements(KeepsTheLast)
    assert (error, norm, cost, steps) == (0, 0, 0, 0)


def test_to_keep_the_worst_weights_loses_the_error() -> None:
    assert agreements(KeepsTheWorst)[0] == 0
