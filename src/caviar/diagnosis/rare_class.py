"""A class has too few rows to be learned or judged. Notes 1.1."""

from typing import Any

from caviar.core.records import Action, Finding, Severity
from caviar.data.target_balance import RARE, rare_labels
from caviar.data.wording import counted, listed
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence

DISEASE = Disease("rare-class", section="1.1")
GRAVE_SHARE = 0.1

MEND = Action(
    "Get more rows of these classes, merge them with a neighbour, or drop them",
    "you",
    "What is left can be learned, and its error measured",
)


def rare_class(evidence: Evidence) -> Finding:
    """Present where a class has fewer than ten rows in the table, or none in dev, where it is then not measured.

    Low where such classes make up under a hundredth of the rows, as they hardly move the error; high from a tenth on.
    """
    data = evidence.data
    if data is None:
        return DISEASE.cannot_tell("The rows are missing.")
    if data.task == "regression":
        return DISEASE.absent("There are no classes: numbers are predicted.", 1.0)
    counts = data.counts["table"]
    rare = rare_labels(counts)
    unseen = [label for label, number in data.counts["dev"].items() if number == 0 and label not in rare]
    smallest = min(counts, key=lambda label: counts[label])
    figures: dict[str, Any] = {"smallest_class": smallest, "smallest_class_rows": counts[smallest]}
    if not rare and not unseen:
        return DISEASE.absent(
            f"The smallest class, {smallest!r}, has {counted(counts[smallest], 'row')}, and dev measures every class.",
            1.0,
            **figures,
        )
    share = sum(counts[label] for label in [*rare, *unseen]) / sum(counts.values())
    figures |= {"rare_classes": len(rare), "classes_not_in_dev": len(unseen), "rare_rows_share": share}
    told = []
    if rare:
        shown = listed(f"{label!r} ({counted(number, 'row')})" for label, number in rare.items())
        have = counted(len(rare), "class has", "classes have")
        told.append(f"{have} fewer than {RARE} rows: {shown}. That is too few to learn from and to measure")
    if unseen:
        told.append(f"dev has no row of {listed(map(repr, unseen))}, so nothing is known of how well it is recognised")
    grave: Severity = "high" if share >= GRAVE_SHARE else "medium" if share >= GRAVE_SHARE / 10 else "low"
    text = "; ".join(told)
    return DISEASE.present(f"{text[0].upper()}{text[1:]}.", grave, 0.95, MEND, **figures)
