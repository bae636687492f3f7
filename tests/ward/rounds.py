"""Train the patients, and let the diagnosis look at them as in `caviar fit`: same preparation, ensemble, evidence."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from patients import ROWS, Patient, Training

from caviar.core.config import FitConfig
from caviar.core.records import Finding
from caviar.diagnosis.references import FittedReference, boosting, trivial
from caviar.population.settings import Settings
from caviar.recipe.ensemble import Pool
from caviar.recipe.examination import findings_of
from caviar.recipe.held_out import Trained, look_at_labels
from caviar.recipe.plans import Shape
from caviar.recipe.preparation import Prepared, prepare
from caviar.training import Cohort, Member, Plan

NUM_TREES = 30  # a reference that costs a second
NUM_FOLDS = 4


@dataclass(frozen=True)
class Examined:
    """A patient and its findings, the present ones first, in the order of `diagnose`."""

    patient: Patient
    findings: tuple[Finding, ...]

    @property
    def present(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.verdict == "present"]

    @property
    def found(self) -> bool:
        """Whether the planted disease is the first or second finding."""
        return self.patient.planted in [finding.id for finding in self.present[:2]]

    @property
    def alarmed(self) -> bool:
        """Whether any finding is of high severity."""
        return any(finding.severity == "high" for finding in self.present)


def examine(patients: Iterable[Patient]) -> list[Examined]:
    """Train all patients of one training as one population, and diagnose each by its own members."""
    lists: dict[Training, list[Patient]] = defaultdict(list)
    for patient in patients:
        lists[patient.training].append(patient)
    return [result for training, group in lists.items() for result in _examine_cohort(training, group)]


def _examine_cohort(training: Training, patients: list[Patient]) -> list[Examined]:
    prepared, config, references = _laid_out(training.rows)
    members: list[Member] = []
    beds = []
    for patient in patients:
        settings = Settings(patient.num_members, **patient.settings)
        beds.append(slice(len(members), len(members) + patient.num_members))
        members += [
            Member(len(members) + row, training.structure, settings.member(row), 0, training.epochs)
            for row in range(patient.num_members)
        ]
    Cohort(
        members, prepared.training, Plan(training.epochs, training.batch_size, seed=0, patience=training.patience)
    ).run()
    results = []
    for patient, bed in zip(patients, beds, strict=True):
        pool = Pool(prepared.training)
        pool.add(members[bed])
        check = None
        if patient.labels:
            best = Trained(
                Shape(training.structure, training.batch_size), (min(members[bed], key=lambda one: one.score),)
            )
            check = look_at_labels(best, NUM_FOLDS, prepared, seed=0)
        findings = findings_of(pool.choose(), pool, prepared, config, references, patient.num_members, check)
        results.append(Examined(patient, tuple(findings)))
    return results


@cache
def _laid_out(name: str) -> tuple[Prepared, FitConfig, dict[str, FittedReference]]:
    rows = ROWS[name]
    config = FitConfig.checked(
        data=name,
        target="answer",
        dev_share=rows.dev_share,
        test_share=0,
        human_error=rows.optimal_error,
        time=rows.time,
    )
    prepared = prepare(config, rows.make())
    references = {
        "trivial": trivial(prepared.split, prepared.coder),
        "boosting": boosting(prepared.split, prepared.coder, iterations=NUM_TREES),
    }
    return prepared, config, references
