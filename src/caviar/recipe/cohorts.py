"""Train one cohort after another within the budget, so that a kill loses at most a few seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caviar.core.progress import Progress
from caviar.population.settings import Settings
from caviar.recipe.budget import Budget
from caviar.recipe.checkpoints import load_cohort, load_members, save_cohort, save_members
from caviar.recipe.journal import Journal
from caviar.recipe.plans import Shape
from caviar.search.spaces import Space
from caviar.search.study import State, TrialRecord, TrialStore
from caviar.training import Cohort, Member, Plan, TrainingData, train_in_groups

CHECKPOINT_SECONDS = 10.0
LARGEST_CORRECTION = 2.0
KEPT_WEIGHTS = 16  # of each cohort: more can't win a place in the ensemble


@dataclass(frozen=True)
class CohortPlan:
    """What a cohort is to train; decided once, then remembered in the journal.

    expected_seconds: the estimate it was sized by; 0 where the clock has no say. seeds: of the members' first weights;
    () for seeds of their own.
    """

    shape: Shape
    epochs: int
    rungs: tuple[tuple[int, int], ...]
    settings: list[dict[str, Any]]
    expected_seconds: float = 0.0
    seeds: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "shape": self.shape.to_json(),
            "epochs": self.epochs,
            "rungs": [list(rung) for rung in self.rungs],
            "settings": [{name: _finite(value) for name, value in one.items()} for one in self.settings],
            "expected_seconds": self.expected_seconds,
            "seeds": list(self.seeds),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "CohortPlan":
        rungs = tuple((epoch, keep) for epoch, keep in value["rungs"])
        settings = [
            {name: float("inf") if entry is None else entry for name, entry in one.items()} for one in value["settings"]
        ]
        shape, seeds = Shape.from_json(value["shape"]), tuple(value.get("seeds", ()))
        return cls(shape, value["epochs"], rungs, settings, value["expected_seconds"], seeds)


def _finite(value: Any) -> Any:
    return None if value == float("inf") else value


@dataclass
class CohortTrainer:
    """Trains cohorts by number; what a cohort of that number already did is taken from its checkpoint.

    However short the time, the first cohort trains an epoch: a run always ends with a model.

    `pace` is how much slower cohorts have run than the estimates said; the next estimate is corrected by it.
    """

    folder: Path
    data: TrainingData
    seed: int
    budget: Budget
    journal: Journal
    store: TrialStore
    space: Space
    progress: Progress
    best_dev_error: float | None = None
    members: list[Member] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    cohorts_trained: int = 0
    record_seconds: float = 0.0
    pace: float = 1.0

    def train(self, stage: str, decide: Callable[[], CohortPlan], told: str = "") -> list[Member]:
        """Train the next cohort of the run by the plan that `decide` makes, or has made before a kill.

        `stage` goes into the members' records; progress shows `told`, or else the stage.
        """
        number = self.cohorts_trained
        self.cohorts_trained += 1
        plan = CohortPlan.from_json(self.journal.once(f"cohort {number}: plan", lambda: decide().to_json()))
        finished = self.folder / f"cohort-{number:03d}.safetensors"
        partial = self.folder / f"cohort-{number:03d}.part.safetensors"
        num_kept = max(KEPT_WEIGHTS, len(plan.seeds))  # a trial judges all its members
        if finished.exists():
            members = load_members(finished)
        else:
            members = self._run(stage, told or stage, plan, num_kept, partial)
            self._finish(members, finished, num_kept)
        partial.unlink(missing_ok=True)
        self._store(members)
        self.journal.once(f"cohort {number}: trained", lambda: len(members))
        self.budget.members_trained += len(members)
        if plan.expected_seconds:
            ratio = sum(member.seconds for member in members) / plan.expected_seconds
            self.pace *= min(max(ratio, 1 / LARGEST_CORRECTION), LARGEST_CORRECTION)
        self.members += members
        self.shapes += [plan.shape] * len(members)
        return members

    def shaped_members(self) -> list[tuple[Member, Shape]]:
        """All members so far, each with the shape of its cohort."""
        return list(zip(self.members, self.shapes, strict=True))

    def _run(self, stage: str, told: str, plan: CohortPlan, num_kept: int, partial: Path) -> list[Member]:
        training = Plan(plan.epochs, plan.shape.batch_size, self.seed, rungs=plan.rungs)
        saved, resumed = time.monotonic(), partial.exists()
        model_there = resumed or any(member.weights is not None for member in self.members)

        def out_of_time() -> bool:
            return self.budget.out_of_time() and model_there

        def after_epoch(cohort: Cohort) -> None:
            nonlocal saved, model_there
            model_there = True
            best = min((member.dev_error for member in cohort.members if member.best_epoch), default=None)
            if best is not None and (self.best_dev_error is None or best < self.best_dev_error):
                self.best_dev_error = best
            left = None if self.budget.seconds is None else max(self.budget.training_left, 0.0)
            self.progress.update(told, len(cohort.alive), self.best_dev_error, left)
            whole = len(cohort.members) == len(plan.settings)  # not where memory was short: see groups.py
            if whole and time.monotonic() - saved > CHECKPOINT_SECONDS:
                started = time.monotonic()
                save_cohort(partial, cohort, self.budget.elapsed)
                saved = time.monotonic()
                self.record_seconds += saved - started

        if resumed:
            cohort, seconds = load_cohort(partial, self.data, training)
            self.budget.resume_at(seconds)
            cohort.run(out_of_time, after_epoch)
            return cohort.members
        members = self._new_members(stage, plan)
        groups = train_in_groups(
            members, self.data, training, len(members), num_kept, after_epoch, out_of_time
        )  # one, or more where memory is short
        for _ in groups:
            pass
        return members

    def _new_members(self, stage: str, plan: CohortPlan) -> list[Member]:
        first, structure = len(self.members), plan.shape.structure
        seeds = plan.seeds or range(first, first + len(plan.settings))
        network = structure.build(self.data.train_features.shape[1], self.data.num_outputs)
        num_parameters = sum(parameter.numel() for parameter in network.parameters())
        return [
            Member(
                first + place,
                structure,
                Settings(1, seeds=[seed], **one).member(0),
                num_parameters,
                planned_epochs=plan.epochs,
                stage=stage,
            )
            for place, (one, seed) in enumerate(zip(plan.settings, seeds, strict=True))
        ]

    def _finish(self, members: list[Member], finished: Path, num_kept: int) -> None:
        """Write the members down; weights only of those that may still win a place."""
        started = time.monotonic()
        for member in sorted(members, key=lambda member: member.score)[num_kept:]:
            member.weights = None
        save_members(finished, members)
        self.record_seconds += time.monotonic() - started

    def _store(self, members: list[Member]) -> None:
        """Enter the cohort's trials into the study, all at once; those that are there already stay as they are."""
        started = time.monotonic()
        self.store.add([trial_of(member, self.space) for member in members])
        self.record_seconds += time.monotonic() - started


def trial_of(member: Member, space: Space) -> TrialRecord:
    """A member as a trial of the run's study."""
    state: State = "dropped" if member.state == "dropped" else "diverged" if member.state == "diverged" else "finished"
    return TrialRecord(
        member.number,
        {name: member.settings[name] for name in space},
        state,
        dev_error=member.dev_error if member.best_epoch else None,
        stage=member.stage,
        structure=str(member.structure),
        seconds=member.seconds,
        dev_errors={epoch: point[2] for epoch, point in enumerate(member.curves, start=1)},
        attributes={"num_parameters": member.num_parameters, "best_epoch": member.best_epoch, "state": member.state},
    )
