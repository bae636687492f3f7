"""Dev sets that can and cannot tell models apart."""

import numpy as np
import pytest

from caviar.diagnosis.dev_set_too_small import dev_set_too_small
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence


def measured(error, rows, **others):
    return Evidence("error", dev_error=ErrorRate.from_figure(error, rows), **others)


@pytest.mark.parametrize(
    ("error", "rows", "verdict"),
    [
        (0.10, 100, "present"),
        (0.15, 1000, "present"),
        (0.15, 3000, "absent"),
        (0.01, 400, "absent"),
        (0.01, 100, "present"),
    ],
)
def test_verdict_goes_with_rows_and_error(error, rows, verdict):
    assert dev_set_too_small(measured(error, rows)).verdict == verdict


def test_the_number_of_rows_asked_for_is_enough():
    finding = dev_set_too_small(measured(0.10, 100))
    assert dev_set_too_small(measured(0.10, finding.evidence["rows_enough"])).verdict == "absent"
    assert dev_set_too_small(measured(0.10, finding.evidence["rows_enough"] // 2)).verdict == "present"
    assert finding.actions[0].by == "you" and f"{finding.evidence['rows_enough']:,}" in finding.actions[0].text


def test_members_that_err_on_the_same_rows_need_fewer():
    draw = np.random.default_rng(0)
    hard = draw.random(500) < 0.15
    alike = np.array([hard ^ (draw.random(500) < 0.01) for _ in range(8)], dtype=float)
    unlike = (draw.random((8, 500)) < 0.15).astype(float)
    assert dev_set_too_small(measured(0.15, 500)).verdict == "present"
    assert dev_set_too_small(measured(0.15, 500, candidate_errors=unlike)).verdict == "present"
    paired = dev_set_too_small(measured(0.15, 500, candidate_errors=alike))
    assert paired.verdict == "absent" and paired.evidence["smallest_difference"] < 0.02


def test_regression_weighs_it_against_the_trivial_error():
    def residuals(rows):
        return ErrorRate.from_rows(np.random.default_rng(1).normal(0, 3, rows) ** 2, "rmse")

    assert dev_set_too_small(Evidence("rmse", dev_error=residuals(50), trivial_error=4.0)).verdict == "present"
    assert dev_set_too_small(Evidence("rmse", dev_error=residuals(5000), trivial_error=4.0)).verdict == "absent"


def test_at_material_nought_no_dev_set_is_large_enough():
    finding = dev_set_too_small(measured(0.10, 100_000, material=0.0))
    assert finding.verdict == "present" and "rows_enough" not in finding.evidence


def test_missing_figures_are_named():
    assert "dev error is missing" in dev_set_too_small(Evidence("error")).meaning
    assert "number of dev rows is missing" in dev_set_too_small(measured(0.1, None)).meaning
    assert "trivial" in dev_set_too_small(Evidence("rmse", dev_error=ErrorRate.from_figure(3.0, 50, "rmse"))).meaning
