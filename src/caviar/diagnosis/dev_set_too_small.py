"""The dev set is too small to tell apart the models that it compares. Notes 1.1."""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import NOTHING_MATERIAL, Disease
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import Interval, smallest_difference, smallest_paired_difference
from caviar.diagnosis.judgement import severity
from caviar.diagnosis.wording import error_evidence, points

DISEASE = Disease("dev-set-too-small", section="1.1")
MOST_RIVALS = 10


def dev_set_too_small(evidence: Evidence) -> Finding:
    """Present where the smallest difference that the dev rows can resolve is larger than what is material.

    Measured between the best member and the ten next where their per-row errors are known: members that err on the same
    rows are easier to tell apart. Otherwise for two models of about the final one's error that share no mistakes.
    """
    dev, metric, material = evidence.dev_error, evidence.metric, evidence.material_size
    if dev is None or dev.rows is None:
        return DISEASE.cannot_tell(f"The {'dev error' if dev is None else 'number of dev rows'} is missing.")
    figures = error_evidence(dev=dev)
    if material is None:
        return DISEASE.cannot_tell(NOTHING_MATERIAL, **figures)
    smallest, between, sure = smallest_difference(dev.interval), "two models of about this error", 0.7
    if evidence.candidate_errors is not None and len(evidence.candidate_errors) > 1:
        best, *rivals = evidence.candidate_errors[: MOST_RIVALS + 1]
        differences = np.array([smallest_paired_difference(best, rival, metric) for rival in rivals])
        smallest = float(np.median(differences))
        agreeing = int(((differences <= material) == (smallest <= material)).sum())
        between, sure = "the best members", (agreeing + 1) / (len(rivals) + 2)  # Laplace's rule
    figures |= {"smallest_difference": smallest, "material": material}
    seen = f"With {dev.rows:,} dev rows, {between} can be told apart from a difference of {points(smallest, metric)} on"
    if smallest <= material:
        return DISEASE.absent(
            f"{seen}: fine enough, where {points(material, metric)} would be material.", sure, **figures
        )
    meaning, more = f"{seen}, too coarse to see {points(material, metric)}", ""
    if material > 0:
        enough = _rounded_up(dev.rows * (smallest / material) ** 2)
        figures |= {"rows_enough": enough}
        meaning, more = f"{meaning}, which takes about {enough:,} rows", f", about {enough:,}"
    action = Action(
        f"Give dev more rows{more}",
        "you",
        "Smaller differences between models become visible, and the choice surer",
        {"more_data": True},
    )
    return DISEASE.present(
        f"{meaning}.", severity(Interval(smallest, smallest, smallest), material), sure, action, **figures
    )


def _rounded_up(rows: float) -> int:
    """To two significant figures, upwards."""
    unit = 10 ** max(0, len(str(int(rows))) - 2)
    return int(np.ceil(rows / unit)) * unit
