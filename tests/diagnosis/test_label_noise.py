"""The verdict on labels, from the figures of a check."""

import pytest

from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.label_check import Doubt, LabelCheck
from caviar.diagnosis.label_noise import label_noise


def checked(contradicted, surest, of_half=None, mistakes=None, **others):
    check = LabelCheck(
        rows=10 * surest,
        mistakes=20 * contradicted if mistakes is None else mistakes,
        surest=surest,
        contradicted=contradicted,
        contradicted_of_half=5 * contradicted + 5 if of_half is None else of_half,
        doubted=10 * contradicted,
        file="label_issues.csv",
        examples=(Doubt("train", 17, "cat", "dog", 0.98),),
    )
    return label_noise(Evidence("error", "binary", label_check=check, **others))


@pytest.mark.parametrize(
    ("contradicted", "surest", "verdict", "severity"),
    [
        (0, 400, "absent", "low"),
        (2, 400, "absent", "low"),
        (16, 400, "present", "low"),
        (40, 400, "present", "medium"),
        (120, 400, "present", "high"),
        (0, 50, "cannot-tell", "low"),
        (2, 50, "cannot-tell", "low"),
        (15, 50, "present", "high"),
    ],
)
def test_the_share_of_contradicted_rows_decides_with_its_interval(contradicted, surest, verdict, severity):
    finding = checked(contradicted, surest)
    assert (finding.verdict, finding.severity) == (verdict, severity)


def test_where_most_mistakes_are_of_overlapping_classes_no_verdict_is_given():
    assert checked(40, 400, mistakes=4_000 * 0.2).verdict == "present"
    finding = checked(40, 400, mistakes=4_000 * 0.3)
    assert finding.verdict == "cannot-tell" and "classes that overlap" in finding.meaning and finding.actions


def test_few_rows_are_cleared_by_the_surer_half_of_all():
    assert checked(0, 50, of_half=0).verdict == "absent"
    assert checked(0, 50, of_half=4).verdict == "cannot-tell"


def test_the_rows_in_doubt_are_in_the_evidence_and_their_file_is_named():
    finding = checked(40, 400)
    assert finding.evidence["train row 17"] == "'cat', rather 'dog' (98%)"
    assert finding.evidence["wrong_labels_share"] == 0.1
    assert "label_issues.csv" in finding.meaning and "label_issues.csv" in finding.actions[0].text


def test_labels_that_are_wrong_as_often_as_a_person_errs_are_as_good_as_they_get():
    assert checked(40, 400, human_error=0.12).verdict == "absent"
    assert checked(40, 400, human_error=0.05).verdict == "present"


def test_what_is_missing_is_said():
    assert "Predictions" in label_noise(Evidence("error", "binary")).meaning
    skipped = label_noise(Evidence("error", "binary", label_check=LabelCheck("they take about 9 s")))
    assert skipped.verdict == "cannot-tell" and skipped.meaning.endswith("missing: they take about 9 s.")
    assert "Targets are numbers" in label_noise(Evidence("rmse", "regression")).meaning


def test_a_check_survives_json():
    check = LabelCheck(rows=5, examples=(Doubt("dev", 1, "a", "b", 0.5),))
    assert LabelCheck.from_json(check.to_json()) == check
