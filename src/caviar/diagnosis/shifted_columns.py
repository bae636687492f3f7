"""Columns that are distributed otherwise in one part than in the other. Notes 1.1."""

from typing import Any

from caviar.core.records import Action, Finding, Severity
from caviar.data.wording import listed
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence

DISEASE = Disease("shifted-columns", section="1.1")
GRAVE, MODERATE = 0.3, 0.15
HOW = {"by group": "in whole groups", "by time": "in order of time", "a table of its own": "from separate tables"}

ALIKE = Action(
    "Find out where the parts come from; if rows like those of dev are what counts, get train rows like them",
    "you",
    "What is measured on dev is then the network, and no longer the difference between the parts",
)


def shifted_columns(evidence: Evidence) -> Finding:
    """Present where the parts differ in a column by more than chance, p < 0.01 after Bonferroni's correction.

    And where they are materially apart (data/part_distributions.py): 0.05 of the cumulative shares or more.
    High from 0.3 on, medium from 0.15. Parts cut at random from one table are alike.
    """
    data = evidence.data
    if data is None:
        return DISEASE.cannot_tell("The rows are missing.")
    if data.cut == "at random":
        return DISEASE.absent("All parts were cut at random from the same rows, so they are alike.", 1.0)
    compared = {"columns_compared": data.columns_compared}
    shifted = {pair: far for pair, far in data.distances.items() if far}
    if not shifted:
        return DISEASE.absent(
            f"The parts come {HOW[data.cut]}, but each of {data.columns_compared:,} columns (target included) is "
            "distributed alike in them.",
            0.9,
            **compared,
        )
    figures: dict[str, Any] = dict(compared)
    told = []
    for (first, second), far in shifted.items():
        farthest = next(iter(far))
        figures |= {
            f"{second}_columns_apart": len(far),
            f"{second}_farthest": farthest,
            f"{second}_share": far[farthest],
        }
        shown = listed(f"{name!r} ({size:.0%} apart)" for name, size in far.items())
        told.append(f"{second} differs from {first} in {len(far)} of {data.columns_compared:,} columns: {shown}")
    largest = max(max(far.values()) for far in shifted.values())
    grave: Severity = "high" if largest >= GRAVE else "medium" if largest >= MODERATE else "low"
    text = "; ".join(told)
    return DISEASE.present(
        f"{text[0].upper()}{text[1:]}. The parts come {HOW[data.cut]}: an error there is partly that of answering "
        "about other rows than those trained on.",
        grave,
        0.95,
        ALIKE,
        **figures,
    )
