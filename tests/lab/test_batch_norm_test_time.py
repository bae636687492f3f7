"""The verdict turns when the averages are wrong, or when test mode goes by the batch."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from caviar.lab import batch_norm_test_time
from caviar.networks import layers
from caviar.techniques.batch_norm import batch_norm
from caviar.techniques.recalibration import recalibrate


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_norm_test_time, "NUM_SEEDS", 3)
    monkeypatch.setattr(batch_norm_test_time, "RATES", (0.01,))
    monkeypatch.setattr(batch_norm_test_time, "NUM_SHUFFLES", 20)


def agreements(technique=recalibrate) -> list[float]:
    """Company in test mode and training mode, exponential and whole against the batch's and each other, E, Var."""
    figures = batch_norm_test_time.run(recalibrate=technique, looks=(100,)).figures
    return [row.agreement for row in figures if row.agreement is not None]


def test_the_claim_holds() -> None:
    assert agreements() == [1, 1, 1, 1, 1, 1, 1]


def test_a_variance_without_m_over_m_minus_1_is_too_small() -> None:
    def biased(network: nn.Module, batches: Any) -> None:
        recalibrate(network, batches)
        m = len(batches[0])
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm1d):
                layer.running_var *= (m - 1) / m

    assert agreements(biased) == [1, 1, 1, 1, 1, 1, 0]


def test_mean_and_variance_swapped_lose_all_that_is_of_the_whole_set() -> None:
    def swapped(network: nn.Module, batches: Any) -> None:
        recalibrate(network, batches)
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm1d):
                layer.running_mean, layer.running_var = layer.running_var, layer.running_mean.abs()

    assert agreements(swapped)[3:] == [0, 0, 0, 0]


def test_averages_that_never_move_lose_all_that_is_exponential(monkeypatch: pytest.MonkeyPatch) -> None:
    def frozen(z: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor, *rest: Any) -> Tensor:
        return batch_norm(z, gamma, beta, mean.clone(), variance.clone(), *rest)

    monkeypatch.setattr(layers, "batch_norm", frozen)
    turned = agreements()
    assert (turned[2], turned[3], turned[4]) == (0, 1, 0)


def test_a_test_mode_that_goes_by_the_batch_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_batch(norm: layers.BatchNorm, z: Tensor) -> Tensor:
        if norm.weight.dim() > 1:
            return batch_norm(z, norm.weight, norm.bias, norm.running_mean, norm.running_var, norm.training)
        deviation = torch.sqrt(z.var(0, correction=0) + norm.eps)
        return (z - z.mean(0)) / deviation * norm.weight + norm.bias

    monkeypatch.setattr(layers.BatchNorm, "forward", by_batch)
    assert agreements()[0] == 0
