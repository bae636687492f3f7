"""Figures as a reader meets them."""

import pytest

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.wording import bare_note, error_evidence, figure, part_evidence, points, spread, three_figures


@pytest.mark.parametrize(
    ("share", "words"), [(0.081, "8.1 %"), (0.15, "15.0 %"), (0.0004, "0.04 %"), (0, "0.0 %"), (1, "100.0 %")]
)
def test_errors_are_per_cent_with_one_decimal_or_two_when_small(share, words):
    assert figure(share, "error") == words


def test_differences_are_points_and_one_is_singular():
    assert points(0.013, "error") == "1.3 points"
    assert points(0.01, "error") == "1.0 point"
    assert points(-0.0002, "error") == "-0.02 points"
    assert points(-0.00001, "error") == "0.0 points"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (48_123.4, "48,100"),
        (3.14159, "3.14"),
        (0.0012345, "0.00123"),
        (0, "0"),
        (-1234567, "-1,230,000"),
        (1.2e-9, "1.2e-09"),
        (999.9, "1,000"),
        (float("inf"), "inf"),
    ],
)
def test_target_units_have_three_figures_and_marked_thousands(value, words):
    assert three_figures(value) == words
    assert figure(value, "rmse") == points(value, "rmse") == words


def test_an_exact_difference_has_no_spread():
    assert spread(Interval(0.1, 0.1, 0.1), "error") == ""
    assert spread(Interval(0.013, 0.002, 0.024), "error") == " [0.2, 2.4]"
    assert spread(Interval(1300, 200, 2400), "rmse") == " [200, 2,400]"


def test_evidence_keeps_intervals_as_low_high_and_leaves_out_what_is_unknown():
    found = error_evidence(train=ErrorRate(0.1, 100, 0.05, 0.17), dev=ErrorRate(0.2), train_dev=None)
    assert found == {"train_error": 0.1, "train_interval": [0.05, 0.17], "train_rows": 100, "dev_error": 0.2}
    assert part_evidence("bias", Interval(0.1, 0.05, 0.17), 0.02) == {
        "bias": 0.1,
        "bias_interval": [0.05, 0.17],
        "material": 0.02,
    }
    assert part_evidence("bias", Interval(0.1, 0.1, 0.1), 0.02) == {"bias": 0.1, "material": 0.02}


def test_bare_figures_are_called_so_only_where_all_are_bare():
    assert "count as exact" in bare_note(ErrorRate(0.1), ErrorRate(0.2))
    assert bare_note(ErrorRate(0.1), ErrorRate(0.2, 10, 0.1, 0.4)) == ""
