"""Columns that tell rows apart and nothing else: a network can only learn them by heart. Notes 1.2."""

from typing import Any

from caviar.core.records import Action, Finding
from caviar.data.wording import counted, listed
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence

DISEASE = Disease("identifier-column", section="1.2")

LEAVE_OUT = Action(
    "Leave it to Caviar to drop the column (no --types for it), or take it out of the table",
    "you",
    "The gap between train and dev error narrows, if the column was learned by heart",
)


def identifier_column(evidence: Evidence) -> Finding:
    """Present where a column counts or names the rows. Low where it was left out before training; medium where in use.

    In use it is where the user has set its kind to one that is trained on.
    """
    data = evidence.data
    if data is None:
        return DISEASE.cannot_tell("The rows are missing.")
    figures: dict[str, Any] = {"left_out": len(data.identifiers), "in_use": len(data.used_identifiers)}
    if data.used_identifiers:
        return DISEASE.present(
            f"In use, though it only tells rows apart: {_shown(data.used_identifiers)}. Its kind was set by hand "
            "(--types). What is learned of it holds for the rows trained on, and for no others.",
            "medium",
            0.8,
            LEAVE_OUT,
            **figures,
        )
    if data.identifiers:
        return DISEASE.present(
            f"{counted(len(data.identifiers), 'column')} left out before training, as it only tells rows apart: "
            f"{_shown(data.identifiers)}.",
            "low",
            0.9,
            **figures,
        )
    return DISEASE.absent("No column counts or names the rows.", 0.9, **figures)


def _shown(columns: dict[str, str]) -> str:
    return listed(f"{name!r} ({why})" for name, why in columns.items())
