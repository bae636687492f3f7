"""Columns that hold the same in every row, or nearly: nothing can be learned from them. Notes 1.9."""

from typing import Any

from caviar.core.records import Action, Finding
from caviar.data.wording import counted, listed, shown_share
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence

DISEASE = Disease("constant-column", section="1.9")

LOOK = Action(
    "Check that the column was filled in as meant; otherwise it may as well go",
    "you",
    "No error changes; the table and the network become a little smaller",
)


def constant_column(evidence: Evidence) -> Finding:
    """Present, and low, where a column holds one value, or one value in 99.5 % of the rows or more.

    Those with one value were left out before training, which is said: they harm no run of Caviar's.
    """
    data = evidence.data
    if data is None:
        return DISEASE.cannot_tell("The rows are missing.")
    if not data.constant and not data.nearly_constant:
        return DISEASE.absent("Every column in use varies from row to row.", 1.0)
    figures: dict[str, Any] = {
        "constant_columns": len(data.constant),
        "nearly_constant_columns": len(data.nearly_constant),
    }
    told = []
    if data.constant:
        shown = listed(f"{name!r} ({why})" for name, why in data.constant.items())
        told.append(
            f"{counted(len(data.constant), 'column')} left out before training, as nothing can be learned: {shown}"
        )
    if data.nearly_constant:
        shown = listed(f"{name!r} ({shown_share(share)})" for name, share in data.nearly_constant.items())
        told.append(f"in use, though nearly every cell holds the same: {shown}")
    text = "; ".join(told)
    actions = (LOOK,) if data.nearly_constant else ()
    return DISEASE.present(f"{text[0].upper()}{text[1:]}.", "low", 0.95, *actions, **figures)
