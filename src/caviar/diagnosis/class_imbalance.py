"""One class is so frequent that a low error says nothing about the others. Notes 1.1."""

from typing import Any

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.data.wording import listed
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import paired_difference
from caviar.diagnosis.wording import figure

DISEASE = Disease("class-imbalance", section="1.1")
UNEVEN = 4.0  # a class is a minority that has at most a quarter of the largest one's rows
MISSED = 0.5  # recall
FEWEST_ROWS = 5

BALANCE = Action(
    "Weigh the classes (class_weights='balanced' in caviar.train), if missing a rare one costs more than a false alarm",
    "you",
    "Recall of the small classes rises; the overall error rises a little with it",
)
MORE = Action("Get more rows of the small classes", "you", "Their recall rises, and is measured more surely")


def class_imbalance(evidence: Evidence) -> Finding:
    """Present where a small class (a quarter of the largest one's rows or fewer) is missed: recall surely under ½.

    High where, besides, the network does not err less than always giving the most frequent class; else medium. Small
    classes that are recognised are no disease. Recall is measured on dev, with Wilson's interval.
    """
    data = evidence.data
    if data is None:
        return DISEASE.cannot_tell("The rows are missing.")
    if data.task == "regression":
        return DISEASE.absent("There are no classes: numbers are predicted.", 1.0)
    counts = data.counts["train"]
    largest = max(counts, key=lambda label: counts[label])
    figures: dict[str, Any] = {"largest_class": largest, "largest_class_share": counts[largest] / sum(counts.values())}
    small = [label for label, number in counts.items() if number * UNEVEN <= counts[largest]]
    if not small:
        return DISEASE.absent(
            f"No class has less than a quarter of the rows of the largest, {largest!r}.", 1.0, **figures
        )
    if evidence.dev_error is None or evidence.dev_error.per_row is None or data.dev_classes is None:
        return DISEASE.cannot_tell(f"{_named(small)} is small, but the dev error by class is missing.", **figures)
    recalls = {label: recall for label in small if (recall := _recall(evidence, label)) is not None}
    figures |= {f"{label} recognised_share": recall.estimate for label, recall in recalls.items()}
    missed = [label for label, recall in recalls.items() if recall.high is not None and recall.high < MISSED]
    if not missed:
        if not recalls:
            return DISEASE.cannot_tell(
                f"{_named(small)} is small, and dev rows of it are missing to see whether it is recognised.", **figures
            )
        worst = min(recalls, key=lambda label: recalls[label].estimate)
        return DISEASE.absent(
            f"The classes are uneven, but none of the small ones is surely missed: {worst!r} is recognised in "
            f"{recalls[worst].estimate:.0%} of its {recalls[worst].rows:,} dev rows.",
            0.8,
            **figures,
        )
    shown = listed(f"{label!r} in {recalls[label].estimate:.0%} of {recalls[label].rows:,} rows" for label in missed)
    useless = _no_better_than_trivial(evidence, largest)
    grave: Severity = "high" if useless else "medium"
    error = figure(evidence.dev_error.estimate, "error")
    beside = f"always answering {largest!r} errs no more often" if useless else f"it comes mostly from {largest!r}"
    return DISEASE.present(
        f"Small classes are recognised rarely ({shown}): the dev error of {error} looks good, but {beside}.",
        grave,
        0.9,
        BALANCE,
        MORE,
        **figures,
    )


def _recall(evidence: Evidence, label: str) -> ErrorRate | None:
    """Share of the class's dev rows that are answered right, with its interval; None where they are too few."""
    data, dev = evidence.data, evidence.dev_error
    assert data is not None and dev is not None and dev.per_row is not None
    errors = dev.per_row[data.dev_classes == data.classes.index(label)]
    return None if len(errors) < FEWEST_ROWS else ErrorRate.from_rows(1 - errors, "error")


def _no_better_than_trivial(evidence: Evidence, largest: str) -> bool:
    """Whether the network's mistakes are not surely fewer than those of always answering the largest class."""
    data, dev = evidence.data, evidence.dev_error
    assert data is not None and data.dev_classes is not None and dev is not None and dev.per_row is not None
    trivial = (data.dev_classes != data.classes.index(largest)).astype(np.float64)
    return paired_difference(dev.per_row, trivial, "error").high >= 0


def _named(labels: list[str]) -> str:
    return listed(map(repr, labels))
