"""One error, from rows, from a figure with a row count, or bare."""

import numpy as np
import pytest

from caviar.core.errors import SettingsError
from caviar.diagnosis.error_rate import ErrorRate, metric_of, row_errors


def test_rows_and_figure_with_the_same_count_give_the_same_interval():
    mistakes = np.zeros(200)
    mistakes[:10] = 1
    from_rows, from_figure = ErrorRate.from_rows(mistakes, "error"), ErrorRate.from_figure(0.05, 200)
    assert tuple(from_rows.interval) == pytest.approx(tuple(from_figure.interval))
    assert from_rows.rows == from_figure.rows == 200
    assert from_figure.per_row is None and np.array_equal(from_rows.per_row, mistakes)


def test_a_bare_figure_counts_as_exact():
    bare = ErrorRate.from_figure(0.05)
    assert bare.is_bare and bare.interval == (0.05, 0.05, 0.05)
    assert not ErrorRate.from_figure(0.05, 100).is_bare


def test_rmse_is_the_root_of_the_mean_square_in_target_units():
    error = ErrorRate.from_rows(np.array([9.0, 16.0, 25.0, 0.0]), "rmse")
    assert error.estimate == pytest.approx(np.sqrt(12.5))
    assert error.low < error.estimate < error.high
    figure = ErrorRate.from_figure(error.estimate, 4, "rmse")
    assert figure.low < figure.estimate < figure.high


def test_partly_wrong_rows_count_as_their_share():
    assert ErrorRate.from_rows(np.array([0.5, 0.0, 0.25, 0.25]), "error").estimate == 0.25


def test_row_errors_are_mistakes_for_classes_and_squares_for_regression():
    assert row_errors(np.array([0, 1, 2]), np.array([0, 2, 2]), "multiclass").tolist() == [0, 1, 0]
    assert row_errors(np.array([1.0, 5.0]), np.array([4.0, 5.0]), "regression").tolist() == [9, 0]
    assert [metric_of(task) for task in ("binary", "multiclass", "regression")] == ["error", "error", "rmse"]


@pytest.mark.parametrize(
    ("estimate", "rows", "metric", "words"),
    [
        (15, None, "error", r"give 0\.025"),
        (-0.1, None, "error", "between 0 and 1"),
        (float("nan"), 10, "error", "between 0 and 1"),
        (-1, 10, "rmse", "at least 0"),
        (float("inf"), 10, "rmse", "at least 0"),
        (0.1, 0, "error", "at least 1"),
    ],
)
def test_impossible_figures_are_refused_with_what_to_do(estimate, rows, metric, words):
    with pytest.raises(SettingsError, match=words):
        ErrorRate.from_figure(estimate, rows, metric)
