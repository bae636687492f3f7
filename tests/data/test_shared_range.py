"""Columns that share one range of whole steps."""

import numpy as np
import polars as pl
import pytest

from caviar.data.scaling import Standard
from caviar.data.shared_range import find_shared_range

GENERATOR = np.random.default_rng(0)


def pixels(columns: int, high: int = 16, rows: int = 300) -> dict[str, np.ndarray]:
    cells = {f"p{column}": GENERATOR.integers(0, high + 1, rows).astype(float) for column in range(columns)}
    for values in cells.values():
        values[:2] = 0, high
    return cells


def test_pixels_are_divided_by_one_spread_after_their_own_mean() -> None:
    cells = pixels(8)
    cells["dark"] = np.zeros(300)
    cells["dark"][5] = 1.0  # divided by its own deviation it would reach 17
    shared = find_shared_range(pl.DataFrame(cells))
    spread = np.sqrt(np.mean([np.var(values) for values in cells.values()]))
    assert set(shared) == set(cells)
    for name, (scaling, why) in shared.items():
        assert isinstance(scaling, Standard)
        assert (scaling.center, scaling.scale) == pytest.approx((cells[name].mean(), spread))
        assert "one of 9 columns on one scale from 0 to 16" in why
    assert np.abs(shared["dark"][0](cells["dark"])).max() < 0.5


def test_grey_values_between_0_and_1_share_a_range_too() -> None:
    cells = {name: (values / 255).astype(np.float32).astype(float) for name, values in pixels(10, high=255).items()}
    assert set(find_shared_range(pl.DataFrame(cells))) == set(cells)


def test_other_columns_beside_the_pixels_stay_apart() -> None:
    cells = pixels(8) | {"area": GENERATOR.uniform(2, 9, 300), "year": 1990.0 + GENERATOR.integers(0, 30, 300)}
    assert set(find_shared_range(pl.DataFrame(cells))) == {f"p{number}" for number in range(8)}


def test_missing_pixels_do_not_matter_and_empty_columns_are_passed_over() -> None:
    holes = pl.Series([None, None, *[0.0, 16.0] * 149])
    cells = pl.DataFrame(pixels(8)).with_columns(p3=holes, p9=pl.lit(None, pl.Float64))
    assert set(find_shared_range(cells)) == {f"p{number}" for number in range(8)}


@pytest.mark.parametrize(
    "cells",
    [
        {},
        pixels(7),
        {f"x{number}": GENERATOR.standard_normal(300) for number in range(30)},
        {f"yes{number}": (np.arange(300.0) + number) % 2 for number in range(30)},
        {name: values * (number + 1) for number, (name, values) in enumerate(pixels(30).items())},
        {name: np.append(GENERATOR.uniform(0, 1, 298), [0, 1]) for name in map(str, range(30))},
        pixels(8) | {f"few{number}": np.arange(300.0) % 3 + number / 8 for number in range(20)},
    ],
    ids=["no columns", "too few", "real numbers", "true or false", "own ranges", "squeezed to 0 and 1", "a minority"],
)
def test_other_tables_have_no_such_family(cells: dict[str, np.ndarray]) -> None:
    assert find_shared_range(pl.DataFrame(cells)) == {}
