"""The verdict turns when γ and β are left out, swapped, or act on what was not normalised."""

from typing import Any

import pytest
from torch import Tensor

from caviar.lab import batch_norm_scale_shift
from caviar.networks import layers
from caviar.techniques.batch_norm import batch_norm


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_norm_scale_shift, "NUM_SEEDS", 2)
    monkeypatch.setattr(batch_norm_scale_shift, "RATES", (0.1,))


def agreements(technique=batch_norm) -> list[float]:
    """With the technique in the networks too."""
    figures = batch_norm_scale_shift.run(batch_norm=technique, num_steps=120, tables=["flower"]).figures
    return [row.agreement for row in figures if row.agreement is not None]


def test_the_claim_holds() -> None:
    assert agreements() == [1, 1, 1, 1, 1]


def test_without_gamma_and_beta_the_sigmoid_stays_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    def left_out(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        return batch_norm(z, gamma.detach() * 0 + 1, beta.detach() * 0, *rest)

    monkeypatch.setattr(layers, "batch_norm", left_out)
    assert agreements(left_out) == [0, 0, 1, 0, 0]


def test_swapped_they_give_neither_z_back_nor_the_mean() -> None:
    def swapped(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        return batch_norm(z, beta, gamma, *rest)

    assert agreements(swapped)[:2] == [0, 0]


def test_without_normalising_the_formula_s_rows_and_the_fixed_side_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_normalised(z: Tensor, gamma: Tensor, beta: Tensor, *rest: Any) -> Tensor:
        return gamma.unsqueeze(2) * z * 5 + beta.unsqueeze(2)

    monkeypatch.setattr(layers, "batch_norm", not_normalised)
    assert agreements(not_normalised)[:3] == [0, 0, 0]
