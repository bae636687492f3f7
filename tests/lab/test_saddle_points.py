"""The verdict turns when only minima are looked for, and when curvatures are given signs like coins."""

import pytest
import torch

from caviar.lab import critical_points, saddle_points
from caviar.lab.critical_points import Points, RandomFunction, downhill, newton


def judged(**changes) -> dict[str, float]:
    figures = saddle_points.run(**{"dimensions": (8,), "hidden": (2,), "many_starts": 900} | changes).figures
    return {
        row.what.split(": ")[1]: row.agreement for row in figures if row.agreement is not None and "saddle" in row.what
    }


def test_zeros_are_saddles() -> None:
    assert judged() == {"saddles": True}


def test_going_downhill_instead_of_to_the_nearest_zero_finds_no_saddles() -> None:
    assert judged(divisor=downhill) == {"saddles": False}


@pytest.mark.parametrize("coins", [False, True])
def test_the_signs_are_independent_only_when_thrown(monkeypatch: pytest.MonkeyPatch, coins: bool) -> None:
    def thrown(cost, starts, divisor=newton) -> Points:
        points = critical_points.critical_points(cost, starts, divisor)
        signs = torch.randn(points.curvatures.shape, generator=torch.Generator().manual_seed(1)).sign()
        return Points(points.where, points.costs, points.curvatures.abs() * signs)

    if coins:
        monkeypatch.setattr(saddle_points, "critical_points", thrown)
    rows = saddle_points.on_random_functions(0, newton, (8,), 900)
    [variance] = [row for row in rows if "variance" in row.what]
    assert variance.agreement is coins


def test_the_zeros_of_a_cosine_are_its_minima_and_maxima() -> None:
    starts = torch.linspace(-9, 9, 20, dtype=torch.float64).unsqueeze(1)
    points = critical_points.critical_points(lambda x: torch.cos(x).sum(), starts)
    assert points.costs.abs().allclose(torch.ones_like(points.costs))
    assert points.index.tolist() == [int(cost > 0) for cost in points.costs.tolist()]
    assert not points.saddles.any()


def test_random_functions_have_the_deviation_of_one() -> None:
    function = RandomFunction(3, seed=0)
    values = torch.stack([function(one) for one in function.starts(2000, seed=0)])
    assert values.std().item() == pytest.approx(1, abs=0.1)
