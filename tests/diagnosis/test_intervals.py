"""Intervals against SciPy, against published examples, and by counting how often they hold the truth."""

import numpy as np
import pytest
from scipy import stats

from caviar.diagnosis.intervals import (
    Interval,
    difference,
    paired_difference,
    rmse,
    rmse_of_figure,
    smallest_difference,
    smallest_paired_difference,
    wilson,
)

NUM_TRIALS = 400
CHANCE = 0.035  # three standard errors of a share of 0.95 in 400 trials


def coverage(intervals: list[Interval], truth: float) -> float:
    return float(np.mean([interval.low <= truth <= interval.high for interval in intervals]))


@pytest.mark.parametrize(("mistakes", "rows"), [(0, 1), (1, 1), (0, 30), (30, 30), (3, 17), (81, 263), (1500, 10_000)])
def test_wilson_agrees_with_scipy(mistakes, rows):
    theirs = stats.binomtest(mistakes, rows).proportion_ci(0.95, method="wilson")
    ours = wilson(mistakes, rows)
    assert ours.estimate == mistakes / rows
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_stays_between_nought_and_one_and_holds_its_estimate():
    for rows in (1, 2, 3, 7, 1000, 3_000_000):
        for mistakes in (0, 1, rows):
            interval = wilson(mistakes, rows)
            assert 0 <= interval.low <= interval.estimate <= interval.high <= 1


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),  # Newcombe (1998), table II, contrasts (a), (c), (e), (g), method 10
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_difference_of_proportions_reproduces_newcombes_published_examples(first, second, low, high):
    gap = difference(wilson(*first), wilson(*second))
    assert (gap.low, gap.high) == pytest.approx((low, high), abs=6e-5)


def test_difference_from_an_exact_figure_shifts_the_interval():
    measured = wilson(80, 1000)
    gap = difference(measured, Interval(0.03, 0.03, 0.03))
    assert tuple(gap) == pytest.approx(tuple(limit - 0.03 for limit in measured))


def test_difference_turned_round_is_its_negative():
    first, second = wilson(80, 1000), wilson(30, 400)
    assert tuple(difference(first, second)) == pytest.approx(tuple(difference(second, first).negated))


@pytest.mark.parametrize(("rows", "others", "share", "other_share"), [(60, 60, 0.15, 0.10), (1000, 300, 0.01, 0.03)])
def test_difference_of_proportions_holds_the_truth_19_times_in_20(rows, others, share, other_share):
    draw = np.random.default_rng(0)
    gaps = [
        difference(wilson(draw.binomial(rows, share), rows), wilson(draw.binomial(others, other_share), others))
        for _ in range(NUM_TRIALS)
    ]
    assert coverage(gaps, share - other_share) == pytest.approx(0.95, abs=CHANCE)


