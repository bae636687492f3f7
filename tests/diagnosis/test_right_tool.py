"""An honest word on network against boosting."""

import numpy as np

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.right_tool import right_tool

DRAW = np.random.default_rng(0)
HARD = DRAW.random(4000) < 0.10


def mistakes(extra):
    return ErrorRate.from_rows((HARD | (np.random.default_rng(1).random(4000) < extra)).astype(float), "error")


def test_boosting_that_is_better_is_recommended_with_its_interval():
    words = right_tool(mistakes(0.03), mistakes(0.0), 0.24, "error", "test")
    assert words.startswith("Boosting (") and "is better than the network" in words
    assert "points [" in words and "4,000 test rows" in words and "use it" in words


def test_a_better_network_is_said_and_on_dev_qualified():
    words = right_tool(mistakes(0.0), mistakes(0.03), 0.24, "error")
    assert words.startswith("The network (") and "is better than boosting" in words and "chosen on these rows" in words
    assert "chosen on these rows" not in right_tool(mistakes(0.0), mistakes(0.03), 0.24, "error", "test")


def test_boosting_that_was_cut_short_is_excused():
    words = right_tool(mistakes(0.0), mistakes(0.03), 0.24, "error", "test", boosting_cut_short=True)
    assert words.endswith("Boosting was cut short for lack of time, and may do better.")


def test_no_measurable_difference_is_said():
    for network, boosting in ((0.0, 0.0), (0.0004, 0.0), (0.0, 0.0004)):
        words = right_tool(mistakes(network), mistakes(boosting), 0.24, "error")
        assert words.startswith("No measurable difference")


def test_a_network_no_better_than_the_trivial_predictor_is_called_that():
    words = right_tool(mistakes(0.25), mistakes(0.0), 0.24, "error")
    assert "no better than the trivial predictor (24.0 %): it has learned little" in words and "Boosting" in words


def test_few_rows_are_said_to_be_few_instead_of_blaming_the_network():
    few = ErrorRate.from_rows(np.array([0.0, 0.0]), "error")
    words = right_tool(few, few, 0.5, "error", "test")
    assert "2 test rows are too few to tell whether the network (0.0 %) beats the trivial predictor" in words


def test_regression_is_compared_in_target_units():
    shared = DRAW.normal(0, 50_000, 2000)
    network = ErrorRate.from_rows((shared + DRAW.normal(0, 30_000, 2000)) ** 2, "rmse")
    boosting = ErrorRate.from_rows(shared**2, "rmse")
    words = right_tool(network, boosting, 115_000.0, "rmse", "test")
    assert words.startswith("Boosting (") and "%" not in words and "," in words
