"""Dropout is on though nothing overfits: it is to be used against overfitting only. Notes 1.7."""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.high_bias import high_bias
from caviar.diagnosis.high_variance import high_variance

DISEASE = Disease("dropout-without-overfitting", section="1.7")
SMALLEST_RATE = 0.05  # below, dropout hardly does anything

WITHOUT = Action(
    "Compare with the same networks without dropout",
    "caviar",
    "The train error falls; dev follows, unless it was dropout that kept the gap small",
    {"dropout": False},
)


def dropout_without_overfitting(evidence: Evidence) -> Finding:
    """Present where at least half of the members drop 5 % of a layer's units or more, and variance is not high.

    It is of medium severity where bias is high as well, since dropout then feeds it. Elsewhere it is low: the gap may
    be small thanks to dropout, and only a comparison tells.
    """
    rates = [member.drop_rate for member in evidence.histories if member.drop_rate is not None]
    if not rates:
        return DISEASE.cannot_tell("The members' dropout rates are missing.")
    dropping = sum(rate >= SMALLEST_RATE for rate in rates)
    figures = {"members": len(rates), "dropping": dropping, "drop_rate": float(np.median(rates))}
    if 2 * dropping < len(rates):
        return DISEASE.absent(f"{dropping} of {len(rates)} members use dropout.", 1.0, **figures)
    variance = high_variance(evidence)
    figures |= {name: value for name, value in variance.evidence.items() if name.startswith("variance")}
    if variance.verdict == "present":
        return DISEASE.absent(
            "Dropout is on, and there is overfitting for it to fight.", variance.confidence, **figures
        )
    if variance.verdict == "cannot-tell":
        return DISEASE.cannot_tell(
            f"Dropout is on; whether anything overfits is open. {variance.meaning}", *variance.actions, **figures
        )
    biased = high_bias(evidence).verdict == "present"
    also = "while bias is high, which dropout feeds" if biased else "though that may be thanks to dropout"
    return DISEASE.present(
        f"{dropping} of {len(rates)} members drop units (median rate {np.median(rates):.2f}), and "
        f"variance is not high, {also}.",
        "medium" if biased else "low",
        variance.confidence,
        WITHOUT,
        **figures,
    )
