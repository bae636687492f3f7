"""What a run's final model is judged by: one optimising metric, any number of satisficing ones. C3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from caviar.core.config import RunConfig
from caviar.core.errors import SettingsError
from caviar.core.measures import Measure, default_measure, parse_measure
from caviar.core.records import Task
from caviar.core.requirements import Requirement, parse_requirements
from caviar.data.splits import Split
from caviar.data.targets import TargetCoder
from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.metric_intervals import measured
from caviar.diagnosis.metrics import Answers, value_of


@dataclass(frozen=True)
class Goals:
    """Metric and requirements, settled for the data: each names its class where it is of one.

    decides: whether a metric or requirement that was asked for rests on decisions. told: what was settled
    without being asked for, in a sentence; or "".
    """

    task: Task
    classes: tuple[str, ...]
    measure: Measure
    requirements: tuple[Requirement, ...]
    decides: bool
    told: str = ""

    @property
    def wants_threshold(self) -> bool:
        """Whether the decision threshold is to be chosen too; of several classes the likeliest is taken."""
        return self.decides and len(self.classes) == 2

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All that must be measured, each once."""
        return tuple(dict.fromkeys([self.measure, *(requirement.measure for requirement in self.requirements)]))

    @property
    def need_resources(self) -> bool:
        """Whether time or space is among them."""
        return any(measure.kind.task == "any" for measure in self.measures)

    def rows_alone(self, answers: Answers) -> dict[Measure, float | None]:
        """What rows alone decide: every measure but time and space."""
        measures = [one for one in self.measures if one.kind.task != "any"]
        return {one: value_of(one, answers, self.classes) for one in measures}

    def values(self, answers: Answers, resources: Mapping[str, Interval]) -> dict[Measure, float | None]:
        """Every measure on some rows; `resources` holds latency_ms, parameters and size_mb by name, where needed."""
        costs = {one: resources[one.name].estimate for one in self.measures if one.kind.task == "any"}
        return self.rows_alone(answers) | costs

    def measured(self, answers: Answers, resources: Mapping[str, Interval]) -> dict[Measure, Interval | None]:
        """The same with their intervals."""
        return {
            one: resources[one.name] if one.kind.task == "any" else measured(one, answers, self.classes)
            for one in self.measures
        }

    def shortfall(self, values: Mapping[Measure, float | None]) -> float:
        """How far the values are from all requirements, added up; 0 where all are satisfied."""
        return sum(requirement.shortfall(values[requirement.measure]) for requirement in self.requirements)

    def badness(self, values: Mapping[Measure, float | None]) -> float:
        """The optimising metric, turned so that lower is better; infinite where it could not be measured."""
        value = values[self.measure]
        return float("inf") if value is None else value if self.measure.kind.better == "low" else -value


def goals_of(config: RunConfig, split: Split, coder: TargetCoder) -> Goals | None:
    """The goals that the configuration states; None where it states none.

    Raises SettingsError for a metric of the other task, an unknown class, or a class that dev has no rows of.
    """
    if config.metric is None and not config.require:
        return None
    counts = np.bincount(coder.raw(split.train), minlength=len(coder.classes)).tolist() if coder.classes else []
    goals = settled_goals(config.metric, config.require, coder, rarest_class(coder.classes, counts))
    _check_dev(goals, coder.raw(split.dev))
    return goals


def settled_goals(metric: str | None, require: Sequence[str], coder: TargetCoder, rarest: str) -> Goals:
    """Goals from text. Raises SettingsError for a metric of the other task, or an unknown class."""
    asked = default_measure(coder.task) if metric is None else parse_measure(metric)
    measure = asked.for_task(coder.task, coder.classes, rarest)
    stated = parse_requirements(require)
    requirements = tuple(requirement.for_task(coder.task, coder.classes, rarest) for requirement in stated)
    wanted = [requirement.measure for requirement in requirements] + [measure] * (metric is not None)
    named = measure == asked and requirements == stated
    return Goals(
        coder.task,
        coder.classes,
        measure,
        requirements,
        any(one.kind.decides for one in wanted),
        "" if named else f"f1 is that of {rarest!r}, the rarer class; f1[CLASS] names another.",
    )


def rarest_class(classes: Sequence[str], counts: Sequence[int]) -> str:
    """The class with the fewest rows, the last of several; "" where there are no classes."""
    return classes[max(range(len(classes)), key=lambda place: (-counts[place], place))] if classes else ""


def _check_dev(goals: Goals, targets: np.ndarray) -> None:
    """Refuse what dev rows cannot measure: models are chosen on them."""
    for measure in goals.measures:
        if measure.label is not None and not (targets == goals.classes.index(measure.label)).any():
            raise SettingsError(
                f"{measure} is measured on dev rows of class {measure.label!r}, and dev has none among its "
                f"{len(targets):,} rows. Give dev more rows (--dev-share), or judge by something else."
            )
        if measure.name == "auc" and len(np.unique(targets)) < 2:
            raise SettingsError(
                f"{measure} needs dev rows of at least two classes, and all {len(targets):,} are of one. Give dev more "
                "rows (--dev-share), or judge by something else."
            )
