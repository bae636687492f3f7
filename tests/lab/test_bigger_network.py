"""The verdict turns when the penalty has no effect, or the wrong sign."""

import pytest
from torch import Tensor

from caviar.lab import bigger_network
from caviar.population import step

WIDTHS = (2, 64)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bigger_network, "NUM_STEPS", 150)


def agreements() -> dict[str, float]:
    return {row.what.partition(",")[0]: row.agreement for row in bigger_network.run(0, WIDTHS, num_seeds=2).figures}


def test_a_bigger_network_has_less_bias_and_its_penalty_less_variance() -> None:
    assert set(agreements().values()) == {1}


@pytest.mark.parametrize("factor", [0, -0.1])
def test_a_penalty_that_does_nothing_or_drives_weights_up_leaves_the_variance(
    monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    def wrong(gradient: Tensor, weights: Tensor, strength: Tensor) -> None:
        gradient.addcmul_(weights, factor * strength)

    monkeypatch.setattr(step, "add_l2_gradient", wrong)
    figures = bigger_network.run(0, WIDTHS, num_seeds=2).figures
    [variance] = [row for row in figures if row.what.endswith("regularised against not")]
    assert variance.agreement == 0


def test_a_network_that_is_not_bigger_has_no_less_bias() -> None:
    figures = bigger_network.run(0, (64, 2), num_seeds=2).figures
    assert figures[0].what.startswith("train error") and figures[0].agreement == 0
