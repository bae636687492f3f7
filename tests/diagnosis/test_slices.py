"""Slices: the sick ones are found with the right ceiling, and healthy rows have none."""

import numpy as np
import polars as pl
import pytest
from judged_run import people
from scipy.stats import chi2_contingency

from caviar.diagnosis.conditions import conditions_of
from caviar.diagnosis.slice_scores import scores
from caviar.diagnosis.slices import Found, find_slices


def slices_of(frame: pl.DataFrame, errors: np.ndarray, metric: str = "error", **options: object) -> Found:
    return find_slices(conditions_of(frame, {}, 20), errors, metric, **options)  # type: ignore[arg-type]


def mistakes_at(chances: np.ndarray | float, num_rows: int, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).random(num_rows) < chances).astype(float)


def test_the_one_sick_slice_is_found_and_its_ceiling_is_what_counting_gives() -> None:
    frame = people()
    sick = (frame["city"] == "Bath").to_numpy()
    errors = mistakes_at(np.where(sick, 0.4, 0.1), len(frame))
    found = slices_of(frame, errors)
    [one] = found.slices
    assert one.text == "city = Bath" and one.columns == ("city",)
    np.testing.assert_array_equal(found.masks[0], sick)
    assert one.rows == sick.sum()
    assert one.error == pytest.approx(errors[sick].mean())
    assert one.interval[0] < one.error < one.interval[1]
    assert one.share_of_mistakes == pytest.approx(errors[sick].sum() / errors.sum())
    like_the_rest = np.where(sick, errors[~sick].mean(), errors).mean()
    assert one.rest_error == pytest.approx(like_the_rest)
    assert one.error_without == pytest.approx(np.where(sick, 0, errors).mean())


def test_a_range_of_a_number_is_found() -> None:
    frame = people()
    sick = (frame["height"] > 180).to_numpy()
    [one] = slices_of(frame, mistakes_at(np.where(sick, 0.4, 0.08), len(frame))).slices
    assert one.columns == ("height",)
    assert one.rows == pytest.approx(sick.sum(), rel=0.3)


def test_missing_cells_are_found() -> None:
    frame = people()
    [one] = slices_of(frame, mistakes_at(np.where(frame["age"].is_null(), 0.5, 0.1), len(frame))).slices
    assert one.text == "age is missing"


def test_a_sick_pair_of_columns_is_found_with_both_of_its_conditions() -> None:
    frame = people(3_000)
    sick = ((frame["city"] == "Bath") & (frame["height"] > 178)).fill_null(False).to_numpy()
    found = slices_of(frame, mistakes_at(np.where(sick, 0.7, 0.1), len(frame)))
    [one] = found.slices
    assert set(one.columns) == {"city", "height"} and "city = Bath" in one.text
    assert (found.masks[0] & sick).sum() > 0.8 * sick.sum()
    assert (found.masks[0] & sick).sum() > 0.8 * one.rows


def test_a_condition_that_adds_nothing_is_left_out_of_a_slice() -> None:
    generator = np.random.default_rng(3)
    noise = {f"noise {number}": pl.Series(generator.normal(size=1_500)) for number in range(16)}
    frame, pairs = people().with_columns(**noise), 0
    for seed in range(50, 62):
        errors = mistakes_at(np.where(frame["member"], 0.2, 0.1), len(frame), seed)
        pairs += sum(len(one.columns) == 2 for one in slices_of(frame, errors).slices)
    assert pairs <= 1


def test_a_pair_s_range_is_as_narrow_as_the_sick_rows() -> None:
    frame = people(4_000)
    sick = ((frame["city"] == "Bath") & (frame["height"] > 181.5)).to_numpy()
    [found] = slices_of(frame, mistakes_at(np.where(sick, 0.8, 0.1), len(frame))).masks
    assert (found & sick).sum() > 0.9 * max(found.sum(), sick.sum())


