"""How much the best of many flatters itself, against a simulation that knows the truth."""

import numpy as np
import pytest

from caviar.diagnosis.dev_overfit import dev_overfit, selection_optimism
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence


def equal_members(draw, count, rows, error, shared):
    """Mistakes of members that are all equally good; a share of each member's rows follows one common draw."""
    common, own = draw.random(rows) < error, draw.random((count, rows)) < error
    return np.where(draw.random((count, rows)) < shared, common, own).astype(float)


@pytest.mark.parametrize(("count", "rows", "error", "shared"), [(100, 200, 0.10, 0.0), (30, 1000, 0.14, 0.7)])
def test_optimism_agrees_with_the_truth_of_a_simulation(count, rows, error, shared):
    draw = np.random.default_rng(0)
    truth, estimate = [], []
    for _ in range(40):
        mistakes = equal_members(draw, count, rows, error, shared)
        truth.append(error - mistakes.mean(axis=1).min())
        estimate.append(selection_optimism(mistakes, "error"))
    assert np.mean(estimate) == pytest.approx(np.mean(truth), rel=0.15)


def test_optimism_of_rmse_agrees_with_the_truth_of_a_simulation():
    draw = np.random.default_rng(1)
    truth, estimate = [], []
    for _ in range(40):
        squares = draw.normal(0, 2, (50, 300)) ** 2
        truth.append(2 - np.sqrt(squares.mean(axis=1)).min())
        estimate.append(selection_optimism(squares, "rmse"))
    assert np.mean(estimate) == pytest.approx(np.mean(truth), rel=0.15)


def test_a_member_far_ahead_of_the_rest_is_not_flattered():
    draw = np.random.default_rng(2)
    mistakes = np.vstack([draw.random(500) < 0.05, draw.random((50, 500)) < 0.30]).astype(float)
    assert selection_optimism(mistakes, "error") == 0


def test_one_member_alone_is_not_flattered():
    assert selection_optimism(np.ones((1, 10)), "error") == selection_optimism(np.ones((5, 1)), "error") == 0


def test_many_equal_members_on_few_rows_are_found():
    mistakes = equal_members(np.random.default_rng(3), 100, 100, 0.15, 0.0)
    dev = ErrorRate.from_rows(mistakes[mistakes.mean(axis=1).argmin()], "error")
    finding = dev_overfit(Evidence("error", dev_error=dev, num_candidates=100, candidate_errors=mistakes))
    assert finding.verdict == "present" and finding.evidence["optimism"] > 0.05
    assert finding.actions[0].by == "you"


def test_few_members_on_many_rows_are_healthy():
    mistakes = equal_members(np.random.default_rng(4), 10, 5000, 0.15, 0.5)
    dev = ErrorRate.from_rows(mistakes[0], "error")
    finding = dev_overfit(Evidence("error", dev_error=dev, candidate_errors=mistakes))
    assert finding.verdict == "absent" and finding.evidence["candidates"] == 10


def test_without_rows_of_all_members_it_can_be_ruled_out_but_not_found():
    large = Evidence("error", dev_error=ErrorRate.from_figure(0.15, 20_000), num_candidates=100)
    assert dev_overfit(large).verdict == "absent"
    small = Evidence("error", dev_error=ErrorRate.from_figure(0.15, 200), num_candidates=100)
    assert dev_overfit(small).verdict == "cannot-tell" and "row by row" in dev_overfit(small).meaning
    best_only = Evidence(
        "error",
        dev_error=ErrorRate.from_figure(0.15, 200),
        num_candidates=100,
        candidate_errors=equal_members(np.random.default_rng(5), 10, 200, 0.15, 0.0),
    )
    assert dev_overfit(best_only).verdict == "cannot-tell"


def test_the_bound_without_rows_is_above_the_truth():
    draw = np.random.default_rng(6)
    truth = np.mean([0.15 - equal_members(draw, 100, 500, 0.15, 0.0).mean(axis=1).min() for _ in range(20)])
    finding = dev_overfit(Evidence("error", dev_error=ErrorRate.from_figure(0.15, 500), num_candidates=100))
    assert truth < finding.evidence["most_optimism"] < 2 * truth


def test_missing_figures_are_named():
    dev = ErrorRate.from_figure(0.1, 100)
    assert "dev error is missing" in dev_overfit(Evidence("error")).meaning
    assert "number of dev rows" in dev_overfit(Evidence("error", dev_error=ErrorRate.from_figure(0.1))).meaning
    assert "How many members" in dev_overfit(Evidence("error", dev_error=dev)).meaning
    assert "trivial" in dev_overfit(Evidence("rmse", dev_error=dev, num_candidates=3)).meaning
