"""Piecewise-linear bins: the formula cell by cell, edges against a search by hand, and when there are none."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caviar.data import piecewise_linear
from caviar.data.piecewise_linear import Bins, BinTargets, fit_bins

GENERATOR = np.random.default_rng(0)


def best_cut(values: np.ndarray, targets: np.ndarray) -> float:
    """The edge that leaves the least sum of squares, with 20 rows on either side: every place tried."""
    order = np.argsort(values)
    values, targets = values[order], targets[order]
    faults = {}
    for row in range(20, len(values) - 19):
        if values[row] > values[row - 1]:
            sides = targets[:row], targets[row:]
            faults[(values[row - 1] + values[row]) / 2] = sum(((side - side.mean()) ** 2).sum() for side in sides)
    return min(faults, key=faults.get)  # type: ignore[arg-type]


def test_cell_is_on_its_way_through_its_bin_past_the_ones_below_and_before_the_ones_above() -> None:
    bins = Bins((0.0, 10.0, 30.0, 40.0), (0.0, 0.0, 0.0))
    cells = np.array([0.0, 5.0, 10.0, 25.0, 40.0])
    assert bins(cells).tolist() == [[0, 0, 0], [0.5, 0, 0], [1, 0, 0], [1, 0.75, 0], [1, 1, 1]]


def test_outer_bins_end_at_the_outer_edges() -> None:
    bins = Bins((0.0, 10.0, 30.0), (0.0, 0.0))
    assert bins(np.array([-1e100, -1.0, 31.0, 1e100])).tolist() == [[0, 0], [0, 0], [1, 1], [1, 1]]


def test_means_are_subtracted() -> None:
    assert Bins((0.0, 10.0), (0.25,))(np.array([5.0, 0.0])).tolist() == [[0.25], [-0.25]]


@settings(deadline=None, max_examples=60)
@given(edges=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9, unique=True).map(sorted), cell=st.floats(-2e6, 2e6))
def test_every_input_is_the_formula(edges: list[float], cell: float) -> None:
    inputs = Bins(tuple(edges), (0.0,) * (len(edges) - 1))(np.array([cell]))[0]
    for number, value in enumerate(inputs):
        low, high = edges[number], edges[number + 1]
        assert value == pytest.approx(0 if cell <= low else 1 if cell >= high else (cell - low) / (high - low))


def test_edge_lies_where_a_search_by_hand_puts_it() -> None:
    for seed in range(3):
        generator = np.random.default_rng(seed)
        values = generator.integers(0, 60, size=300).astype(float)
        targets = np.where(values > 35, 2.0, 0.0) + generator.standard_normal(300)
        bins = fit_bins(values, BinTargets(targets.astype(np.float32), False, most_bins=2))
        assert bins is not None
        assert bins.edges == (values.min(), best_cut(values, targets), values.max())


def test_edges_find_the_jumps_of_a_class() -> None:
    values = GENERATOR.uniform(0, 1, size=4_000)
    classes = np.where((values > 0.2) & (values < 0.7), 1, 0)
    bins = fit_bins(values, BinTargets(classes, True))
    assert bins is not None
    assert bins.edges[1:-1] == pytest.approx([0.2, 0.7], abs=0.002)


def test_every_bin_input_has_train_mean_0() -> None:
    values = GENERATOR.lognormal(size=40_000)  # more rows than one go
    bins = fit_bins(values, BinTargets(np.log(values).astype(np.float32), False))
    assert bins is not None and len(bins) > 20
    assert np.abs(bins(values).mean(axis=0)).max() < 1e-12


@pytest.mark.parametrize("classify", [True, False])
def test_column_that_says_nothing_about_the_target_gets_no_bins_or_hardly_any(classify: bool) -> None:
    counts = []
    for seed in range(20):
        generator = np.random.default_rng(seed)
        targets = generator.integers(0, 2, 3_000) if classify else generator.standard_normal(3_000)
        bins = fit_bins(generator.standard_normal(3_000), BinTargets(targets, classify))
        counts.append(len(bins) if bins else 0)
    assert np.mean(counts) < 4


@pytest.mark.parametrize("most", [2, 5, 30])
def test_column_that_says_much_gets_as_many_bins_as_allowed(most: int) -> None:
    values = GENERATOR.uniform(0, 60, size=5_000)
    bins = fit_bins(values, BinTargets(np.sin(values).astype(np.float32), False, most_bins=most))
    assert bins is not None and len(bins) == most


def test_every_bin_holds_enough_rows() -> None:
    values = GENERATOR.uniform(0, 6, size=2_000)
    bins = fit_bins(values, BinTargets((10 * values).astype(np.float32), False))
    assert bins is not None
    assert np.histogram(values, bins.edges)[0].min() >= 20


def test_large_close_values_keep_their_edges_apart() -> None:
    steps = GENERATOR.integers(0, 100, size=3_000)
    values = 1_700_000_000.0 + steps  # seconds: 32-bit numbers would see few of them apart
    bins = fit_bins(values, BinTargets((steps > 49).astype(np.int64), True, most_bins=2))
    assert bins is not None
    assert bins.edges[1] == 1_700_000_049.5


def test_edges_of_a_huge_table_come_from_a_sample_but_reach_its_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piecewise_linear, "MOST_ROWS_FOR_EDGES", 1_000)
    values = GENERATOR.uniform(0, 1, size=20_000)
    targets = BinTargets((values > 0.5).astype(np.int64), True)
    bins = fit_bins(values, targets)
    assert bins is not None
    assert (bins.edges[0], bins.edges[-1]) == (values.min(), values.max())
    assert bins.edges[1] == pytest.approx(0.5, abs=0.01)
    assert np.abs(bins(values).mean(axis=0)).max() < 1e-12
    assert fit_bins(values, targets) == bins


@pytest.mark.parametrize("unit", [1e-300, 1e100])
def test_units_do_not_matter(unit: float) -> None:
    values = GENERATOR.uniform(1, 2, size=1_000)
    targets = BinTargets((values > 1.5).astype(np.int64), True)
    ours, scaled = fit_bins(values, targets), fit_bins(values * unit, targets)
    assert ours is not None and scaled is not None
    assert scaled(values * unit) == pytest.approx(ours(values))


def test_json_round_trip_is_exact() -> None:
    bins = fit_bins(values := GENERATOR.standard_normal(2_000), BinTargets(np.sin(values).astype(np.float32), False))
    assert bins is not None
    assert Bins.from_json(json.loads(json.dumps(bins.to_json()))) == bins
