"""The recipe: baseline, coarse search, then rounds of diagnose → act → measure, while it pays. Notes 1.3."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caviar.core.config import FitConfig
from caviar.core.progress import Progress
from caviar.core.records import Finding, Step
from caviar.diagnosis.error_rate import metric_of
from caviar.diagnosis.intervals import paired_difference
from caviar.diagnosis.label_check import LabelCheck
from caviar.diagnosis.references import FittedReference
from caviar.recipe.budget import Budget
from caviar.recipe.coarse import search_coarsely
from caviar.recipe.cohorts import CohortTrainer
from caviar.recipe.diary import Diary
from caviar.recipe.ensemble import Ensemble, Pool
from caviar.recipe.examination import findings_of
from caviar.recipe.held_out import check_labels
from caviar.recipe.journal import Journal
from caviar.recipe.planner import Planner
from caviar.recipe.plans import MOST_MEMBERS, Shape
from caviar.recipe.preparation import Prepared
from caviar.recipe.reference_lines import fit_references
from caviar.recipe.rounds import play_round
from caviar.recipe.row_figures import MOST_TRAIN_ROWS
from caviar.recipe.searches import Search, baseline
from caviar.recipe.setups import Setup
from caviar.recipe.trial_words import shown_error
from caviar.search.spaces import Space
from caviar.training import Member

BASELINE_MEMBERS = 8
BASELINE_SHARE, BOOSTING_SHARE = 0.05, 0.1
ROUNDS_WITHOUT_GAIN = 2


@dataclass
class Recipe:
    """The state of the loop. `run` fills pool, ensemble and diary; everything it decides goes through the journal.

    shapes: those tried, the best first. base: the best way to train found so far, which actions change and searches
    look around. base_score: of the best member trained so. base_since: the first member, by number, that may move the
    base. repeats: members that a trial trained as its control, which the next search offers to the ensemble with its
    own. without_gain: (name, action) of what brought nothing.
    """

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
    shapes: list[Shape] = field(default_factory=list)
    base: Setup | None = None
    base_score: float = math.inf
    base_since: int = 0
    repeats: list[Member] = field(default_factory=list)
    without_gain: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.pool = Pool(self.prepared.training)
        self.num_rows = len(self.prepared.split.train)
        self.is_regression = self.prepared.coder.task == "regression"
        self.planner = Planner(self.prepared.training, self.config.seed, self.budget, self.trainer)
        self.diary = Diary(self.folder, self.progress)
        self._train_error: float | None = None

    def run(self) -> None:
        """Everything up to the final ensemble."""
        self._fit_references()
        first = baseline(self.num_rows, self.is_regression, self.space)
        self.attempt("baseline", first, self.planner.share(BASELINE_SHARE), most=BASELINE_MEMBERS)
        search_coarsely(self)
        self.label_check = check_labels(self.trainer, self.prepared, self.folder)
        self.look_around()
        without_gain, number = 0, 0
        while not self._stop(number, without_gain):
            gained = play_round(self, number)
            self.look_around()
            without_gain = 0 if gained else without_gain + 1
            number += 1

    def _stop(self, number: int, without_gain: int) -> bool:
        """Whether to end before this round, and why. A time budget with next to nothing left counts as used up."""
        assert self.ensemble is not None
        target = self.config.target_error
        answer: str | None = self.journal.once(
            f"stop before round {number}",
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

    def room(self) -> bool:
        """Whether another cohort may start."""
        room: bool = self.journal.once(
            f"room before cohort {self.trainer.cohorts_trained}", lambda: self.budget.used_up is None
        )
        return room

    def attempt(self, stage: str, search: Search, share: float, most: int = MOST_MEMBERS) -> bool:
        """Train a search's cohort, measure what it brings to the ensemble, keep it if it pays, write the step down.

        It pays where the ensemble's dev loss falls: the error moves in steps of one row, too coarse to choose by.
        """
        before, began = self.ensemble, self.budget.elapsed
        members = self.trainer.train(stage, lambda: self.planner.plan(search, share, most))
        offered = [*members, *self.repeats]
        widened = self.pool.with_members(offered)
        effect: dict[str, Any] = {
            "dev_error_before": before.error if before else None,
            "dev_loss_before": before.loss if before else None,
            "kept": False,
        }
        after = widened.choose() if widened.members else None
        if after is not None:
            effect |= {"dev_error_after": after.error, "dev_loss_after": after.loss}
            if before is not None:
                gap = paired_difference(after.row_errors, before.row_errors, metric_of(self.prepared.coder.task))
                effect |= {"difference": gap.estimate, "low": gap.low, "high": gap.high, "covers": "dev rows"}
            if before is None or after.loss < before.loss:
                self.adopt(offered, after)
                effect["kept"] = True
        kept: bool = effect["kept"]
        effect["ensemble"] = self.standing()
        told = f"{stage}: {search.action} ({len(members)} members)"
        if after is not None:
            told += f" → dev {shown_error(after.error, self.is_regression)}, {'kept' if kept else 'no gain'}"
        seconds = round(self.budget.elapsed - began, 2)
        words = (search.finding, search.action, search.expected)
        self.diary.write(Step(self.diary.steps, stage, *words, effect, seconds, len(members)), [told])
        return kept

    def adopt(self, members: Sequence[Member], ensemble: Ensemble) -> None:
        """Take members into the pool, and go on with an ensemble that was chosen with them."""
        self.pool.add(members)
        taken = {member.number for member in members}
        self.repeats = [member for member in self.repeats if member.number not in taken]
        self.ensemble, self._train_error = ensemble, None

    def standing(self) -> dict[str, float] | None:
        """The ensemble's errors as they are now; train error on some thousand rows."""
        if self.ensemble is None:
            return None
        if self._train_error is None:
            self._train_error = self.pool.train_error(self.ensemble, MOST_TRAIN_ROWS)
        return {"train_error": self._train_error, "dev_error": self.ensemble.error, "dev_loss": self.ensemble.loss}

    def look_around(self) -> None:
        """Rank the shapes by their best members, move the base to a better member, and diagnose the ensemble."""
        best: dict[Shape, float] = dict.fromkeys(self.shapes, math.inf)
        shape_of: dict[int, Shape] = {}
        for member, shape in self.trainer.shaped_members():
            shape_of[member.number] = shape
            if member.structure.hidden:
                best[shape] = min(best.get(shape, math.inf), member.score)
        self.shapes = sorted(best, key=lambda shape: best[shape])
        newer = [member for member in self.pool.members if member.number >= self.base_since]
        hidden = [member for member in newer if member.structure.hidden]
        if hidden and hidden[0].score < self.base_score:
            self.base, self.base_score = Setup.of(hidden[0], shape_of[hidden[0].number]), hidden[0].score
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
