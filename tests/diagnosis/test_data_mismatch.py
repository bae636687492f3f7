"""Data mismatch by the train-dev set: the notes' cases, few rows, and what is said where there is no such set."""

import numpy as np
import pytest

from caviar.diagnosis.data_mismatch import data_mismatch
from caviar.diagnosis.diagnose import diagnose, next_action, verdict_words
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence, Reference
from caviar.diagnosis.high_bias import high_bias


def measured(train, train_dev, dev, *, rows=10_000, **others):
    errors = {"train_error": train, "train_dev_error": train_dev, "dev_error": dev}
    rates = {name: None if value is None else ErrorRate.from_figure(value, rows) for name, value in errors.items()}
    return Evidence("error", **{"same_distribution": False, **rates, **others})


@pytest.mark.parametrize(
    ("train", "train_dev", "dev", "words"),
    [
        (0.01, 0.015, 0.10, "data mismatch"),
        (0.01, 0.09, 0.10, "high variance"),
        (0.10, 0.11, 0.12, "high bias"),
        (0.10, 0.11, 0.20, "high bias and data mismatch"),
        (0.01, 0.09, 0.20, "high variance and data mismatch"),
        (0.01, 0.015, 0.02, "neither high bias nor high variance"),
    ],
)
def test_the_notes_table_of_train_train_dev_and_dev_errors(train, train_dev, dev, words):
    assert verdict_words(diagnose(measured(train, train_dev, dev, human_error=0.0))) == words


def test_present_mismatch_shows_all_three_errors_and_what_to_do():
    finding = data_mismatch(measured(0.01, 0.015, 0.10))
    assert finding.severity == "high" and finding.confidence > 0.99 and finding.section == "C3"
    assert finding.evidence["mismatch"] == pytest.approx(0.085)
    low, high = finding.evidence["mismatch_interval"]
    spread = 1.96 * np.sqrt(0.1 * 0.9 / 1e4 + 0.015 * 0.985 / 1e4)  # two shares by the plain normal formula
    assert (low, high) == pytest.approx((0.085 - spread, 0.085 + spread), abs=2e-4)
    for part in ("train", "train_dev", "dev"):
        assert {f"{part}_error", f"{part}_interval", f"{part}_rows"} <= set(finding.evidence)
    assert [action.by for action in finding.actions] == ["you", "you"]
    assert next_action(diagnose(measured(0.01, 0.015, 0.10))).startswith("Data mismatch: look at dev mistakes")


def test_few_rows_cannot_tell_and_say_so():
    finding = data_mismatch(measured(0.01, 0.05, 0.09, rows=60))
    assert finding.verdict == "cannot-tell"
    assert "60 train-dev and 60 dev rows are too few" in finding.meaning


def test_a_dev_set_easier_than_train_is_no_mismatch():
    assert data_mismatch(measured(0.05, 0.10, 0.02)).verdict == "absent"


def test_without_a_train_dev_error_it_depends_on_where_dev_rows_come_from():
    same, other, unknown = (measured(0.01, None, 0.1, same_distribution=origin) for origin in (True, False, None))
    assert data_mismatch(same).verdict == "absent"
    assert data_mismatch(other).verdict == "cannot-tell" and data_mismatch(other).actions
    assert data_mismatch(unknown).verdict == "cannot-tell" and not data_mismatch(unknown).actions


def test_regression_is_measured_in_the_targets_units():
    draw = np.random.default_rng(0)
    rates = {
        name: ErrorRate.from_rows(draw.normal(0, noise, 3000) ** 2, "rmse")
        for name, noise in (("train_error", 1.0), ("train_dev_error", 1.05), ("dev_error", 3.0))
    }
    finding = data_mismatch(Evidence("rmse", **rates, same_distribution=False, trivial_error=10.0))
    assert finding.verdict == "present" and finding.evidence["mismatch"] == pytest.approx(1.95, abs=0.15)
    assert "trivial" in data_mismatch(Evidence("rmse", **rates, same_distribution=False)).meaning


def test_boostings_error_on_train_dev_rows_bounds_the_reachable_error_where_dev_rows_are_of_another_kind():
    boosting = Reference(
        "boosting",
        None,
        ErrorRate.from_figure(0.3, 10_000),
        train_dev_error=ErrorRate.from_figure(0.02, 10_000),
    )
    finding = high_bias(measured(0.10, 0.11, 0.12, reference=boosting))
    assert finding.verdict == "present" and "boosting's train-dev error of 2.0 %" in finding.meaning
    assert high_bias(measured(0.10, 0.11, 0.12, reference=boosting, same_distribution=True)).verdict == "cannot-tell"
