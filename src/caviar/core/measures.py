"""What a model can be judged by, as text: `f1`, `recall[yes]`, `latency_ms`. One number to judge by: C3.

Only names and facts stand here, so that a mistake is told before anything heavy is loaded; diagnosis/metrics.py
measures.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from caviar.core.errors import SettingsError, nearest
from caviar.core.records import Task

Unit = Literal["share", "number", "target", "ms", "count", "MB"]
INFINITY = float("inf")
MOST_NAMED = 12


@dataclass(frozen=True)
class MetricKind:
    """One metric: what it is, for which task, which end is the good one, and between which numbers it lies.

    task: "classes", "regression" or "any". of_class: whether it is of one class, of all, or of either. decides: it
    rests on decisions, so that another decision threshold changes it.
    """

    name: str
    about: str
    task: Literal["classes", "regression", "any"]
    better: Literal["low", "high"]
    unit: Unit
    low: float = 0.0
    high: float = 1.0
    of_class: Literal["no", "may", "must"] = "no"
    decides: bool = False


METRICS = {
    kind.name: kind
    for kind in (
        MetricKind("error", "share of rows wrong", "classes", "low", "share", decides=True),
        MetricKind("accuracy", "share of rows right", "classes", "high", "share", decides=True),
        MetricKind("balanced_error", "share wrong of each class, averaged", "classes", "low", "share", decides=True),
        MetricKind("f1", "harmonic mean of precision and recall", "classes", "high", "share", of_class="may",
                   decides=True),
        MetricKind("precision", "share right of the rows taken for a class", "classes", "high", "share",
                   of_class="must", decides=True),
        MetricKind("recall", "share found of the rows of a class", "classes", "high", "share", of_class="must",
                   decides=True),
        MetricKind("log_loss", "−log of the true class's probability, averaged", "classes", "low", "number",
                   high=INFINITY),
        MetricKind("auc", "chance that a row of the class ranks above another", "classes", "high", "share",
                   of_class="may"),
        MetricKind("rmse", "root of the mean squared error", "regression", "low", "target", high=INFINITY),
        MetricKind("mae", "mean absolute error", "regression", "low", "target", high=INFINITY),
        MetricKind("median_error", "median absolute error", "regression", "low", "target", high=INFINITY),
        MetricKind("r2", "share of the variance explained", "regression", "high", "number", low=-INFINITY),
        MetricKind("latency_ms", "milliseconds for one encoded row on this machine", "any", "low", "ms", high=INFINITY),
        MetricKind("parameters", "weights of all networks of the model", "any", "low", "count", high=INFINITY),
        MetricKind("size_mb", "megabytes of the model's weights on disk", "any", "low", "MB", high=INFINITY),
    )
}  # fmt: skip
RESOURCES = tuple(name for name, kind in METRICS.items() if kind.task == "any")


def default_measure(task: Task) -> "Measure":
    """What models are judged by where nothing is asked for."""
    return Measure("rmse" if task == "regression" else "error")


@dataclass(frozen=True)
class Measure:
    """A metric, of one class where `label` is set. As text `f1` or `f1[yes]`."""

    name: str
    label: str | None = None

    @property
    def kind(self) -> MetricKind:
        return METRICS[self.name]

    def __str__(self) -> str:
        return self.name if self.label is None else f"{self.name}[{self.label}]"

    def for_task(self, task: Task, classes: Sequence[str], rarest: str) -> "Measure":
        """The metric on data of this task; with two classes, f1 becomes that of the rarer one.

        Raises SettingsError where the metric is for the other task, or the class is unknown.
        """
        told = "regression" if task == "regression" else "classes"
        if self.kind.task not in (told, "any"):
            what = "numbers are" if told == "regression" else "classes are"
            raise SettingsError(
                f"{self.name} is not for this target, as {what} predicted. There is: {_names(told)}, {_names('any')}."
            )
        if self.label is not None and self.label not in classes:
            shown = ", ".join(classes[:MOST_NAMED]) + (" …" if len(classes) > MOST_NAMED else "")
            raise SettingsError(
                f"{self} names a class that the target does not have. It has {len(classes):,}: {shown}."
                + nearest(self.label, list(classes))
            )
        return replace(self, label=rarest) if self.name == "f1" and self.label is None and len(classes) == 2 else self


def parse_measure(text: str) -> Measure:
    """The metric that `text` names. Raises SettingsError with what there is."""
    found = re.fullmatch(r"\s*([^\[\]]*?)\s*(?:\[(.*)\])?\s*", text, re.DOTALL)
    name, label = found.groups() if found else (text.strip(), None)
    kind = METRICS.get(name)
    if kind is None:
        raise SettingsError(
            f"{name!r} is no metric.{nearest(name, list(METRICS))} There is, for classes: {_names('classes')}; "
            f"for numbers: {_names('regression')}; for both: {_names('any')}."
        )
    if label is None and kind.of_class == "must":
        raise SettingsError(f"{name} is of one class: write {name}[CLASS], such as {name}[yes].")
    if label is not None and kind.of_class == "no":
        raise SettingsError(f"{name} is not of one class: leave out [{label}].")
    return Measure(name, label)


def _names(task: str) -> str:
    return ", ".join(
        kind.name + {"no": "", "may": " or " + kind.name + "[CLASS]", "must": "[CLASS]"}[kind.of_class]
        for kind in METRICS.values()
        if kind.task == task
    )
