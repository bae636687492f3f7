"""The verdict turns when the draws repeat their values, or crowd together."""

import numpy as np
import pytest

from caviar.lab import random_vs_grid, trials
from caviar.lab.random_vs_grid import Columns, grid
from caviar.search.dimensions import LogUniform, Uniform
from caviar.search.spaces import Space

ONE_MATTERS = ((("epsilon", "beta2"), 3),)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "NUM_DEV", 100)


def judged(**changes) -> list[float]:
    figures = random_vs_grid.run(num_searches=16, cases=ONE_MATTERS, **changes).figures
    return [row.agreement for row in figures if row.agreement is not None]


def test_where_one_setting_matters_the_claim_holds() -> None:
    assert judged() == [True, True, True]


def test_draws_that_share_three_values_lose_the_verdict() -> None:
    def rounded(space: Space, num: int, seed: int) -> Columns:
        units = np.random.default_rng(seed).integers(3, size=(len(space), num)) / 3 + 1 / 6
        return {name: space[name].from_units(one) for name, one in zip(space, units, strict=True)}

    assert judged(sample=rounded) == [False, True, False]


def test_draws_from_a_corner_of_the_space_find_nothing_better() -> None:
    def crowded(space: Space, num: int, seed: int) -> Columns:
        return Space({name: one.narrowed(0, 0.1) for name, one in space.items()}).sample(num, seed)

    assert judged(sample=crowded) == [True, True, False]


def test_a_grid_is_every_combination_of_the_middles() -> None:
    columns = grid(Space({"a": Uniform(0, 2), "b": LogUniform(1, 10_000)}), 2)
    assert columns["a"].tolist() == [0.5, 0.5, 1.5, 1.5]
    assert columns["b"] == pytest.approx([10, 1000, 10, 1000])
