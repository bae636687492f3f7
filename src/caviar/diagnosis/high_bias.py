"""High bias (underfitting): the train error lies materially above the reachable error. Notes 1.2, 1.3."""

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import NOTHING_MATERIAL, Disease
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import difference
from caviar.diagnosis.judgement import confidence, judge, severity
from caviar.diagnosis.reachable import reachable_error
from caviar.diagnosis.wording import bare_note, error_evidence, figure, part_evidence, points, spread

DISEASE = Disease("high-bias", section="1.2")

WIDEN = Action(
    "Search bigger networks",
    "caviar",
    "The train error falls; well regularised, a bigger network costs no variance",
    {"widen": True},
)
TRAIN_LONGER = Action(
    "Train longer", "caviar", "The train error falls, unless its curve is flat already", {"train_longer": True}
)
LOOSEN = Action(
    "Weaken what holds the network back: L2, weight decay, dropout, label smoothing",
    "caviar",
    "The train error falls where these cost more than they bring",
    {"loosen": True},
)
DEEPEN = Action("Add a layer", "caviar", "The train error falls where features build on features", {"deepen": True})
OTHER_INPUTS = Action(
    "Add features that tell the rows apart, or try another architecture",
    "you",
    "The train error falls where the present inputs do not hold the answer",
)
ASK_A_HUMAN = Action(
    "Say with --human-error which error a careful person makes on such rows",
    "you",
    "Then bias gets a yes or a no: the train error is measured against it",
)


def high_bias(evidence: Evidence) -> Finding:
    """Bias = train error − reachable error (reachable.py), judged by its interval and its size (judgement.py).

    Bias never exceeds the train error itself, so a train error that is not material settles the matter without a proxy.
    Where the reachable error is only bounded from above, so is the bias from below: it can be present, but not absent.
    """
    train, metric, material = evidence.train_error, evidence.metric, evidence.material_size
    if train is None:
        return DISEASE.cannot_tell("The train error in test mode is missing.")
    figures = error_evidence(train=train)
    if material is None:
        return DISEASE.cannot_tell(NOTHING_MATERIAL, **figures)
    reachable, note = reachable_error(evidence)
    ours, enough = f"The train error of {figure(train.estimate, metric)}", points(material, metric)
    if train.interval.high < material:
        return DISEASE.absent(
            f"{ours} is itself below {enough}, and bias is at most the train error.{note}",
            confidence(train.interval, material, "absent"),
            **figures,
            material=material,
        )
    ask = [ASK_A_HUMAN] if evidence.human_error is None else []
    if reachable is None:
        human = "no human error" if ask else "no human error that would do"
        bar = _bar(train, material)
        figures |= {"material": material} | ({} if bar is None else {"high_below_error": bar})
        until = "" if bar is None else f" Bias is high if less than {figure(bar, metric)} is reachable."
        return DISEASE.cannot_tell(
            f"{ours} has nothing to be measured against: {human}, and no reference on rows like the train rows."
            f"{until}{note}",
            *ask,
            **figures,
        )

    bias = difference(train.interval, reachable.error.interval)
    verdict = judge(bias, material)
    figures |= {
        **error_evidence(reachable=reachable.error),
        "proxy": reachable.name,
        **part_evidence("bias", bias, material),
    }
    size = f"{points(bias.estimate, metric)}{spread(bias, metric)}"
    above = f"{ours} lies {size} above {reachable.words}"
    if verdict == "present":
        least = "; the bias is at least that" if reachable.bound else ""
        meaning = f"{above}{least}: the network underfits its train rows.{note}{bare_note(train)}"
        return DISEASE.present(
            meaning,
            severity(bias, material),
            confidence(bias, material, verdict),
            WIDEN,
            LOOSEN,
            TRAIN_LONGER,
            DEEPEN,
            OTHER_INPUTS,
            **figures,
        )
    if reachable.bound:
        seen = f"{ours} is not above {reachable.words}"
        if bias.estimate > 0:
            seen = f"{above}, so the bias is at least about {points(bias.estimate, metric)}"
        open_end = "how much lower the error could go is unknown" + ("; --human-error would tell" if ask else "")
        return DISEASE.cannot_tell(f"{seen}; {open_end}.{note}", *ask, **figures)
    beside = f"{ours} stands beside {reachable.words}: bias {size}"
    if verdict == "absent":
        return DISEASE.absent(
            f"{beside}, where {enough} would be material.{bare_note(train)}",
            confidence(bias, material, verdict),
            **figures,
        )
    return DISEASE.cannot_tell(
        f"{beside}; {train.rows:,} train rows are too few to tell whether it is as much as {enough}.", **figures
    )


def _bar(train: ErrorRate, material: float) -> float | None:
    """Bias is high where the reachable error, known exactly, lies below this; None where it cannot lie there."""
    bar = min(train.estimate - material, train.interval.low)
    return bar if bar > 0 else None
