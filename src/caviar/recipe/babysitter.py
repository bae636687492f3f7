"""The panda: one network in training: watched, nudged, paused, taken back, and never restarted. Notes 3.3."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from caviar.core.config import TrainConfig
from caviar.core.errors import CaviarError, SettingsError
from caviar.core.files import write_json
from caviar.core.progress import Course, CourseProgress
from caviar.diagnosis.cohort_observer import CohortObserver
from caviar.recipe.nudge_log import Event, NudgeLog, changes_told
from caviar.recipe.nudges import NUDGEABLE, Values, nudged, parse_nudge
from caviar.recipe.preparation import Prepared
from caviar.recipe.requests import pending, withdraw
from caviar.recipe.standing import Standing
from caviar.recipe.standing_findings import StandingFindings
from caviar.recipe.waypoints import Waypoints
from caviar.training import Cohort, Member, Plan

MOST_OFTEN_SECONDS = 1.0  # that the run's standing is written down where nothing was asked


def _no() -> bool:
    return False


def _a_moment() -> None:
    time.sleep(0.2)


@dataclass(frozen=True)
class Attendance:
    """Who sits beside the run.

    Args:
        interrupted: whether to end soon, with the best weights.
        watched: whether somebody sees it: a run that diverges then waits to be rewound instead of ending.
        wait: called again and again while the run is paused.
    """

    interrupted: Callable[[], bool] = _no
    watched: bool = False
    wait: Callable[[], None] = _a_moment


class Rewound(Exception):  # noqa: N818 - a wish, no error
    """The path goes on from an earlier epoch."""

    def __init__(self, epoch: int):
        self.epoch = epoch


@dataclass
class Babysitter:
    """Trains one member and answers what is said to it, at the end of each epoch.

    The path is a function of the configuration and the log: a rewind, and a resumption after a kill, load a checkpoint
    and train on with the nudges that stand, which gives the same bits.
    """

    folder: Path
    config: TrainConfig
    prepared: Prepared
    new_member: Callable[[], Member]
    plan: Plan
    log: NudgeLog
    waypoints: Waypoints
    progress: CourseProgress
    findings: StandingFindings
    attendance: Attendance
    spent_seconds: float = 0.0
    reference: float | None = None
    observer: CohortObserver = field(default_factory=CohortObserver)
    cohort: Cohort = field(init=False)

    def __post_init__(self) -> None:
        self._began, self._written = time.monotonic(), -float("inf")

    @property
    def member(self) -> Member:
        return self.cohort.members[0]

    def run(self) -> None:
        """Train to the planned end, the budget's, or a wish to stop; then the member holds its best weights."""
        self.cohort = self._where_it_stood()
        while True:
            try:
                self._attend()
                self._begin_epoch()
                self.cohort.run(self._must_stop, self._after_epoch)
                return
            except Rewound as wish:
                self.observer.forget_after(wish.epoch)
                self.cohort = self._at(wish.epoch)

    def values(self) -> Values:
        """All that can be nudged, as it stands."""
        return {name: self.member.settings[name] for name in NUDGEABLE if name != "epochs"} | {
            "epochs": self.cohort.plan.epochs
        }

    def _last_change(self) -> int:
        """Epochs trained when the settings last changed."""
        return max((nudge.epoch for nudge in self.log.nudges()), default=0)

    def _must_stop(self) -> bool:
        if self.attendance.interrupted():
            return True
        budget, running = self.config.budget_seconds, time.monotonic() - self._began
        return budget is not None and self.member.best_epoch > 0 and self.spent_seconds + running > budget

    def _where_it_stood(self) -> Cohort:
        """The start, or where a kill left the run: its last checkpoint, or the last epoch at which it was spoken to."""
        last = self.log.events[-1:]
        spoken = (last[0].to_epoch if last[0].kind == "rewind" else last[0].epoch) if last else 0
        return self._at(max(self.waypoints.latest(), spoken), keep_time=False)

    def _at(self, epoch: int, keep_time: bool = True) -> Cohort:
        """The state at the end of an epoch: from the nearest checkpoint before, trained on by the log."""
        loaded = self.waypoints.load_before(epoch, self.prepared.training, self.plan)
        if loaded is None:
            cohort, seconds = Cohort([self.new_member()], self.prepared.training, self.plan), 0.0
        else:
            cohort, seconds = loaded
            cohort.plan = replace(self.plan, epochs=cohort.members[0].planned_epochs)
        self.spent_seconds = self.spent_seconds if keep_time else seconds
        if cohort.epoch < epoch:
            self.progress.say(f"Training again from epoch {cohort.epoch} to epoch {epoch}, where it was.")
        standing = self.log.nudges()
        while True:
            for nudge in standing:
                if nudge.epoch == cohort.epoch:
                    apply(cohort, nudge.changes)
            if cohort.epoch >= epoch or not cohort.alive:
                return cohort
            cohort.train_epoch()

    def _begin_epoch(self) -> None:
        self.observer.look(self.cohort, self._last_change())
        self._began = time.monotonic()

    def _after_epoch(self, cohort: Cohort) -> None:
        """Between two epochs: keep, look, tell, listen."""
        self.spent_seconds += time.monotonic() - self._began
        if cohort.alive:
            self.waypoints.save(cohort, self.spent_seconds)
        self.observer.hear(cohort)
        for told in self.findings.update(cohort, self.observer, self._last_change()):
            self.progress.say(told)
        if self.member.state == "diverged" and self.attendance.watched and not self.log.paused:
            self.log.add("pause", cohort.epoch)
            self.progress.say(
                f"Epoch {cohort.epoch}: diverged, and paused. Take it back with `caviar rewind {self.folder} "
                f"--to-epoch N`, or end it with Ctrl-C: the weights of epoch {self.member.best_epoch} are kept."
            )
        self._attend()
        self._begin_epoch()

    def _attend(self) -> None:
        """Answer what was said; stand still while the run is paused."""
        self._answer()
        self._tell()
        told = False
        while self.log.paused and not self.attendance.interrupted():
            if not told:
                self.progress.say(f"Paused after epoch {self.cohort.epoch}. `caviar unpause {self.folder}` goes on.")
                told = True
            self.attendance.wait()
            self._answer()
            self._tell()

    def _answer(self) -> None:
        for name, request in pending(self.folder):
            if self.log.answered(name) is None:
                event = self._answered(name, request)
                self.progress.say(told(event))
            else:  # a kill came between the answer and this
                event = None
            self._write_standing()
            withdraw(self.folder, name)
            if event is not None and event.kind == "rewind":
                raise Rewound(event.to_epoch)

    def _answered(self, name: str, request: dict[str, Any]) -> Event:
        """What comes of a request, written down before it acts."""
        kind, epoch = request["kind"], self.cohort.epoch
        try:
            if kind == "nudge":
                return self._nudge(name, request["nudges"])
            if kind == "rewind":
                return self._rewind(name, request["to_epoch"])
        except CaviarError as error:
            return self.log.add("refused", epoch, name, reason=str(error))
        return self.log.add(kind, epoch, name)

    def _nudge(self, name: str, texts: list[str]) -> Event:
        before = self.values()
        after = nudged(before, [parse_nudge(text) for text in texts], self.config, self.prepared.coder.task)
        changes = {setting: (before[setting], value) for setting, value in after.items()}
        event = self.log.add("nudge", self.cohort.epoch, name, changes=changes)
        apply(self.cohort, changes)
        return event

    def _rewind(self, name: str, to_epoch: int) -> Event:
        epoch = self.cohort.epoch
        if to_epoch > epoch:
            raise SettingsError(f"a rewind goes back: the run is at epoch {epoch}, before epoch {to_epoch}.")
        return self.log.add("rewind", epoch, name, to_epoch=to_epoch, undone=tuple(self.member.curves[to_epoch:]))

    def _tell(self) -> None:
        """How it stands, for whoever watches, and for commands from elsewhere."""
        budget = self.config.budget_seconds
        self.progress.draw(
            Course(
                tuple(self.member.curves),
                self.cohort.plan.epochs,
                self.member.best_epoch,
                [(event.epoch, changes_told(event.changes)) for event in self.log.nudges()],
                paused=self.log.paused,
                seconds_left=None if budget is None else max(0.0, budget - self.spent_seconds),
                reference=self.reference,
            )
        )
        if time.monotonic() - self._written > MOST_OFTEN_SECONDS:
            self._write_standing()

    def _write_standing(self) -> None:
        state = "paused" if self.log.paused else "training"
        task = self.prepared.coder.task
        values = {name: str(value) if value == float("inf") else value for name, value in self.values().items()}
        standing = Standing(state, self.cohort.epoch, values, task, [each.id for each in self.findings.present])
        write_json(self.folder / "standing.json", standing.to_json())
        self._written = time.monotonic()


def apply(cohort: Cohort, changes: dict[str, tuple[Any, Any]]) -> None:
    """Let a nudge act from the next epoch on."""
    values = {name: new for name, (_, new) in changes.items()}
    if (epochs := values.pop("epochs", None)) is not None:
        cohort.plan = replace(cohort.plan, epochs=epochs)
        for member in cohort.members:
            member.planned_epochs = epochs
    if values:
        cohort.change(values)


def told(event: Event) -> str:
    """One line about what came of a request."""
    at = f"After epoch {event.epoch}: "
    if event.kind == "nudge":
        return at + changes_told(event.changes)
    if event.kind == "rewind":
        return at + f"rewound to epoch {event.to_epoch}"
    if event.kind == "refused":
        return at + f"a request was refused: {event.reason}"
    return at + {"pause": "paused", "unpause": "unpaused"}[event.kind]
