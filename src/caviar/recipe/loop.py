"""The recipe: baseline, coarse search, then rounds of diagnose → act → measure, while it pays. Notes 1.3."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from caviar.core.config import FitConfig
from caviar.core.files import append_json_line, read_json_lines
from caviar.core.progress import Progress
from caviar.core.records import Finding, Step
from caviar.diagnosis.error_rate import metric_of
from caviar.diagnosis.intervals import paired_difference
from caviar.diagnosis.label_check import LabelCheck
from caviar.diagnosis.references import FittedReference
from caviar.networks.mlp import MLP
from caviar.recipe.actions import Candidate, candidates
from caviar.recipe.budget import Budget
from caviar.recipe.cohorts import CohortPlan, CohortTrainer
from caviar.recipe.ensemble import Ensemble, Pool
from caviar.recipe.examination import findings_of
from caviar.recipe.held_out import check_labels
from caviar.recipe.journal import Journal
from caviar.recipe.plans import (
    FEWEST_EPOCHS,
    MOST_MEMBERS,
    Shape,
    coarse_epochs,
    first_shapes,
    halving_rungs,
    measure_cost,
    members_within,
)
from caviar.recipe.preparation import Prepared
from caviar.recipe.reference_lines import fit_references
from caviar.search.coarse_to_fine import FEWEST_TRIALS, propose
from caviar.search.halving import member_epochs
from caviar.search.spaces import Space

BASELINE_MEMBERS = 8
COARSE_SHARE, ROUND_SHARE, BASELINE_SHARE, BOOSTING_SHARE = 0.4, 0.2, 0.05, 0.1
PANDA_SHARE = 0.5
FEWEST_FOR_A_POPULATION, FEWEST_PER_STRUCTURE = 10, 4
SENSIBLE = {
    "learning_rate": 5e-3,
    "drop_rate": 0.2,
    "input_drop_rate": 0.05,
    "weight_decay": 0.02,
    "label_smoothing": 0.0,
    "l2": 0.0,
    "beta1": 0.9,
    "init_gain": 1.0,
}
ROUNDS_WITHOUT_GAIN = 2
LINEAR = MLP(hidden=())


@dataclass
class Recipe:
    """The state of the loop. `run` fills pool, ensemble and steps; everything it decides goes through the journal."""

    folder: Path
    config: FitConfig
    prepared: Prepared
    budget: Budget
    journal: Journal
    trainer: CohortTrainer
    space: Space
    progress: Progress
    references: dict[str, FittedReference] = field(default_factory=dict)
    ensemble: Ensemble | None = None
    findings: list[Finding] = field(default_factory=list)
    label_check: LabelCheck | None = None
    mode: str = "caviar"
    stopped_because: str = ""
    steps: int = 0
    without_gain: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.pool = Pool(self.prepared.training)
        self.num_rows = len(self.prepared.split.train)
        self.shapes: list[Shape] = []

    def run(self) -> None:
        """Everything up to the final ensemble."""
        self._fit_references()
        self._baseline()
        self._coarse_search()
        self.label_check = check_labels(self.trainer, self.prepared, self.folder)
        self._examine()
        without_gain, round_number = 0, 0
        while not self._stop(round_number, without_gain):
            gained = self._round(round_number)
            without_gain = 0 if gained else without_gain + 1
            round_number += 1

    def _stop(self, round_number: int, without_gain: int) -> bool:
        """Whether to end before this round, and why. A time budget with next to nothing left counts as used up."""
        assert self.ensemble is not None
        target = self.config.target_error
        answer: str | None = self.journal.once(
            f"stop before round {round_number}",
            lambda: (
                "target"
                if target is not None and self.ensemble.error <= target  # type: ignore[union-attr]
                else self.budget.used_up
                or ("no-gain" if without_gain >= ROUNDS_WITHOUT_GAIN else self._too_little_left())
            ),
        )
        self.stopped_because = answer or ""
        return answer is not None

    def _too_little_left(self) -> str | None:
        if self.budget.seconds is None:
            return None
        return "budget" if self.budget.training_left < 0.02 * self.budget.seconds else None

    def _fit_references(self) -> None:
        """The two lines to measure against."""
        self.progress.update("references", 0, None, self.budget.training_left if self.budget.seconds else None)
        limit = None if self.budget.seconds is None else BOOSTING_SHARE * self.budget.seconds
        self.references = fit_references(self.prepared, self.config.seed, self.journal, limit)

    def _baseline(self) -> None:
        """First a quick system: logistic or linear regression, which every later network has to beat."""
        shape = Shape(LINEAR, first_shapes(self.num_rows)[0].batch_size)
        kind = "linear" if self.prepared.coder.task == "regression" else "logistic"
        candidate = Candidate(
            "baseline",
            "none",
            f"a quick baseline: {kind} regression",
            "a first error to improve on",
            shape,
            max(FEWEST_EPOCHS, coarse_epochs(self.num_rows, shape.batch_size) // 2),
            Space({name: self.space[name] for name in ("learning_rate", "weight_decay")}),
        )
        self._try("baseline", candidate, self._share(BASELINE_SHARE), most=BASELINE_MEMBERS)

    def _coarse_search(self) -> None:
        """A few structures, many settings in each, drawn at random on their scales; losers leave early."""
        shapes = first_shapes(self.num_rows)
        plan = self.journal.once("coarse search", lambda: self._plan_coarse(shapes))
        self.mode = plan["mode"]
        if self.mode == "panda":
            self.progress.say("The budget does not train ten models: one at a time is nursed instead (panda).")
        self.shapes = shapes[: plan["structures"]]
        for shape in self.shapes:
            candidate = Candidate(
                "random search",
                "none",
                f"random search: {shape}",
                "dev error falls below the baseline's",
                shape,
                coarse_epochs(self.num_rows, shape.batch_size),
                self.space,
                zoomed=False,
            )
            if self._room():
                self._try("coarse search", candidate, plan["share"])
        self._rank_shapes()

    def _plan_coarse(self, shapes: list[Shape]) -> dict[str, Any]:
        """Panda or caviar, how many structures, and what each may spend."""
        if self.budget.members is None:
            epochs = coarse_epochs(self.num_rows, shapes[0].batch_size)
            affordable = self.budget.training_left / (self._cost(shapes[0]) * epochs)
        else:
            affordable = self.budget.members_left
        if affordable < FEWEST_FOR_A_POPULATION:
            return {"mode": "panda", "structures": 1, "share": self._share(PANDA_SHARE)}
        structures = min(len(shapes), max(1, int(COARSE_SHARE * affordable // FEWEST_PER_STRUCTURE)))
        return {"mode": "caviar", "structures": structures, "share": self._share(COARSE_SHARE / structures)}

    def _round(self, number: int) -> bool:
        """One turn: act on the findings in several ways, measure each, keep what pays. True if something did."""
        tried = candidates(self.findings, self.shapes, self._best_epochs(), self.space, self.without_gain)
        if not tried:
            return False
        plan = self.journal.once(f"round {number}", lambda: self._plan_round(len(tried)))
        gained = False
        for one in tried[: plan["candidates"]]:
            if self._room():
                if self._try(f"round {number + 1}: {one.name}", one, plan["share"]):
                    gained = True
                else:
                    self.without_gain.add((one.name, one.action))
        self._rank_shapes()
        self._examine()
        return gained

    def _plan_round(self, num_candidates: int) -> dict[str, Any]:
        """How many candidates, and what each may spend: one at a time for a panda, fewer where little is left."""
        full = ROUND_SHARE * (self.budget.members or self.budget.seconds or 0)
        share = self._share(ROUND_SHARE, of_all=True)
        if self.mode == "panda" or share >= full:
            affordable = 1 if self.mode == "panda" else num_candidates
        else:
            affordable = min(num_candidates, max(1, round(num_candidates * share / full)))
        return {"candidates": affordable, "share": share / affordable}

    def _room(self) -> bool:
        """Whether another cohort may start."""
        room: bool = self.journal.once(
            f"room before cohort {self.trainer.cohorts_trained}", lambda: self.budget.used_up is None
        )
        return room

    def _share(self, share: float, of_all: bool = False) -> float:
        """A share of what is left of the budget (or of all, but never more than is left), in seconds or in members."""
        if self.budget.members is not None:
            return max(
                1.0,
                min(share * (self.budget.members if of_all else self.budget.members_left), self.budget.members_left),
            )
        assert self.budget.seconds is not None
        left = max(self.budget.training_left, 0.0)
        return min(share * (self.budget.seconds if of_all else left), left)

    def _try(self, stage: str, candidate: Candidate, share: float, most: int = MOST_MEMBERS) -> bool:
        """Train a candidate's cohort, measure what it brings to the ensemble, keep it if it pays, write the step down.

        It pays where the ensemble's dev loss falls: the error moves in steps of one row, too coarse to choose by.
        """
        before, began = self.ensemble, self.budget.elapsed
        members = self.trainer.train(stage, lambda: self._plan(candidate, share, most))
        widened = self.pool.with_members(members)
        kept = False
        effect: dict[str, Any] = {
            "dev_error_before": before.error if before else None,
            "dev_loss_before": before.loss if before else None,
            "kept": False,
        }
        if widened.members:
            after = widened.choose()
            kept = before is None or after.loss < before.loss
            effect |= {"dev_error_after": after.error, "dev_loss_after": after.loss, "kept": kept}
            if before is not None:
                gap = paired_difference(after.row_errors, before.row_errors, metric_of(self.prepared.coder.task))
                effect |= {"difference": gap.estimate, "low": gap.low, "high": gap.high}
            if kept:
                self.pool.add(members)
                self.ensemble = after
        self._write_step(stage, candidate, effect, began, len(members))
        return kept

    def _write_step(
        self, stage: str, candidate: Candidate, effect: dict[str, Any], began: float, num_members: int
    ) -> None:
        """One line of the diary, unless it was written before a kill."""
        step = Step(
            self.steps,
            stage,
            candidate.finding,
            candidate.action,
            candidate.expected,
            effect,
            round(self.budget.elapsed - began, 2),
            num_members,
        )
        self.steps += 1
        diary = self.folder / "steps.jsonl"
        if len(read_json_lines(diary)) <= step.number:
            append_json_line(diary, step.to_json())
            after = effect.get("dev_error_after")
            self.progress.say(
                f"{stage}: {candidate.action} ({num_members} members)"
                + ("" if after is None else f" → dev {self._shown(after)}, {'kept' if effect['kept'] else 'no gain'}")
            )

    def _shown(self, error: float) -> str:
        return f"RMSE {error:,.4g}" if self.prepared.coder.task == "regression" else f"error {error:.2%}"

    def _plan(self, candidate: Candidate, share: float, most: int) -> CohortPlan:
        """How many members and epochs the share pays for, and with which settings."""
        epochs, cost = candidate.epochs, 0.0
        if self.budget.members is not None:
            num_members = int(min(most, max(1, round(share)), self.budget.members_left))
        else:
            cost = self._cost(candidate.shape)
            num_members = min(most, members_within(share, cost, epochs))
            epochs = max(1, min(epochs, int(share / cost))) if num_members == 1 else epochs
        rungs = halving_rungs(num_members, epochs)
        expected = cost * member_epochs(num_members, epochs, rungs)
        return CohortPlan(candidate.shape, epochs, rungs, self._draw(candidate, num_members), expected)

    def _cost(self, shape: Shape) -> float:
        """Seconds for one member's epoch: a short measurement, corrected by how far off the last ones were."""
        return measure_cost(shape, self.prepared.training, num_members=MOST_MEMBERS // 2) * self.trainer.pace

    def _draw(self, candidate: Candidate, num_members: int) -> list[dict[str, Any]]:
        """Settings of a new cohort. A fresh random search has sensible ones (SENSIBLE) among them."""
        seed = self.config.seed * 1_000 + self.trainer.cohorts_trained
        if candidate.zoomed:
            columns = propose(candidate.space, *self._trials(candidate), num_members, seed)
        else:
            columns = candidate.space.sample(num_members, seed)
            if candidate.name == "random search":
                columns = {name: column.copy() for name, column in columns.items()}
                for name, value in SENSIBLE.items():
                    if name in columns:
                        columns[name][0] = value
        return [
            {name: np.asarray(column[row]).item() for name, column in columns.items()} for row in range(num_members)
        ]

    def _trials(self, candidate: Candidate) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Settings by name, (trial,), and scores to learn from: the members of the shape, if there are enough."""
        networks = [(member, shape) for member, shape in self.trainer.shaped_members() if member.structure.hidden]
        same = [member for member, shape in networks if shape == candidate.shape]
        trials = same if len(same) >= FEWEST_TRIALS else [member for member, _ in networks]
        columns = {name: np.array([member.settings[name] for member in trials]) for name in candidate.space}
        return columns, np.array([member.score for member in trials])

    def _best_epochs(self) -> int:
        """Planned epochs of the best member so far."""
        return self.pool.members[0].planned_epochs

    def _rank_shapes(self) -> None:
        """The shapes by the score of their best member."""
        best: dict[Shape, float] = dict.fromkeys(self.shapes, math.inf)
        for member, shape in self.trainer.shaped_members():
            if member.structure.hidden:
                best[shape] = min(best.get(shape, math.inf), member.score)
        self.shapes = sorted(best, key=lambda shape: best[shape])

    def _examine(self) -> None:
        """The diagnosis of the ensemble as it stands."""
        if self.ensemble is not None:
            self.findings = findings_of(
                self.ensemble,
                self.pool,
                self.prepared,
                self.config,
                self.references,
                self.budget.members_trained,
                self.label_check,
            )
