"""Bias on the notes' textbook cases, on regression, without a human figure, and where figures are missing."""

import numpy as np
import pytest

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence, Reference
from caviar.diagnosis.high_bias import high_bias


def measured(train, *, rows=10_000, boosting=None, dev_rows=3_000, **others):
    """Evidence of a train error on so many rows, perhaps beside boosting's dev error."""
    reference = None if boosting is None else Reference("boosting", None, ErrorRate.from_figure(boosting, dev_rows))
    return Evidence("error", train_error=ErrorRate.from_figure(train, rows), reference=reference, **others)


@pytest.mark.parametrize(
    ("train", "human", "verdict"),
    [
        (0.15, 0.00, "present"),
        (0.01, 0.00, "absent"),
        (0.005, 0.00, "absent"),
        (0.15, 0.15, "absent"),
        (0.15, 0.14, "absent"),
    ],
)
def test_textbook_cases_against_a_human(train, human, verdict):
    assert high_bias(measured(train, human_error=human)).verdict == verdict


def test_present_bias_shows_its_figures_and_what_to_do():
    finding = high_bias(measured(0.15, human_error=0.01))
    assert finding.severity == "high" and finding.confidence > 0.99 and finding.section == "1.2"
    assert finding.evidence["bias"] == pytest.approx(0.14)
    low, high = finding.evidence["bias_interval"]
    assert 0.13 < low < 0.14 < high < 0.15
    assert finding.evidence["proxy"] == "human" and finding.evidence["material"] == 0.02
    assert [(action.by, action.change) for action in finding.actions] == [
        ("caviar", {"widen": True}),
        ("caviar", {"loosen": True}),
        ("caviar", {"train_longer": True}),
        ("caviar", {"deepen": True}),
        ("you", {}),
    ]


def test_few_rows_cannot_tell_and_say_so():
    finding = high_bias(measured(0.05, rows=40, human_error=0.02))
    assert finding.verdict == "cannot-tell"
    assert "40 train rows are too few" in finding.meaning


def test_train_error_above_boostings_dev_error_is_bias():
    finding = high_bias(measured(0.15, boosting=0.07))
    assert finding.verdict == "present"
    assert "at least" in finding.meaning and finding.evidence["proxy"] == "boosting"


def test_train_error_one_point_above_boosting_means_at_least_one_point_of_bias():
    finding = high_bias(measured(0.08, boosting=0.07))
    assert finding.verdict == "cannot-tell"
    assert "at least about 1.0 point" in finding.meaning
    assert high_bias(measured(0.08, boosting=0.07, material=0.005, rows=40_000, dev_rows=20_000)).verdict == "present"


def test_train_error_below_boosting_cannot_tell_and_asks_for_a_human():
    finding = high_bias(measured(0.06, boosting=0.07))
    assert finding.verdict == "cannot-tell"
    assert "--human-error" in finding.meaning and finding.actions[0].by == "you"


def test_a_train_error_that_is_itself_immaterial_needs_no_proxy():
    finding = high_bias(measured(0.003))
    assert finding.verdict == "absent"
    assert "at most the train error" in finding.meaning


def test_nothing_to_measure_against_cannot_tell():
    finding = high_bias(measured(0.08))
    assert finding.verdict == "cannot-tell"
    assert "no human error" in finding.meaning and "--human-error" in finding.actions[0].text


def test_train_error_below_the_human_error_makes_the_human_no_proxy():
    alone = high_bias(measured(0.10, human_error=0.15))
    assert alone.verdict == "cannot-tell" and "no proxy" in alone.meaning and alone.actions == ()
    beside_boosting = high_bias(measured(0.10, human_error=0.15, boosting=0.04))
    assert beside_boosting.verdict == "present" and "no proxy" in beside_boosting.meaning


def test_boosting_below_the_human_error_makes_the_human_no_proxy():
    finding = high_bias(measured(0.15, human_error=0.15, boosting=0.07))
    assert finding.verdict == "present" and finding.evidence["proxy"] == "boosting"
    assert "boosting's dev error is below it" in finding.meaning


def test_a_train_error_below_the_human_one_by_chance_leaves_the_human_in_place():
    finding = high_bias(measured(0.148, human_error=0.15))
    assert finding.verdict == "absent" and finding.evidence["proxy"] == "human"


def test_boosting_on_rows_of_another_distribution_bounds_nothing():
    assert high_bias(measured(0.15, boosting=0.07, same_distribution=False)).verdict == "cannot-tell"


def test_missing_figures_are_named():
    assert "train error" in high_bias(Evidence("error")).meaning
    finding = high_bias(Evidence("rmse", train_error=ErrorRate.from_figure(3.0, 100, "rmse")))
    assert finding.verdict == "cannot-tell" and "trivial" in finding.meaning


def test_bare_figures_count_as_exact_at_half_confidence():
    finding = high_bias(Evidence("error", train_error=ErrorRate.from_figure(0.15), human_error=0.01))
    assert finding.verdict == "present" and finding.confidence == 0.5
    assert "No row counts" in finding.meaning and "bias_interval" not in finding.evidence


@pytest.mark.parametrize(("noise", "verdict"), [(3.0, "present"), (1.1, "absent")])
def test_regression_against_a_human(noise, verdict):
    residuals = np.random.default_rng(0).normal(0, noise, 4000)
    evidence = Evidence.from_rows("regression", residuals**2, residuals[:500] ** 2, trivial_error=10.0, human_error=1.0)
    finding = high_bias(evidence)
    assert finding.verdict == verdict
    assert finding.evidence["material"] == 0.5


def test_regression_above_boosting_is_bias():
    draw = np.random.default_rng(1)
    boosting = Reference("boosting", None, ErrorRate.from_rows(draw.normal(0, 2, 1000) ** 2, "rmse"))
    evidence = Evidence.from_rows(
        "regression", draw.normal(0, 3, 4000) ** 2, draw.normal(0, 3, 1000) ** 2, trivial_error=10.0, reference=boosting
    )
    assert high_bias(evidence).verdict == "present"
