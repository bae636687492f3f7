"""Scalings: their figures by hand, which one a column gets, and that nothing explodes."""

import json
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from caviar.data.scaling import (
    LARGEST_CELL,
    MostlyZero,
    Robust,
    Standard,
    ToNormal,
    choose_scaling,
    floored,
    mean_and_deviation,
    middle_spread,
    scaling_from_json,
    scaling_to_json,
    smooth_clip,
)

GENERATOR = np.random.default_rng(0)
CELL = st.floats(-LARGEST_CELL, LARGEST_CELL)
CELLS = st.lists(CELL, min_size=2, max_size=40).filter(lambda cells: min(cells) < max(cells))


def test_standard_subtracts_the_mean_and_divides_by_the_deviation() -> None:
    scaling = Standard.fit(np.array([1.0, 2.0, 3.0, 6.0]))
    assert scaling.center == 3.0
    assert scaling.scale == pytest.approx(sqrt((4 + 1 + 0 + 9) / 4))
    assert scaling(np.array([3.0, 3.0 + scaling.scale, 1e9, -1e9])).tolist() == pytest.approx([0, 1, 10, -10])


def test_robust_uses_median_and_middle_half_then_bends() -> None:
    scaling = Robust.fit(np.array([0.0, 1.0, 2.0, 3.0, 4_000.0]))
    assert (scaling.center, scaling.scale) == (2.0, 2.0)  # q75 − q25 = 3 − 1
    assert scaling(np.array([2.0, 4.0, 4_000.0, 1e300])) == pytest.approx([0, 1 / sqrt(1 + 1 / 9), 3, 3], rel=1e-5)


def test_smooth_clip_keeps_small_values_the_order_and_the_limit() -> None:
    values = np.linspace(-50, 50, 1_001)
    bent = smooth_clip(values)
    assert smooth_clip(np.array([0.01]))[0] == pytest.approx(0.01, rel=1e-4)
    assert (np.diff(bent) > 0).all()
    assert np.abs(bent).max() < 3


def test_to_normal_gives_each_train_row_the_normal_quantile_of_its_rank() -> None:
    values = np.array([7.0, 1e6, -3.0, 0.5])
    assert ToNormal.fit(values)(values) == pytest.approx(norm.ppf([0.625, 0.875, 0.125, 0.375]))


def test_to_normal_gives_equal_cells_the_middle_of_their_ranks_and_stays_at_the_ends() -> None:
    scaling = ToNormal.fit(np.array([1.0, 1.0, 1.0, 9.0]))
    assert scaling(np.array([1.0, 9.0, 5.0])) == pytest.approx(norm.ppf([0.375, 0.875, 0.625]))
    assert scaling(np.array([-1e100, 1e100])) == pytest.approx(norm.ppf([0.375, 0.875]))


def test_to_normal_keeps_at_most_512_points() -> None:
    values = GENERATOR.lognormal(0, 3, size=20_000)
    scaling = ToNormal.fit(values)
    assert len(scaling.points) == 512
    assert scaling(values).std() == pytest.approx(1, abs=0.02)


def test_mostly_zero_scales_the_logarithm_of_what_is_not_zero() -> None:
    scaling = MostlyZero.fit(np.array([0.0] * 20 + [10.0, 20.0, 40.0]))
    assert scaling.typical == 20
    logs = [log(1.5), log(2), log(3)]
    assert scaling.center == pytest.approx(logs[1])
    spread = (logs[1] + logs[2]) / 2 - (logs[0] + logs[1]) / 2
    z = (logs[2] - logs[1]) / spread
    assert scaling(np.array([0.0, 20.0, 40.0])) == pytest.approx([0, 0, z / sqrt(1 + z * z / 9)])


