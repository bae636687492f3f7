"""Networks made sick and really trained: the diagnosis finds what was planted. `make ward` examines all of them."""

import pytest
from patients import HEALTHY, ROWS, SICK, Patient
from rounds import examine

QUICK = (
    "linear on signs",
    "wide on few noisy rows",
    "signs, small steps",
    "waves, impatient",
    "two sides, dropping",
    "60 dev rows of sides",
    "sides, 10 % wrong",
    "sides, half twice",
    "sides, leaking",
)


# no training shows these: they are in the rows, and tests/diagnosis plants them
TESTED_BY_THEMSELVES = {
    "class-imbalance", "rare-class", "shifted-columns", "constant-column", "identifier-column"
}  # fmt: skip


@pytest.mark.parametrize("patient", [one for one in SICK if one.name in QUICK], ids=lambda patient: patient.name)
def test_the_planted_disease_is_the_first_or_second_finding(patient: Patient) -> None:
    [result] = examine([patient])
    assert result.found, [str(finding) for finding in result.present]


@pytest.mark.parametrize(
    "patient", [one for one in HEALTHY if one.name in ("two sides", "waves")], ids=lambda p: p.name
)
def test_a_healthy_patient_has_no_finding_at_all(patient: Patient) -> None:
    [result] = examine([patient])
    assert not result.present and not result.alarmed


def test_a_patient_among_others_has_the_same_findings_as_alone() -> None:
    pair = [one for one in HEALTHY if one.training.rows == "two sides"]
    among, alone = examine(pair), examine(pair[:1])
    assert [finding.verdict for finding in among[0].findings] == [finding.verdict for finding in alone[0].findings]


def test_every_disease_has_two_patients_at_least_and_a_quick_one() -> None:
    planted = [patient.planted for patient in SICK]
    assert min(planted.count(disease) for disease in planted) >= 2
    quick = {patient.planted for patient in SICK if patient.name in QUICK}
    assert set(planted) - quick <= TESTED_BY_THEMSELVES
    assert len(HEALTHY) >= 6


def test_names_are_unique_and_all_rows_are_used() -> None:
    names = [patient.name for patient in SICK + HEALTHY]
    assert len(set(names)) == len(names)
    assert {patient.training.rows for patient in SICK + HEALTHY} == set(ROWS)