@pytest.mark.parametrize(("rows", "num_trials"), [(100, NUM_TRIALS), (2500, NUM_TRIALS // 4)])
def test_rmse_interval_holds_the_truth_19_times_in_20(rows, num_trials):
    draw = np.random.default_rng(1)
    intervals = [rmse(draw.normal(0, 3, rows) ** 2, seed=trial) for trial in range(num_trials)]
    assert coverage(intervals, 3.0) == pytest.approx(0.945, abs=CHANCE * np.sqrt(NUM_TRIALS / num_trials))


@pytest.mark.parametrize(("rows", "heaviness"), [(300, 5), (40, 2)])
def test_rmse_interval_agrees_with_scipys_bca(rows, heaviness):
    squares = np.random.default_rng(2).standard_t(heaviness, rows) ** 2
    theirs = stats.bootstrap(
        (squares,), lambda rows, axis: np.sqrt(np.mean(rows, axis=axis)), n_resamples=9999, method="BCa", rng=0
    ).confidence_interval
    ours = rmse(squares)
    assert ours.estimate == np.sqrt(squares.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=0.03)


def test_rmse_of_many_rows_has_the_width_that_theory_gives():
    interval = rmse(np.random.default_rng(3).normal(0, 1, 100_000) ** 2)
    assert interval.half_width == pytest.approx(1.96 / np.sqrt(2 * 100_000), rel=0.08)


def test_rmse_interval_is_the_same_every_time():
    squares = np.random.default_rng(4).random(5000)
    assert rmse(squares) == rmse(squares)


def test_rmse_without_any_spread_is_exact():
    assert rmse(np.full(50, 4.0)) == (2, 2, 2)
    assert rmse(np.zeros(50)) == (0, 0, 0)
    assert rmse(np.array([9.0])) == (3, 3, 3)


def test_rmse_known_as_a_figure_has_the_interval_of_normal_errors():
    draw = np.random.default_rng(5)
    intervals = [rmse_of_figure(float(np.sqrt(np.mean(draw.normal(0, 2, 80) ** 2))), 80) for _ in range(NUM_TRIALS)]
    assert coverage(intervals, 2.0) == pytest.approx(0.95, abs=CHANCE)


@pytest.mark.parametrize(("rows", "only_first", "only_second"), [(300, 0.05, 0.02), (3000, 0.01, 0.01)])
def test_paired_difference_of_mistakes_holds_the_truth_19_times_in_20(rows, only_first, only_second):
    draw = np.random.default_rng(6)
    gaps = []
    for _ in range(NUM_TRIALS):
        place = draw.random(rows)
        both = place > 0.9
        gaps.append(
            paired_difference(
                both | (place < only_first),
                both | ((place >= only_first) & (place < only_first + only_second)),
                "error",
            )
        )
    assert coverage(gaps, only_first - only_second) == pytest.approx(0.955, abs=CHANCE)


def test_paired_difference_of_mistakes_agrees_with_its_formula_worked_by_hand():
    first, second = np.zeros(50), np.zeros(50)
    first[:5], second[5:7] = 1, 1  # centre (6 − 3)/52, standard error √((9/52 − (3/52)²)/52) = 0.05713
    gap = paired_difference(first, second, "error")
    assert gap == pytest.approx((0.06, -0.0543, 0.1697), abs=5e-5)


def test_paired_difference_of_mistakes_stays_unsure_when_no_row_differs():
    same = np.zeros(50)
    gap = paired_difference(same, same, "error")
    assert gap.estimate == 0
    assert gap.low < -0.03 and gap.high > 0.03


def test_paired_difference_of_rmse_holds_the_truth_and_is_narrower_than_an_unpaired_one():
    draw = np.random.default_rng(7)
    gaps, unpaired = [], []
    for trial in range(NUM_TRIALS // 4):
        shared = draw.normal(0, 1, 300)
        first, second = shared + draw.normal(0, 0.5, 300), shared + draw.normal(0, 0.7, 300)
        gaps.append(paired_difference(first**2, second**2, "rmse", seed=trial))
        unpaired.append(difference(rmse(first**2, seed=trial), rmse(second**2, seed=trial)))
    assert coverage(gaps, np.sqrt(1.25) - np.sqrt(1.49)) == pytest.approx(0.945, abs=2 * CHANCE)
    assert np.mean([gap.half_width for gap in gaps]) < 0.75 * np.mean([gap.half_width for gap in unpaired])


def test_paired_difference_to_itself_is_nought_for_rmse():
    squares = np.random.default_rng(8).random(200)
    assert paired_difference(squares, squares, "rmse") == (0, 0, 0)


def test_smallest_difference_is_where_the_interval_of_a_difference_leaves_nought():
    error = wilson(500, 5000)
    smallest = smallest_difference(error)
    below, above = (wilson(500 + 5000 * smallest * share, 5000) for share in (0.9, 1.1))
    assert difference(below, error).low < 0 < difference(above, error).low


def test_smallest_difference_halves_with_four_times_the_rows():
    few, many = smallest_difference(wilson(100, 1000)), smallest_difference(wilson(400, 4000))
    assert many / few == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("metric", ["error", "rmse"])
def test_smallest_paired_difference_is_196_standard_errors_of_the_gap(metric):
    draw = np.random.default_rng(9)
    gaps, smallest = [], []
    for _ in range(500):
        shared = draw.normal(0, 1, 400)
        first, second = (np.square(shared + draw.normal(0, 0.3, 400)) for _ in range(2))
        if metric == "error":
            first, second = first > 2, second > 2
        root = np.sqrt if metric == "rmse" else float
        gaps.append(root(first.mean()) - root(second.mean()))
        smallest.append(smallest_paired_difference(first.astype(float), second.astype(float), metric))
    assert np.mean(smallest) == pytest.approx(1.96 * np.std(gaps), rel=0.12)
