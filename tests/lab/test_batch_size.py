"""The verdict turns when steps go uphill, or when one row at a time costs no more than many at once."""

from typing import Any

import pytest
from torch import Tensor

from caviar.lab import batch_size
from caviar.population.step import train_step
from caviar.training import TrainingData


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_size, "NUM_SEEDS", 1)
    monkeypatch.setattr(batch_size, "NUM_JUDGED", 300)
    monkeypatch.setattr(batch_size, "SIZES", (1, 64, 256))
    monkeypatch.setattr(batch_size, "RATES", (0.03, 1.0))
    monkeypatch.setattr(batch_size, "TARGET", 0.3)


def vectorised(data: TrainingData, sizes: list[int]) -> dict[int, float]:
    return {size: 3e-4 + 1e-7 * size for size in sizes}


def row_by_row(data: TrainingData, sizes: list[int]) -> dict[int, float]:
    return {size: 1e-6 * size for size in sizes}


def disagreeing(**changes) -> set[str]:
    figures = batch_size.run(**{"seconds": vectorised, "many_rows": 3000} | changes).figures
    return {row.what for row in figures if row.agreement == 0}


def test_the_claims_hold_but_for_the_rule_of_thumb() -> None:
    assert disagreeing() == {"1,500 rows, seconds to target: batch of all against 256"}


def test_without_vectorisation_larger_batches_gain_no_time() -> None:
    assert {"µs a row: batch of 1 against 256", "3,000 rows, seconds to target: batch of 256 against 1"} <= disagreeing(
        seconds=row_by_row
    )


def test_uphill_no_step_falls_and_nothing_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_size, "MOST_ROWS", 3000)

    def uphill(population: Any, x: Tensor, targets: Tensor, loss: Any, rate: Tensor, *rest: Any) -> Tensor:
        return train_step(population, x, targets, loss, -rate, *rest)

    assert {
        "share of steps that fall: batch of all rows",
        "3,000 rows, seconds to target: batch of 256 against 1",
        "3,000 rows, seconds to target: batch of 256 against all",
    } <= disagreeing(train_step=uphill)


def test_every_batch_size_is_timed_for_real() -> None:
    seconds = batch_size.least_seconds(batch_size.pictures(300, 0), [1, 300])
    assert 0 < seconds[1] < float("inf")
    assert 0 < seconds[300] < float("inf")
