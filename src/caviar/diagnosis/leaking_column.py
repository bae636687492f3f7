"""A column that gives the target away by itself: made from it, or not known when predicting. Notes 1.1."""

from caviar.core.records import Action, Finding
from caviar.data.giveaways import giveaways
from caviar.data.wording import listed
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.wording import figure

DISEASE = Disease("leaking-column", section="1.1")

DROP = Action(
    "Ask how the column comes about; if it is made from the target or known only afterwards, drop it and fit again",
    "you",
    "All errors rise to what they will be when predicting",
)


def leaking_column(evidence: Evidence) -> Finding:
    """Present where one column alone takes away 97 % of the trivial error (high), or stands far out (medium).

    Far out: 80 % at least, with less than a third left of what the next best column leaves (data/giveaways.py).
    """
    data = evidence.data
    if data is None or not data.scores:
        missing = (
            "The rows are" if data is None else f"{sum(data.rows.values()):,} rows are too few to try columns: more are"
        )
        return DISEASE.cannot_tell(f"{missing} missing.")
    ranked = sorted(data.scores, key=lambda name: -data.scores[name])
    figures = {"best_column": ranked[0], "best_column_share": data.scores[ranked[0]]}
    if len(ranked) > 1:
        figures |= {"next_column": ranked[1], "next_column_share": data.scores[ranked[1]]}
    of_what = "variance" if data.task == "regression" else "trivial predictor's error"
    found = giveaways(data.scores)
    if not found:
        return DISEASE.absent(
            f"No column gives the target away: the best, {ranked[0]!r}, takes away "
            f"{figure(max(0.0, data.scores[ranked[0]]), 'error')} of the {of_what} by itself.",
            0.9,
            **figures,
        )
    shown = listed(f"{name!r} ({figure(data.scores[name], 'error')})" for name in found)
    if "nearly all" in found.values():
        return DISEASE.present(
            f"By itself {shown} takes away nearly all of the {of_what}: too good to be true, unless the "
            "task is trivial.",
            "high",
            0.9,
            DROP,
            **figures,
        )
    return DISEASE.present(
        f"By itself {shown} takes away most of the {of_what}, far more than any other column: is it known when "
        "predicting?",
        "medium",
        0.6,
        DROP,
        **figures,
    )
