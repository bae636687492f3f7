"""The verdict turns when batch norm does not go by the batch; the distance is Kolmogorov's."""

from typing import Any

import pytest
import torch
from scipy.stats import ks_2samp
from torch import Tensor

from caviar.lab import covariate_shift
from caviar.networks import layers
from caviar.techniques.batch_norm import batch_norm


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covariate_shift, "NUM_SEEDS", 2)
    monkeypatch.setattr(covariate_shift, "NUM_ROWS", 300)
    monkeypatch.setattr(covariate_shift, "RATES", (0.01,))


def test_in_training_the_claim_holds_and_in_test_mode_not_for_all() -> None:
    result = covariate_shift.run(num_epochs=8)
    assert [row.agreement for row in result.figures[:2]] == [1, 1]
    assert result.figures[2].agreement < 1
    assert result.verdict == "holds in part"


def test_normalising_by_running_averages_in_training_stops_no_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_averages(z: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor, *rest: Any) -> Tensor:
        return batch_norm(z, gamma, beta, mean, variance, training=False)

    monkeypatch.setattr(layers, "batch_norm", by_averages)
    assert covariate_shift.run(num_epochs=8).figures[1].agreement == 0


def test_recomputed_averages_are_what_lowers_the_error_on_coloured_cats() -> None:
    def error(**technique: Any) -> float:
        return float(covariate_shift.run(num_epochs=8, **technique).figures[-1].measured.split(" against ")[0])

    assert error() < error(recalibrate=lambda network, batches: None) - 0.05


def test_the_distance_is_kolmogorov_s() -> None:
    one, other = torch.randn(2, 3, 40, generator=torch.Generator().manual_seed(0)) + torch.tensor([[[0.0]], [[0.5]]])
    expected = sum(ks_2samp(one[unit], other[unit]).statistic for unit in range(3)) / 3
    assert covariate_shift.moved(one, other).item() == pytest.approx(expected)


def test_the_fur_does_not_make_the_cat() -> None:
    black, is_cat = covariate_shift.cats(500, 0, coloured=False)
    coloured, also = covariate_shift.cats(500, 0, coloured=True)
    assert black.mean() < coloured.mean() / 2
    assert is_cat.float().mean().item() == pytest.approx(also.float().mean().item(), abs=0.1)
