"""High variance (overfitting): the dev error lies materially above the train error. Notes 1.2, 1.3, C3."""

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import NOTHING_MATERIAL, Disease
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import difference
from caviar.diagnosis.judgement import confidence, judge, severity
from caviar.diagnosis.wording import bare_note, error_evidence, figure, part_evidence, points, spread, too_few_rows

DISEASE = Disease("high-variance", section="1.2")

REGULARISE = Action(
    "Search stronger regularisation (L2, weight decay, dropout, early stopping)",
    "caviar",
    "The gap from train to dev error narrows; too much of it turns into bias",
    {"regularise": True},
)
MORE_DATA = Action(
    "Get more train rows", "you", "The gap from train to dev error narrows; bias hardly changes", {"more_data": True}
)
TRAIN_DEV = Action(
    "Set aside train rows as a train-dev set",
    "you",
    "Its error tells variance from a mismatch between the distributions of train and dev",
)


def high_variance(evidence: Evidence) -> Finding:
    """Variance = dev error − train error, judged by its interval and its size (judgement.py).

    Where train and dev come from different distributions the gap mixes variance with data mismatch; then the train-dev
    error stands in for the dev error, and without it a material gap cannot be told apart.
    """
    train, dev, train_dev = evidence.train_error, evidence.dev_error, evidence.train_dev_error
    metric, material = evidence.metric, evidence.material_size
    name, held_out = ("dev", dev) if train_dev is None else ("train-dev", train_dev)
    figures = error_evidence(train=train, dev=dev, train_dev=train_dev)
    if train is None or held_out is None:
        missing = "The train error in test mode" if train is None else "The dev error"
        return DISEASE.cannot_tell(f"{missing} is missing.", **figures)
    if material is None:
        return DISEASE.cannot_tell(NOTHING_MATERIAL, **figures)

    variance = difference(held_out.interval, train.interval)
    verdict = judge(variance, material)
    figures |= part_evidence("variance", variance, material)
    size, enough = f"{points(variance.estimate, metric)}{spread(variance, metric)}", points(material, metric)
    theirs, ours = f"The {name} error of {figure(held_out.estimate, metric)}", figure(train.estimate, metric)
    beside = f"{theirs} stands beside a train error of {ours}: variance {size}"
    if verdict == "absent":
        return DISEASE.absent(
            f"{beside}, where {enough} would be material.{bare_note(train, held_out)}",
            confidence(variance, material, verdict),
            **figures,
        )
    if verdict == "cannot-tell":
        few = too_few_rows({"train": train, name: held_out})
        return DISEASE.cannot_tell(f"{beside}; {few} to tell whether it is as much as {enough}.", **figures)
    above = f"{theirs} lies {size} above the train error of {ours}"
    if evidence.same_distribution is False and train_dev is None:
        return DISEASE.cannot_tell(
            f"{above}, but train and dev rows come from different distributions: that may be "
            "variance or data mismatch. The error on a train-dev set would tell.",
            TRAIN_DEV,
            **figures,
        )
    rows = f"{evidence.train_rows:,} train rows" if evidence.train_rows else "train rows"
    return DISEASE.present(
        f"{above}: the network has learned its {rows} better than what they have in common."
        f"{_if_alike(evidence)}{bare_note(train, held_out)}",
        severity(variance, material),
        confidence(variance, material, verdict),
        REGULARISE,
        MORE_DATA,
        **figures,
    )


def _if_alike(evidence: Evidence) -> str:
    """What the verdict rests on where nobody said whether dev rows are like the train rows."""
    if evidence.same_distribution is None and evidence.train_dev_error is None:
        return " That holds if dev rows are like the train rows; otherwise it takes the error on a train-dev set."
    return ""
