"""Variance on the notes' textbook cases, on regression, on few rows, and where dev rows are of another kind."""

import numpy as np
import pytest

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.high_variance import high_variance


def measured(train, dev, *, rows=10_000, **others):
    return Evidence(
        "error",
        train_error=ErrorRate.from_figure(train, rows),
        dev_error=ErrorRate.from_figure(dev, rows),
        train_rows=rows,
        **others,
    )


@pytest.mark.parametrize(
    ("train", "dev", "verdict"),
    [
        (0.01, 0.11, "present"),
        (0.15, 0.16, "absent"),
        (0.15, 0.30, "present"),
        (0.005, 0.01, "absent"),
        (0.01, 0.03, "present"),
        (0.05, 0.04, "absent"),
    ],
)
def test_textbook_cases(train, dev, verdict):
    assert high_variance(measured(train, dev)).verdict == verdict


def test_present_variance_shows_its_figures_and_what_to_do():
    finding = high_variance(measured(0.01, 0.11))
    assert finding.severity == "high" and finding.confidence > 0.99
    assert finding.evidence["variance"] == pytest.approx(0.10)
    assert finding.evidence["variance_interval"] == pytest.approx([0.0936, 0.1066], abs=1e-3)
    assert [(action.by, action.change) for action in finding.actions] == [
        ("caviar", {"regularise": True}),
        ("you", {"more_data": True}),
    ]


@pytest.mark.parametrize("dev", [0.05, 0.10])
def test_few_rows_cannot_tell_and_say_so(dev):
    finding = high_variance(measured(0.05, dev, rows=60))
    assert finding.verdict == "cannot-tell"
    assert "60 train and 60 dev rows are too few" in finding.meaning


def test_a_huge_gap_shows_even_on_few_rows():
    assert high_variance(measured(0.0, 0.4, rows=50)).verdict == "present"


def test_material_moves_the_bar():
    assert high_variance(measured(0.01, 0.11, material=0.2)).verdict == "absent"
    assert high_variance(measured(0.15, 0.17, material=0.01)).verdict == "present"


def test_a_gap_to_rows_of_another_distribution_may_be_data_mismatch():
    finding = high_variance(measured(0.01, 0.11, same_distribution=False))
    assert finding.verdict == "cannot-tell"
    assert "train-dev" in finding.meaning and finding.actions[0].by == "you"
    assert high_variance(measured(0.01, 0.015, same_distribution=False)).verdict == "absent"


@pytest.mark.parametrize(("train_dev", "verdict"), [(0.015, "absent"), (0.10, "present")])
def test_the_train_dev_set_tells_variance_from_data_mismatch(train_dev, verdict):
    finding = high_variance(
        measured(0.01, 0.11, same_distribution=False, train_dev_error=ErrorRate.from_figure(train_dev, 5000))
    )
    assert finding.verdict == verdict
    assert finding.evidence["train_dev_error"] == train_dev and finding.evidence["dev_error"] == 0.11


def test_missing_figures_are_named():
    error = ErrorRate.from_figure(0.1, 100)
    assert "train error" in high_variance(Evidence("error", dev_error=error)).meaning
    assert "dev error" in high_variance(Evidence("error", train_error=error)).meaning
    assert "trivial" in high_variance(Evidence("rmse", train_error=error, dev_error=error)).meaning


def test_bare_figures_count_as_exact_at_half_confidence():
    train, dev = ErrorRate.from_figure(0.01), ErrorRate.from_figure(0.11)
    finding = high_variance(Evidence("error", train_error=train, dev_error=dev))
    assert finding.verdict == "present" and finding.confidence == 0.5 and "No row counts" in finding.meaning


@pytest.mark.parametrize(("train_noise", "verdict"), [(1.0, "present"), (2.9, "absent")])
def test_regression(train_noise, verdict):
    draw = np.random.default_rng(0)
    evidence = Evidence.from_rows(
        "regression", draw.normal(0, train_noise, 4000) ** 2, draw.normal(0, 3, 2000) ** 2, trivial_error=10.0
    )
    assert high_variance(evidence).verdict == verdict
