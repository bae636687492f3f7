"""The figures turn when batch norm does not go by the batch; groups are what they should be."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from caviar.lab import batch_norm_noise
from caviar.lab.batch_norm_noise import GroupedNorm, noise
from caviar.techniques.batch_norm import batch_norm


def of_fixed_statistics(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
    return gamma.unsqueeze(2) * z + beta.unsqueeze(2)


def test_noise_halves_from_64_to_256_rows_and_is_none_without_the_batch_s_statistics() -> None:
    z = torch.randn(8, 500, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert noise(batch_norm, 64, z, 0) / noise(batch_norm, 256, z, 0) == pytest.approx(2, rel=0.1)
    assert noise(of_fixed_statistics, 64, z, 0) == pytest.approx(0, abs=1e-12)


def test_the_figures_turn_with_a_batch_norm_that_looks_at_eight_rows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_norm_noise, "NUM_DRAWS", 1)
    monkeypatch.setattr(batch_norm_noise, "NUM_SEEDS", 3)

    def of_eight_rows(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        few = z[:, :, :8]
        z_norm = (z - few.mean(2, keepdim=True)) / (few.var(2, keepdim=True) + 1e-5).sqrt()
        return gamma.unsqueeze(2) * z_norm + beta.unsqueeze(2)

    def ratio(technique: Any) -> Any:
        figures = batch_norm_noise.run(batch_norm=technique, num_epochs=4).figures
        return next(one.agreement for one in figures if "64 against 256 rows" in one.what)

    assert ratio(batch_norm) == 1
    assert ratio(of_eight_rows) == 0


def test_an_error_is_lower_only_where_the_interval_over_the_seeds_says_so() -> None:
    base = torch.tensor([0.10, 0.12, 0.11, 0.13])
    clear, unclear = base - torch.tensor([0.02, 0.03, 0.02, 0.03]), base - torch.tensor([0.04, -0.03, 0.03, -0.02])
    errors = {"one": torch.stack([clear, unclear]), "other": torch.stack([base, base])}
    assert batch_norm_noise._compared("", errors, "one", "other").agreement == 0.5
    assert batch_norm_noise._compared("", errors, "other", "one").agreement == 0


def test_a_group_is_normalised_by_its_own_rows_and_the_averages_are_those_of_all_groups() -> None:
    z = torch.randn(2, 3, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    norm = GroupedNorm(3, 4, batch_norm).double()
    weight, bias = torch.rand(2, 3, dtype=torch.float64), torch.rand(2, 3, dtype=torch.float64)
    norm._parameters |= {"weight": nn.Parameter(weight), "bias": nn.Parameter(bias)}
    norm._buffers |= {"running_mean": torch.zeros(2, 3).double(), "running_var": torch.ones(2, 3).double()}
    given = norm(z)
    for member in range(2):
        for unit in range(3):
            means, variances = [], []
            for group in (slice(0, 4), slice(4, 8)):
                values = z[member, unit, group]
                means.append(values.mean())
                variances.append(values.var())
                z_norm = (values - values.mean()) / (values.var(correction=0) + norm.eps).sqrt()
                expected = weight[member, unit] * z_norm + bias[member, unit]
                torch.testing.assert_close(given[member, unit, group], expected, rtol=1e-12, atol=1e-12)
            assert norm.running_mean[member, unit].item() == pytest.approx(0.1 * sum(means).item() / 2)
            assert norm.running_var[member, unit].item() == pytest.approx(0.9 + 0.1 * sum(variances).item() / 2)
