"""The verdict turns when the panda nudges the wrong way, or caviar keeps the worst."""

import numpy as np
import pytest
import torch
from torch import Tensor

from caviar.lab import panda_vs_caviar, trials


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "NUM_DEV", 200)


def judged(monkeypatch: pytest.MonkeyPatch, **changes) -> list[float]:
    """The rows about panda and caviar, not the one about settings that go stale."""
    monkeypatch.setattr(panda_vs_caviar, "NUM_MODELS", 12)
    monkeypatch.setattr(panda_vs_caviar, "NEW_ROWS", 60)
    figures = panda_vs_caviar.run(num_searches=20, **changes).figures
    return [row.agreement for row in figures if row.agreement is not None][:3]


def test_the_claim_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch) == [True, True, True]


def test_a_panda_that_slows_down_on_good_days_is_no_better_than_leaving_the_model_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def backwards(rate: Tensor, good: Tensor) -> Tensor:
        return torch.where(good, rate * 0.1, rate * 2)

    assert judged(monkeypatch, nurse=backwards)[0] is False


def test_keeping_the_worst_of_many_models_loses_to_the_panda(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch, best=np.maximum)[1:] == [False, False]


@pytest.mark.parametrize(("old_rows", "agreement"), [(30, True), (300, False)])
def test_settings_go_stale_when_the_data_grow_and_not_when_they_stay(
    monkeypatch: pytest.MonkeyPatch, old_rows: int, agreement: bool
) -> None:
    monkeypatch.setattr(panda_vs_caviar, "OLD_ROWS", old_rows)
    monkeypatch.setattr(panda_vs_caviar, "NEW_ROWS", 300)
    columns = panda_vs_caviar.SPACE.sample(500, 0)
    assert panda_vs_caviar.stale(columns, np.repeat(np.arange(20), 25), 0).agreement is agreement
