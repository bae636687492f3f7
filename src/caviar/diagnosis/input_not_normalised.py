"""Inputs of very different or very large size: the cost is a long valley, and descent is slow in it. Notes 1.9."""

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.input_scales import InputScales
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("input-not-normalised", section="1.9")
LARGE, SMALL = 10.0, 0.03  # root mean square, where 1 is normal
OFF_CENTRE = 10.0  # |mean| in deviations
UNEQUAL = 100.0  # largest deviation by the smallest

NORMALISE = Action(
    "Subtract each input's mean over the train rows and divide by its deviation, the same for dev and test",
    "you",
    "The cost becomes rounder, larger learning rates hold, and descent needs fewer steps",
)


def input_not_normalised(scales: InputScales | None) -> Finding:
    """Present where inputs are large (√mean x² above 10), all tiny (below 0.03), far off centre, or unequal.

    Unequal: the largest deviation is over a hundred times the smallest, constant inputs aside. Off centre: a mean of
    over ten deviations. Inputs of two values (one-hot) that are small by being rare are no trouble, as they are 0 or 1.
    """
    if scales is None:
        return DISEASE.cannot_tell("The inputs are missing, or are no numbers with a scale.")
    size, deviation = scales.size, scales.deviation
    alive = deviation > 0
    if not alive.any():
        return DISEASE.cannot_tell("Inputs that vary are missing: each holds the same in all rows.")
    figures = {
        "inputs": len(size),
        "largest_size": float(size.max()),
        "smallest_deviation": float(deviation[alive].min()),
        "largest_deviation": float(deviation.max()),
    }
    if scales.normalised_by:
        return DISEASE.absent(f"The inputs are normalised by {scales.normalised_by}.", 0.95, **figures)
    centre = np.abs(scales.mean[alive]) / deviation[alive]
    binary = (scales.mean >= 0) & np.isclose(size**2, scales.mean)  # of 0 and 1, the mean square is the mean
    spread = deviation[alive & ~binary]
    ratio = float(spread.max() / spread.min()) if len(spread) else 1.0
    off = (centre > OFF_CENTRE) & ~binary[alive]
    why = [
        (size > LARGE).any()
        and f"{int((size > LARGE).sum()):,} of {len(size):,} reach far beyond 1 "
        f"(size up to {three_figures(float(size.max()))})",
        size.max() < SMALL and f"all are tiny (size up to {three_figures(float(size.max()))})",
        off.any() and f"{int(off.sum()):,} lie more than ten deviations off 0",
        ratio > UNEQUAL and f"the widest varies {three_figures(ratio)} times as much as the narrowest",
    ]
    found = [each for each in why if each]
    if not found:
        return DISEASE.absent(
            f"Inputs are about 0 and of about equal size: √mean square at most "
            f"{three_figures(float(size.max()))}, where 1 is normal.",
            0.9,
            **figures,
        )
    grave: Severity = "high" if size.max() > 10 * LARGE or ratio > 10 * UNEQUAL else "medium"
    return DISEASE.present(
        f"The inputs are not normalised: {'; '.join(found)}. A rate that suits one input is too large or too small for "
        "another.",
        grave,
        0.9,
        NORMALISE,
        **figures,
    )
