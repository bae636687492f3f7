"""High means above zero by more than chance, and material."""

import pytest

from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.judgement import confidence, judge, severity

MATERIAL = 0.02


@pytest.mark.parametrize(
    ("part", "verdict"),
    [
        (Interval(0.05, 0.03, 0.07), "present"),
        (Interval(0.05, -0.01, 0.11), "cannot-tell"),  # material, but chance would do
        (Interval(0.01, 0.005, 0.015), "absent"),  # surely above zero, surely immaterial
        (Interval(0.015, 0.005, 0.025), "absent"),  # measured as immaterial on enough rows
        (Interval(0.01, -0.05, 0.07), "cannot-tell"),  # measured as immaterial on too few
        (Interval(-0.05, -0.09, -0.01), "absent"),
        (Interval(0.03 - 0.01, 0.015, 0.025), "present"),  # two points, whatever binary makes of it
    ],
)
def test_a_part_is_high_when_above_zero_and_material(part, verdict):
    assert judge(part, MATERIAL) == verdict


def test_nothing_is_too_small_to_matter_at_material_nought():
    assert judge(Interval(0.001, 0.0005, 0.0015), 0.0) == "present"
    assert judge(Interval(-0.001, -0.0015, -0.0005), 0.0) == "absent"
    assert judge(Interval(0.001, -0.0005, 0.0025), 0.0) == "cannot-tell"
    assert judge(Interval(0.0, 0.0, 0.0), 0.0) == "absent"


def test_severity_grows_with_size_relative_to_material():
    assert [severity(Interval(size, 0, 1), MATERIAL) for size in (0.02, 0.039, 0.04, 0.079, 0.08, 0.5)] == [
        "low",
        "low",
        "medium",
        "medium",
        "high",
        "high",
    ]


def test_confidence_is_the_share_of_a_normal_interval_on_the_verdicts_side():
    assert confidence(Interval(0.02, 0.01, 0.03), MATERIAL, "present") == 0.5
    assert confidence(Interval(0.03, 0.02, 0.04), MATERIAL, "present") == pytest.approx(0.975)
    assert confidence(Interval(0.01, 0.0, 0.02), MATERIAL, "absent") == pytest.approx(0.975)
    assert confidence(Interval(0.15, 0.14, 0.16), MATERIAL, "present") > 0.999


def test_exact_figures_and_open_questions_claim_no_confidence():
    assert confidence(Interval(0.15, 0.15, 0.15), MATERIAL, "present") == 0.5
    assert confidence(Interval(0.05, -0.01, 0.11), MATERIAL, "cannot-tell") == 0.0