def test_two_sick_slices_are_both_found_the_larger_ceiling_first() -> None:
    frame = people(3_000)
    in_bath, tall = (frame["city"] == "Bath").to_numpy(), (frame["height"] > 184).to_numpy()
    found = slices_of(frame, mistakes_at(np.where(in_bath, 0.5, np.where(tall, 0.5, 0.05)), len(frame)))
    assert [one.columns for one in found.slices] == [("city",), ("height",)]
    assert found.slices[0].rest_error < found.slices[1].rest_error


def test_columns_that_say_the_same_make_one_slice() -> None:
    frame = people().with_columns(town=pl.col("city").str.to_uppercase(), tall=pl.col("height") > 170)
    errors = mistakes_at(np.where(frame["city"] == "Bath", 0.5, 0.1), len(frame))
    assert len(slices_of(frame, errors).slices) == 1


@pytest.mark.parametrize("metric", ["error", "rmse"])
def test_healthy_rows_have_no_slices(metric: str) -> None:
    false_alarms = 0
    for seed in range(20):
        generator = np.random.default_rng(seed)
        errors = mistakes_at(0.12, 600, seed) if metric == "error" else generator.standard_t(3, 600) ** 2
        found = slices_of(people(600, seed + 100), errors, metric)
        assert found.looked_at > 200
        false_alarms += bool(found.slices)
    assert false_alarms <= 1


def test_rows_that_a_regression_misses_by_more_are_found_with_their_share_of_the_squares() -> None:
    frame = people()
    sick = (frame["city"] == "Cork").to_numpy()
    squares = (np.random.default_rng(7).normal(size=len(frame)) * np.where(sick, 3, 1)) ** 2
    [one] = slices_of(frame, squares, "rmse").slices
    assert one.text == "city = Cork"
    assert one.error == pytest.approx(np.sqrt(squares[sick].mean()))
    assert one.share_of_mistakes == pytest.approx(squares[sick].sum() / squares.sum())
    assert one.rest_error == pytest.approx(np.sqrt(squares[~sick].mean()))
    assert one.error_without == pytest.approx(np.sqrt(np.where(sick, 0, squares).mean()))


def test_a_few_far_rows_make_no_slice() -> None:
    squares = np.random.default_rng(7).normal(size=1_500) ** 2
    squares[[5, 800]] = 10_000
    assert slices_of(people(), squares, "rmse").slices == ()


def test_far_rows_do_not_hide_a_sick_slice() -> None:
    frame = people(3_000)
    for seed in range(1, 5):
        misses = np.random.default_rng(seed).standard_t(2, 3_000) * np.where(frame["city"] == "Bath", 2, 1)
        assert [one.text for one in slices_of(frame, misses**2, "rmse").slices] == ["city = Bath"]


def test_what_the_model_expected_stands_beside_what_happened() -> None:
    frame = people()
    errors = mistakes_at(np.where(frame["city"] == "Bath", 0.4, 0.1), len(frame))
    [one] = slices_of(frame, errors, expected=np.where(frame["city"] == "Bath", 0.25, 0.1)).slices
    assert one.expected_error == pytest.approx(0.25)


def test_many_rows_are_searched_in_part_and_measured_whole() -> None:
    frame = people(30_000)
    sick = (frame["city"] == "Bath").to_numpy()
    [one] = slices_of(frame.select("city", "member"), mistakes_at(np.where(sick, 0.3, 0.1), len(frame))).slices
    assert one.rows == sick.sum()


@pytest.mark.parametrize("errors", [np.zeros(100), np.ones(100), np.array([1.0] * 10 + [0.0] * 20)])
def test_rows_without_a_difference_or_too_few_have_no_slices(errors: np.ndarray) -> None:
    assert slices_of(people(len(errors)), errors).slices == ()


def test_the_score_of_mistakes_is_the_root_of_the_g_statistic() -> None:
    statistic = chi2_contingency([[12, 28], [20, 140]], correction=False, lambda_="log-likelihood").statistic
    found = scores(np.array([[40]]), np.array([[12.0]]), 200, 32.0, "error")
    assert found[0, 0] == pytest.approx(np.sqrt(statistic))
    better = scores(np.array([[160]]), np.array([[20.0]]), 200, 32.0, "error")
    assert better[0, 0] == pytest.approx(-np.sqrt(statistic))