def test_mostly_zero_knows_negative_cells_from_positive_ones() -> None:
    scaling = MostlyZero.fit(np.array([0.0] * 20 + [-10.0, -20.0, 10.0, 20.0]))
    assert scaling(np.array([-20.0]))[0] == pytest.approx(-scaling(np.array([20.0]))[0])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (GENERATOR.standard_normal(5_000) * 1e6 + 5, Standard),
        (GENERATOR.uniform(size=5_000), Standard),
        (GENERATOR.integers(0, 5, size=5_000).astype(float), Standard),
        (np.append(GENERATOR.standard_normal(5_000), [80.0, -90.0]), Robust),
        (GENERATOR.exponential(size=5_000), Robust),
        (GENERATOR.lognormal(0, 1, size=5_000), Robust),
        (GENERATOR.lognormal(0, 4, size=5_000), ToNormal),
        (np.where(GENERATOR.random(5_000) < 0.9, 0, GENERATOR.lognormal(8, 1, size=5_000)), MostlyZero),
    ],
    ids=["normal", "uniform", "grades", "outliers", "exponential", "skewed", "orders of magnitude", "mostly zero"],
)
def test_scaling_is_chosen_by_what_the_column_looks_like(values: np.ndarray, expected: type) -> None:
    scaling, why = choose_scaling(values)
    assert isinstance(scaling, expected)
    assert why


@pytest.mark.parametrize("values", [[3.0, 8.0, 8.0, 8.0], [0.0] * 99 + [1.0]])
def test_two_values_become_minus_one_and_one_however_rare(values: list[float]) -> None:
    scaling, why = choose_scaling(np.array(values))
    assert scaling(np.array([min(values), max(values)])).tolist() == [-1, 1]
    assert "two values" in why


def test_chosen_scalings_bring_ordinary_rows_to_about_mean_0_and_spread_1() -> None:
    normal = GENERATOR.standard_normal(5_000)
    for values in (normal * 7 - 30, np.exp(normal), np.exp(4 * normal)):
        scaled = choose_scaling(values)[0](values)
        assert abs(scaled.mean()) < 0.5
        assert 0.5 < scaled.std() < 1.2


@pytest.mark.parametrize(
    ("cells", "spread"),
    [
        ([0.0, 1.0, 2.0, 3.0, 4.0], 2.0),
        ([5.0] * 78 + [0.0] * 11 + [10.0] * 11, 10 * 0.6745 / 1.2816),  # q90 − q10, as for a normal column
    ],
)
def test_middle_spread_is_that_of_the_middle_half_or_the_next_wider_one(cells: list[float], spread: float) -> None:
    assert middle_spread(np.array(cells)) == pytest.approx(spread, rel=1e-3)


def test_nearly_constant_column_does_not_explode() -> None:
    values = np.full(100_000, 5.0)
    values[7] = 6.0
    values[8] = 5.5
    scaled = choose_scaling(values)[0](np.append(values, [-1e12, 1e12]))
    assert np.abs(scaled).max() <= 3


def test_rounding_noise_is_not_blown_up() -> None:
    assert floored(0.0, np.array([-5.0, 2.0])) == 5e-12
    assert floored(0.0, np.array([0.0])) == 1e-100
    values = np.array([0.3, 0.1 + 0.2, 0.3] * 50)  # differ in the last bit
    assert np.abs(Robust.fit(values)(values)).max() < 1e-3


def test_mean_and_deviation_do_not_overflow() -> None:
    mean, deviation = mean_and_deviation(np.array([1e300, 3e300]))
    assert mean == pytest.approx(2e300)
    assert deviation == pytest.approx(1e300)


@settings(deadline=None, max_examples=200)
@given(cells=CELLS, later=st.lists(CELL, min_size=1, max_size=10))
def test_any_column_is_scaled_to_finite_bounded_values_in_order(cells: list[float], later: list[float]) -> None:
    scaling, _ = choose_scaling(np.array(cells))
    scaled = scaling(np.sort(np.array(cells + later)))
    assert np.isfinite(scaled).all()
    assert np.abs(scaled).max() <= 10
    if not isinstance(scaling, MostlyZero):  # there zeros lie in the middle, and an input of their own tells them
        assert (np.diff(scaled) >= -1e-12).all()


@settings(deadline=None, max_examples=60)
@given(cells=CELLS)
def test_json_round_trip_gives_the_same_bits(cells: list[float]) -> None:
    for make in (Standard, Robust, ToNormal):
        scaling = make.fit(np.array(cells))
        again = scaling_from_json(json.loads(json.dumps(scaling_to_json(scaling), allow_nan=False)))
        assert again == scaling
        assert (again(np.array(cells)) == scaling(np.array(cells))).all()
    zeros = MostlyZero.fit(np.array([*cells, 1.0]))
    assert scaling_from_json(json.loads(json.dumps(scaling_to_json(zeros)))) == zeros
