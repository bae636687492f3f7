"""Wrong labels: rows that say otherwise than all rows like them. Notes C3."""

from typing import Any

from caviar.core.records import Action, Finding, Severity
from caviar.data.wording import counted
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import Interval, wilson
from caviar.diagnosis.judgement import confidence
from caviar.diagnosis.label_check import LabelCheck
from caviar.diagnosis.wording import figure

DISEASE = Disease("label-noise", section="C3")
MATERIAL = 0.02
MEDIUM, HIGH = 0.05, 0.2
OF_MISTAKES = 0.4  # least ratio of the share among the surest rows to that among all
MOST_SURE = 0.9  # columns that leave out what decides look the same

SMOOTH = Action(
    "Search label smoothing, weight decay and early stopping, against learning wrong labels by heart",
    "caviar",
    "The gap between train and dev error narrows",
    {"regularise": True},
)


def label_noise(evidence: Evidence) -> Finding:
    """Present where, of the rows that networks not trained on them are surest of, surely over 2 % are contradicted.

    Wrong labels fall on easy rows as on hard ones; classes that overlap do so on hard ones alone. The share among the
    surest tenth therefore estimates the share of wrong labels, with Wilson's interval (confident_learning.py). Where it
    is less than two fifths of the share among all rows, most mistakes are overlap, and no verdict is given. It is
    measured against the error a person makes, where that is known. Medium from 5 % on, high from 20 %. Where the surest
    tenth has too few rows, fewer than 2 % in the surer half rule it out as well: overlap only adds to them.
    """
    found = evidence.label_check
    if evidence.task == "regression":
        return DISEASE.cannot_tell(
            "Targets are numbers: where one lies far from its prediction, nothing tells a wrong one from a rare one. "
            "The largest residuals are in the report."
        )
    if found is None:
        return DISEASE.cannot_tell("Predictions on rows that were not trained on are missing, for train rows.")
    if not found.measured:
        return DISEASE.cannot_tell(
            f"Predictions of every row by networks that were not trained on it are missing: {found.why_not}."
        )
    share = wilson(found.contradicted, found.surest)
    allowed = max(MATERIAL, evidence.human_error or 0.0)
    figures = _figures(found, share)
    seen = (
        f"Of the {counted(found.surest, 'row')} that networks not trained on them are surest of, "
        f"{found.contradicted:,} {'is' if found.contradicted == 1 else 'are'} labelled otherwise"
    )
    file = f" Most likely wrong are the rows in {found.file}." if found.doubted else ""
    explains = share.estimate * found.rows >= OF_MISTAKES * found.mistakes
    if share.low >= allowed and explains:
        grave: Severity = "high" if share.estimate >= HIGH else "medium" if share.estimate >= MEDIUM else "low"
        between = f"{figure(share.low, 'error').removesuffix(' %')} to {figure(share.high, 'error')}"
        return DISEASE.present(
            f"About {figure(share.estimate, 'error')} of the labels ({between}) say otherwise than all rows like them: "
            f"they are wrong, or a column is missing that would explain them. {seen}.{file}",
            grave,
            min(MOST_SURE, confidence(share, allowed, "present")),
            _look(found),
            SMOOTH,
            **figures,
        )
    half = wilson(found.contradicted_of_half, -(-found.rows // 2))
    if min(share.high, half.high) < allowed or (share.estimate < allowed and share.half_width <= allowed):
        beside = f", and a person errs in {figure(allowed, 'error')}" if allowed > MATERIAL else ""
        return DISEASE.absent(f"{seen}{beside}: too few to speak of wrong labels.{file}", 0.9, **figures)
    if not found.contradicted:
        return DISEASE.cannot_tell(f"{seen}; more rows are missing to rule {figure(allowed, 'error')} out.", **figures)
    return DISEASE.cannot_tell(
        f"{seen}: wrong labels, anything from {figure(share.low, 'error')} to {figure(share.high, 'error')}, or "
        f"classes that overlap; more rows are missing to tell.{file}",
        *([_look(found)] if found.doubted else []),
        **figures,
    )


def _look(found: LabelCheck) -> Action:
    return Action(
        f"Look at the {counted(found.doubted, 'row')} in {found.file}, the surest first; mend the labels that are "
        "wrong and fit again",
        "you",
        "Train and dev error fall, dev by up to the share of wrong labels in it",
    )


def _figures(found: LabelCheck, share: Interval) -> dict[str, Any]:
    """The estimates, how they came about, and the rows in most doubt."""
    return {
        "wrong_labels_share": share.estimate,
        "wrong_labels_share_interval": [share.low, share.high],
        "confident_learning_share": found.confused_share,
        "held_out_error": found.mistakes / found.rows,
        "held_out_rows": found.rows,
        "rows_in_doubt": found.doubted,
        **{
            f"{one.part} row {one.row}": f"{one.given!r}, rather {one.suggested!r} ({one.confidence:.0%})"
            for one in found.examples
        },
    }
