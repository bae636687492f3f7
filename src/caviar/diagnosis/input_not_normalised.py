"""Inputs not normalised: columns of very different sizes, or far from 0, make the loss a narrow valley. Notes 1.9.

LeCun, Bottou, Orr & Müller (1998, Efficient BackProp, section 4.3).
"""

from typing import Any

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health, Inputs
from caviar.diagnosis.sureness import sureness
from caviar.diagnosis.training_evidence import end_level
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("input-not-normalised", section="1.9")

FEWEST_ROWS = 30
LARGE, MEDIUM_LARGE, GRAVE_LARGE = 10.0, 25.0, 50.0
NARROW, MEDIUM_NARROW = 30.0, 100.0
NUM_NAMED = 5
LEARNT = 0.1
WEAKER: dict[Severity, Severity] = {"high": "medium", "medium": "low", "low": "low"}

NORMALISE = Action(
    "Subtract each column's mean and divide by its deviation, both from the train rows, in dev and test too",
    "caviar",
    "One learning rate suits every column; the loss falls in a fraction of the steps",
    {"standardise": True},
)
NORM_FIRST = Action(
    "Put a BatchNorm layer (affine=False) in front of the network", "you", "It does the same from batch to batch"
)

NORMALISED = DISEASE.absent("Each number was scaled by what the train rows show, in dev and test alike.", 0.95)
"""The answer for rows that went through Caviar's own preprocessing (data/scaling.py)."""


def input_not_normalised(health: Health) -> Finding:
    """Present where a column's root mean square is 10 or more, or its deviation 30 times smaller than its mean or 1.

    Large columns: low; medium from 25 on; high from 50 on. Narrow ones: low; medium from 100 on. One step less where
    the loss came down to a tenth of knowing nothing's all the same. First weights are drawn for columns of mean 0 and
    deviation 1; the loss curves along a column's weight as the mean square of the column, so that the condition number
    is at least (largest root mean square / smallest deviation)². Columns that hold one value in most rows, such as
    rare categories and the rims of pictures, centred or not, are narrow wherever the others are not among the rows that
    were seen, and count only as large; constant ones carry nothing and do too.
    """
    if health.inputs is None:
        return DISEASE.cannot_tell("The inputs are missing: no forward pass of the model was watched.")
    if not health.inputs:
        return DISEASE.absent(
            "No layer with weights reads the data directly: they come through an embedding or a norm layer.", 0.9
        )
    seen = [each for each in health.inputs if each.rows >= FEWEST_ROWS]
    if not seen:
        rows = max(each.rows for each in health.inputs)
        return DISEASE.cannot_tell(f"Rows are missing: {rows} of at least {FEWEST_ROWS} were seen.", rows=rows)
    large, narrow = (np.concatenate(parts) for parts in zip(*(off_by(each) for each in seen), strict=True))
    largest, narrowest = float(large.max()), float(narrow.max())
    figures: dict[str, Any] = {
        "columns": len(large),
        "rows": seen[0].rows,
        "largest": largest,
        "narrowest": narrowest,
        "worst": _worst(seen),
    }
    if not np.isfinite(largest):
        return DISEASE.cannot_tell("A column's mean is no finite number: look for missing values.", **figures)
    if largest < LARGE and narrowest < NARROW:
        return DISEASE.absent(
            f"Columns are near mean 0 and deviation 1: the largest root mean square is {three_figures(largest)}.",
            min(sureness(max(largest, 1.0), LARGE), sureness(max(narrowest, 1.0), NARROW)),
            **figures,
        )
    grave = _severity(largest, narrowest)
    end = end_level(health.finite_losses).estimate if len(health.finite_losses) > 1 else np.inf
    borne = health.known_nothing is not None and end < LEARNT * health.known_nothing
    bad = int(((large >= LARGE) | (narrow >= NARROW)).sum())
    return DISEASE.present(
        f"{bad} of {len(large)} columns are far from mean 0 and deviation 1; worst {_words(figures['worst'])}."
        + (" The training bore it." if borne else ""),
        WEAKER[grave] if borne else grave,
        max(
            sureness(largest, LARGE) if largest >= LARGE else 0,
            sureness(narrowest, NARROW) if narrowest >= NARROW else 0,
        ),
        NORMALISE,
        NORM_FIRST,
        **figures,
    )


def off_by(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """(column,) root mean square, and how many times smaller than its mean or 1 the deviation is; 1 where exempt."""
    size = np.hypot(inputs.mean, inputs.deviation)
    exempt = (inputs.repeated_share > 0.5) | (inputs.deviation <= 1e-6 * np.maximum(size, 1e-30))
    with np.errstate(divide="ignore"):
        narrow = np.maximum(1.0, np.abs(inputs.mean)) / inputs.deviation
    return size, np.where(exempt, 1.0, narrow)


def _worst(seen: list[Inputs]) -> dict[str, dict[str, float]]:
    """By name, mean and deviation of the columns that are furthest off."""
    found = []
    for each in seen:
        large, narrow = off_by(each)
        for column in np.argsort(-np.maximum(large / LARGE, narrow / NARROW))[:NUM_NAMED]:
            name = f"column {column}" if len(seen) == 1 else f"{each.layer} column {column}"
            off = max(large[column] / LARGE, narrow[column] / NARROW)
            found.append((off, name, {"mean": float(each.mean[column]), "deviation": float(each.deviation[column])}))
    return {name: figures for _, name, figures in sorted(found, key=lambda one: -one[0])[:NUM_NAMED]}


def _words(worst: dict[str, dict[str, float]]) -> str:
    shown = [
        f"{name} (mean {three_figures(each['mean'])}, deviation {three_figures(each['deviation'])})"
        for name, each in list(worst.items())[:3]
    ]
    return ", ".join(shown)


def _severity(largest: float, narrowest: float) -> Severity:
    if largest >= GRAVE_LARGE:
        return "high"
    return "medium" if largest >= MEDIUM_LARGE or narrowest >= MEDIUM_NARROW else "low"
