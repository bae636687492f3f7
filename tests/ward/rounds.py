"""Train the patients, and let the diagnosis look at them as in `caviar fit`: same preparation, ensemble, evidence."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import torch
from patient import AnyPatient, Outpatient, Patient, Training
from torch import nn
from torch.nn import functional
from ward_arrays import arrays
from ward_tables import ROWS, Rows

import caviar
from caviar.core.config import FitConfig
from caviar.core.records import Finding
from caviar.data.schema import Schema, read_like
from caviar.data.splits import split
from caviar.data.tables import load
from caviar.data.train_dev import with_train_dev
from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.more_data import more_data
from caviar.diagnosis.references import FittedReference, boosting, trivial
from caviar.diagnosis.training_diseases import examine as examine_training
from caviar.diagnosis.watch import Watcher
from caviar.diagnosis.whole import whole
from caviar.population.settings import Settings
from caviar.recipe.ensemble import Pool
from caviar.recipe.examination import gather_evidence, health_of_best
from caviar.recipe.held_out import Trained, look_at_labels
from caviar.recipe.model import model_of
from caviar.recipe.plans import Shape
from caviar.recipe.preparation import Prepared, encoded, prepare
from caviar.recipe.rows_curve import FEWEST_ROWS, RowsPlan, errors_by_rows
from caviar.training import Cohort, Member, Plan

NUM_TREES = 30  # a reference that costs a second
NUM_FOLDS = 4
REPEATS = 3


@dataclass(frozen=True)
class Examined:
    """A patient and its findings, the present ones first, in the order in which they are shown."""

    patient: AnyPatient
    findings: tuple[Finding, ...]

    @property
    def present(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.verdict == "present"]

    @property
    def _leading(self) -> list[str]:
        return [finding.id for finding in self.present[:2]]

    @property
    def found(self) -> bool:
        """Whether the planted disease, by one of its names, is the first or second finding."""
        return self.found_as_planted or self.patient.also in self._leading

    @property
    def found_as_planted(self) -> bool:
        """Whether it is by its first name."""
        return self.patient.planted in self._leading

    @property
    def alarmed(self) -> bool:
        """Whether any finding is of high severity."""
        return any(finding.severity == "high" for finding in self.present)


def examine(patients: Iterable[AnyPatient]) -> list[Examined]:
    """The same order; patients of one training train as one population, each is diagnosed by its own members."""
    patients, lists = list(patients), defaultdict(list)
    for patient in patients:
        if isinstance(patient, Patient):
            lists[patient.training].append(patient)
    found = {one.patient.name: one for training, group in lists.items() for one in _examine_cohort(training, group)}
    return [
        Examined(one, tuple(_examine_plain(one))) if isinstance(one, Outpatient) else found[one.name]
        for one in patients
    ]


def _examine_plain(patient: Outpatient) -> list[Finding]:
    """Train a plain module in a plain loop, and ask its watcher, or what it shows as it stands."""
    torch.manual_seed(0)
    (features, targets), network = arrays(patient.rows), patient.network()
    loss = functional.mse_loss if targets.is_floating_point() else functional.cross_entropy
    watcher = None
    if patient.optimizer is not None:
        optimizer = patient.optimizer(network.parameters())
        if patient.watched:
            watcher = caviar.watch(network, optimizer, num_steps=patient.steps, num_rows=len(features))
        _train(network, optimizer, features, targets, loss, patient, watcher)
    return caviar.diagnose(network, (features, targets), loss) if watcher is None else watcher.findings()


def _train(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    features: torch.Tensor,
    targets: torch.Tensor,
    loss: Callable,
    patient: Outpatient,
    watcher: Watcher | None,
) -> None:
    order = torch.Generator().manual_seed(0)
    for _ in range(patient.steps):
        rows = torch.randperm(len(features), generator=order)[: patient.batch_size]
        value = loss(network(features[rows]), targets[rows])
        if watcher is not None:
            watcher.loss(value)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()


def _examine_cohort(training: Training, patients: list[Patient]) -> list[Examined]:
    members: list[Member] = []
    beds = []
    for patient in patients:
        settings = Settings(patient.num_members, **patient.settings)
        beds.append(slice(len(members), len(members) + patient.num_members))
        members += [
            Member(len(members) + row, training.structure, settings.member(row), 0, training.epochs)
            for row in range(patient.num_members)
        ]
    prepared, _, _ = _laid_out(training.rows)
    Cohort(
        members, prepared.training, Plan(training.epochs, training.batch_size, seed=0, patience=training.patience)
    ).run()
    return [
        Examined(patient, tuple(_findings(patient, members[bed]))) for patient, bed in zip(patients, beds, strict=True)
    ]


def _findings(patient: Patient, members: list[Member]) -> list[Finding]:
    """As at the end of a run: errors and curves of the ensemble, the best member's training, all ranked as one list."""
    prepared, config, references = _laid_out(patient.training.rows)
    pool = Pool(prepared.training)
    pool.add(members)
    ensemble = pool.choose()
    check = None
    if patient.labels:
        best = min(members, key=lambda one: one.score)
        shape = Shape(patient.training.structure, patient.training.batch_size)
        check = look_at_labels(Trained(shape, (best,)), NUM_FOLDS, prepared, seed=0)
    model = model_of(prepared, ensemble.members, ensemble.weights)
    evidence = gather_evidence(model, ensemble, pool, prepared, config, references, len(members), True, check)
    rows = []
    if patient.by_rows:
        sizes = next(each for each in (5, 4, 3) if len(prepared.split.train) >> (each - 1) >= FEWEST_ROWS)
        plan = RowsPlan(pool.members[0].number, sizes, REPEATS)
        curve = errors_by_rows(pool.members[0], pool, prepared.training, 0, plan)
        rows = more_data(curve, evidence.metric, evidence.material_size, evidence.dev_error)
    inside = examine_training(health_of_best(pool, prepared, config))
    return whole([*diagnose(evidence), *rows, *inside])


@cache
def _laid_out(name: str) -> tuple[Prepared, FitConfig, dict[str, FittedReference]]:
    rows = ROWS[name]
    config = FitConfig.checked(
        data=name,
        target="answer",
        dev=None if rows.dev is None else "rows of another origin",
        dev_share=rows.dev_share if rows.dev is None else None,
        test_share=0 if rows.dev is None else None,
        human_error=rows.optimal_error,
        time=rows.time,
    )
    prepared = prepare(config, rows.make()) if rows.dev is None else _with_own_dev(rows)
    references = {
        "trivial": trivial(prepared.split, prepared.coder),
        "boosting": boosting(prepared.split, prepared.coder, iterations=NUM_TREES),
    }
    return prepared, config, references


def _with_own_dev(rows: Rows) -> Prepared:
    """As `prepare` does with a dev file, whose rows are at hand here."""
    assert rows.dev is not None
    table = load(rows.make(), "answer")
    dev = read_like(rows.dev(), Schema.of(table), target_needed=True)
    return encoded(table, with_train_dev(split(table, seed=0, test_share=0, dev=dev), seed=0), "a table of its own")
