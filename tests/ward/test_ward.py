"""Networks made sick and really trained: the diagnosis finds what was planted. `make ward` examines all of them."""

import re
from pathlib import Path

import pytest
from patient import AnyPatient, Outpatient, Patient, kind_of
from patients import HEALTHY, SICK
from rounds import examine
from ward_arrays import ARRAYS
from ward_tables import ROWS

from caviar.diagnosis.data_diseases import DATA_DISEASES
from caviar.diagnosis.diagnose import DISEASES
from caviar.diagnosis.more_data import FUTILE, HELPS
from caviar.diagnosis.training_diseases import TRAINING_DISEASES

ROOT = Path(__file__).parents[2]

QUICK_SICK = (
    "linear on signs",
    "signs, small steps",
    "waves, impatient",
    "two sides, dropping",
    "60 dev rows of sides",
    "sides, 10 % wrong",
    "sides, leaking",
    "sides, others in dev",
    "signs, large weights",
    "sides, norm of two",
    "diabetes, plain, rate x100",
    "40 sigmoids, pictures",
    "all zero, cancer",
    "sides by twos",
    "half a slope",
    "pictures at a saddle",
)
QUICK_HEALTHY = ("two sides", "waves", "convolutions, batch norm", "cancer, plain", "convolutions, not trained yet")


@pytest.mark.parametrize("patient", [one for one in SICK if one.name in QUICK_SICK], ids=lambda one: one.name)
def test_the_planted_disease_is_the_first_or_second_finding(patient: AnyPatient) -> None:
    [result] = examine([patient])
    assert result.found, [str(finding) for finding in result.present]


@pytest.mark.parametrize("patient", [one for one in HEALTHY if one.name in QUICK_HEALTHY], ids=lambda one: one.name)
def test_a_healthy_patient_has_no_finding_at_all(patient: AnyPatient) -> None:
    [result] = examine([patient])
    assert not result.present and not result.alarmed


def test_a_patient_among_others_has_the_same_findings_as_alone() -> None:
    pair = [one for one in HEALTHY if isinstance(one, Patient) and one.training.rows == "two sides"]
    among, alone = examine(pair), examine(pair[:1])
    assert [finding.verdict for finding in among[0].findings] == [finding.verdict for finding in alone[0].findings]


def test_every_disease_has_patients_of_two_kinds_at_least() -> None:
    known = {disease.__name__.replace("_", "-") for disease in (*DISEASES, *DATA_DISEASES, *TRAINING_DISEASES)}
    kinds = {name: {kind_of(one) for one in SICK if one.planted == name} for name in known | {HELPS.id, FUTILE.id}}
    assert {name: found for name, found in kinds.items() if len(found) < 2} == {}
    assert {one.planted for one in SICK} == set(kinds)


def test_there_are_60_sick_and_25_healthy_ones_of_every_kind() -> None:
    assert len(SICK) >= 60 and len(HEALTHY) >= 25
    assert {kind_of(one) for one in HEALTHY} == {
        (how, rows) for how in ("of Caviar", "watched", "looked at") for rows in ("pictures", "classes", "numbers")
    }


def test_a_second_name_has_a_reason_and_the_healthy_have_none() -> None:
    assert all(bool(one.also) == bool(one.because) and one.also != one.planted for one in SICK)
    assert all(one.planted is None and one.also is None for one in HEALTHY)


def test_the_page_lists_all_patients_and_the_readme_says_what_the_page_says() -> None:
    page = (ROOT / "docs" / "ward.md").read_text(encoding="utf-8")
    listed = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")][2:]
    assert listed == [one.name for one in (*SICK, *HEALTHY)]
    found, alarms = re.search(r"(\d+) of \d+ sick .* (\d+) of \d+ healthy", page).groups()
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"Of {len(SICK)} small trainings" in readme and f"finding in {found}; " in readme
    assert alarms == "0" and f"none of {len(HEALTHY)} healthy ones" in readme


def test_names_are_unique_and_all_rows_are_used() -> None:
    patients = (*SICK, *HEALTHY)
    names = [patient.name for patient in patients]
    assert len(set(names)) == len(names)
    assert {one.training.rows for one in patients if isinstance(one, Patient)} == set(ROWS)
    assert {one.rows for one in patients if isinstance(one, Outpatient)} == set(ARRAYS)
    assert set(QUICK_SICK) | set(QUICK_HEALTHY) <= set(names)
