"""Batch too small: steps follow the noise of a few rows, and batch norm has too few to average. Notes 2.2, 3.7.

McCandlish et al. (2018, arXiv 1812.06162).
"""

from typing import Any

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.sureness import sureness, sureness_of
from caviar.diagnosis.wording import three_figures

DISEASE = Disease("batch-too-small", section="2.2")

FEWEST_PAIRS = 3
SMALL_BATCH = 32  # half of the least that the notes advise
NOISE, GRAVE_NOISE = 10.0, 30.0
NORM_ROWS = 8

LARGER = Action(
    "Use batches of 64 to 512 rows",
    "caviar",
    "Fewer steps, each in a surer direction and hardly dearer",
    {"batch_size": ">=64"},
)
OTHER_NORM = Action("Use layer or group norm where batches must be small", "you", "It averages within each row")
ACCUMULATE = Action(
    "Where memory is short, add up the gradients of several batches before a step", "you", "The noise of a large batch"
)


def batch_too_small(health: Health) -> Finding:
    """Present below 32 rows where the noise in the gradient is ten times the signal, or batch norm has 8 rows or fewer.

    The gradients of two batches of B rows agree by c = B / (B + B_noise) in cosine, with B_noise = tr Σ / |G|², the
    gradient noise scale: 1 + B_noise / B = 1/c times as many steps are needed as with the whole train part. Read in the
    first half of what was watched, as noise prevails at the end of every training. Low; medium from thirty times on.
    With batch norm medium at 4 rows or fewer, and high at 2, where x̂ is a sign and nothing else.
    """
    rows = health.batch_rows
    if rows is None:
        return DISEASE.cannot_tell(
            f"The rows of a batch are missing: give a loader of the batches that train.{_scale(health)}"
        )
    figures: dict[str, Any] = {"rows": rows, "pairs": len(health.agreement)}
    if health.num_rows is not None and rows >= health.num_rows:
        return DISEASE.absent(f"The batch holds all {health.num_rows:,} rows.", 0.99, **figures)
    if health.batch_norms is not None and rows <= NORM_ROWS:
        grave: Severity = "high" if rows <= 2 else "medium" if rows <= 4 else "low"
        return DISEASE.present(
            f"Batch norm averages over {rows} rows: what a row comes to depends on which few others came with it.",
            grave,
            sureness(rows, 2 * NORM_ROWS),
            LARGER,
            OTHER_NORM,
            **figures,
        )
    early = health.agreement[: max(FEWEST_PAIRS, (len(health.agreement) + 1) // 2)]
    if rows >= SMALL_BATCH:
        return DISEASE.absent(
            f"Batches of {rows:,} rows are not small.{_scale(health)}", sureness(rows, SMALL_BATCH), **figures
        )
    if len(early) < FEWEST_PAIRS:
        return DISEASE.cannot_tell(
            f"Batches have {rows} rows; how noisy their gradients are is open: {len(early)} pairs of at least "
            f"{FEWEST_PAIRS} were watched.",
            LARGER,
            **figures,
        )
    agreement, error = float(early.mean()), float(early.std(ddof=1) / np.sqrt(len(early)))
    noise = 1 / agreement - 1 if agreement > 0 else np.inf
    limit = 1 / (1 + NOISE)
    figures |= {"agreement": agreement, "noise_to_signal": noise}
    words = f"The gradients of two batches of {rows} rows agree by {agreement:.2f} in cosine"
    sure = sureness_of(agreement, limit, error)
    if noise < NOISE:
        return DISEASE.absent(f"{words}: the noise is {noise:.1f} times the signal.", sure, **figures)
    times = f"{noise:.0f} times the signal" if noise < 1000 else "all there is to see"
    return DISEASE.present(
        f"{words}: the noise is {times}, and most of a step undoes another.",
        "medium" if noise >= GRAVE_NOISE else "low",
        sure,
        LARGER,
        ACCUMULATE,
        **figures,
    )


def _scale(health: Health) -> str:
    """The noise scale in words, from the batches that were looked at."""
    rows, agreement = health.looked_at_rows, health.agreement
    if rows is None or not len(agreement) or not 0 < (mean := float(agreement.mean())) < 1:
        return ""
    return f" Noise and signal are equal in batches of about {three_figures(rows * (1 / mean - 1))} rows."
