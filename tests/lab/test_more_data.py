"""The verdict turns when the added rows are not trained on, or are the same ones again."""

import pytest
import torch

from caviar.lab import more_data

SIZES = (75, 600)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(more_data, "NUM_STEPS", 120)


def agreements() -> list[float]:
    return [row.agreement for row in more_data.run(0, SIZES, num_seeds=2).figures if row.agreement is not None]


def test_more_rows_cut_variance_and_leave_the_bias_of_a_network_that_is_large_enough() -> None:
    assert agreements()[:3] == [1, 1, 1]


def test_rows_that_are_not_trained_on_cut_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    right = more_data.nested

    def smallest_twice(sizes, num_seeds: int, seed: int) -> torch.Tensor:
        members = right(sizes, num_seeds, seed).view(num_seeds, len(sizes), -1)
        members[:, 1] = members[:, 0]
        return members.view(num_seeds * len(sizes), -1)

    monkeypatch.setattr(more_data, "nested", smallest_twice)
    variance = [row for row in more_data.run(0, SIZES, num_seeds=2).figures if "variance" in row.what]
    assert [row.agreement for row in variance] == [0, 0]
