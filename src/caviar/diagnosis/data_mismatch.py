"""Data mismatch: dev rows are unlike train rows, and the network errs on them for that reason. Notes 1.1, C3."""

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import NOTHING_MATERIAL, Disease
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.high_variance import TRAIN_DEV
from caviar.diagnosis.intervals import difference
from caviar.diagnosis.judgement import confidence, judge, severity
from caviar.diagnosis.wording import bare_note, error_evidence, figure, part_evidence, points, spread, too_few_rows

DISEASE = Disease("data-mismatch", section="C3")

COMPARE = Action(
    "Look at dev mistakes beside train rows, and at the notices about columns that differ, to see what sets dev apart",
    "you",
    "Names what train rows lack; by itself it changes no error",
)
LIKE_DEV = Action(
    "Get train rows like the dev rows: collect them, make them, or move some dev rows into train",
    "you",
    "The dev error falls towards the train-dev error; more rows of the old kind would hardly help",
    {"more_data": True},
)


def data_mismatch(evidence: Evidence) -> Finding:
    """Mismatch = dev error − train-dev error, judged by its interval and its size (judgement.py).

    Train-dev rows are like the train rows and were not trained on, as dev rows were not: what separates the two errors
    is their distributions alone. Dev rows cut from the table of the train rows cannot mismatch.
    """
    dev, train_dev = evidence.dev_error, evidence.train_dev_error
    metric, material = evidence.metric, evidence.material_size
    figures = error_evidence(train=evidence.train_error, train_dev=train_dev, dev=dev)
    if dev is None:
        return DISEASE.cannot_tell("The dev error is missing.", **figures)
    if train_dev is None:
        return _without_train_dev(evidence)
    if material is None:
        return DISEASE.cannot_tell(NOTHING_MATERIAL, **figures)

    mismatch = difference(dev.interval, train_dev.interval)
    verdict = judge(mismatch, material)
    figures |= part_evidence("mismatch", mismatch, material)
    size, enough = f"{points(mismatch.estimate, metric)}{spread(mismatch, metric)}", points(material, metric)
    theirs, ours = f"The dev error of {figure(dev.estimate, metric)}", figure(train_dev.estimate, metric)
    beside = f"{theirs} stands beside a train-dev error of {ours}: mismatch {size}"
    if verdict == "absent":
        return DISEASE.absent(
            f"{beside}, where {enough} would be material.{bare_note(dev, train_dev)}",
            confidence(mismatch, material, verdict),
            **figures,
        )
    if verdict == "cannot-tell":
        few = too_few_rows({"train-dev": train_dev, "dev": dev})
        return DISEASE.cannot_tell(f"{beside}; {few} to tell whether it is as much as {enough}.", **figures)
    return DISEASE.present(
        f"{theirs} lies {size} above the train-dev error of {ours}, on rows that were not trained on either but are "
        f"like the train rows: what was learned does not carry over to rows like dev's.{bare_note(dev, train_dev)}",
        severity(mismatch, material),
        confidence(mismatch, material, verdict),
        COMPARE,
        LIKE_DEV,
        **figures,
    )


def _without_train_dev(evidence: Evidence) -> Finding:
    """Dev rows of the same source are alike; of others it takes a train-dev error to tell."""
    if evidence.same_distribution:
        return DISEASE.absent("Dev and train rows were cut from the same rows, so they are alike.", 1.0)
    figures = error_evidence(train=evidence.train_error, dev=evidence.dev_error)
    missing = "the error on a train-dev set, rows like train's that were not trained on, is missing."
    if evidence.same_distribution is None:
        return DISEASE.cannot_tell(f"Whether dev rows are like the train rows is not known, and {missing}", **figures)
    return DISEASE.cannot_tell(
        f"Dev rows come from another source than train rows, and {missing}", TRAIN_DEV, **figures
    )
