"""Rows of dev or test that were trained on: there the error measures memory. Notes 1.1."""

from typing import Any

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.data.equal_rows import EqualRows
from caviar.data.part_checks import EARLIER, MATERIAL_SHARE
from caviar.data.wording import counted
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.wording import error_evidence, figure

DISEASE = Disease("duplicates-across-parts", section="1.1")
GRAVE_SHARE = 0.1
FEWEST_ROWS = 20

DROP = Action(
    "Drop the copies from the table, or keep rows that belong together in one part (--group)",
    "you",
    "The dev and test errors become those of new rows, most likely higher",
)


def duplicates_across_parts(evidence: Evidence) -> Finding:
    """Present where 1 % of dev or of test, or more, equals a row of an earlier part in every feature.

    Equal rows that chance makes, because the columns are coarse, are none (data/equal_rows.py): new rows will have them
    as well. High from a tenth of the part on, or where the dev error without the copies is materially higher; else
    medium.
    """
    data = evidence.data
    if data is None:
        return DISEASE.cannot_tell("The rows are missing.")
    figures: dict[str, Any] = {}
    for part, found in data.copies.items():
        figures |= {f"{part}_copies": len(found.rows), f"{part}_copied_share": found.share}
    copied = {part: found for part, found in data.copies.items() if found.share >= MATERIAL_SHARE}
    planted = {part: found for part, found in copied.items() if not found.by_chance}
    if not planted:
        return DISEASE.absent(_harmless(data.copies, copied), 0.95, **figures)
    cleaned, worse = _without_copies(evidence, planted.get("dev"))
    figures |= error_evidence(dev=evidence.dev_error, fresh_dev=cleaned)
    told = " and ".join(_told(part, found) for part, found in planted.items())
    grave: Severity = "high" if worse or max(found.share for found in planted.values()) >= GRAVE_SHARE else "medium"
    beside = ""
    if cleaned is not None and evidence.dev_error is not None:
        metric = evidence.metric
        beside = (
            f" On the dev rows that are none the error is {figure(cleaned.estimate, metric)}, not "
            f"{figure(evidence.dev_error.estimate, metric)}."
        )
    return DISEASE.present(
        f"{told}, feature by feature: the error there says how well rows are remembered, not how well new ones are "
        f"answered.{beside}",
        grave,
        0.95,
        DROP,
        **figures,
    )


def _told(part: str, found: EqualRows) -> str:
    number = len(found.rows)
    verb = "is a copy" if number == 1 else "are copies"
    share, earlier = figure(found.share, "error"), " or ".join(EARLIER[part])
    return f"{counted(number, 'row')} of {part} ({share}) {verb} of rows in {earlier}"


def _harmless(copies: dict[str, EqualRows], by_chance: dict[str, EqualRows]) -> str:
    if by_chance:
        shown = " and ".join(f"{figure(found.share, 'error')} of {part}" for part, found in by_chance.items())
        return (
            f"{shown} equal an earlier row in every feature, but rows that differ in one column only are commoner: "
            "the columns are coarse, chance makes rows equal, and new rows will be so too."
        )
    most = max((found.share for found in copies.values()), default=0.0)
    return (
        "No dev or test row was trained on."
        if most == 0
        else f"At most {figure(most, 'error')} of a part was trained on."
    )


def _without_copies(evidence: Evidence, found: EqualRows | None) -> tuple[ErrorRate | None, bool]:
    """The dev error on rows that are no copies, and whether it is materially higher than on all."""
    dev, material = evidence.dev_error, evidence.material_size
    if dev is None or dev.per_row is None or found is None or len(dev.per_row) - len(found.rows) < FEWEST_ROWS:
        return None, False
    cleaned = ErrorRate.from_rows(np.delete(dev.per_row, found.rows), evidence.metric)
    return cleaned, material is not None and cleaned.estimate - dev.estimate >= material
