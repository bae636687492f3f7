"""How many members of a population diverged, and from which learning rate on. Notes 2.9, 3.1."""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import fisher_exact

from caviar.core.records import Action, Finding
from caviar.diagnosis.divergence import DISEASE
from caviar.diagnosis.intervals import wilson
from caviar.diagnosis.judgement import confidence, severity
from caviar.diagnosis.wording import three_figures

MATERIAL_SHARE = 0.1  # a tenth of the population brought nothing
BY_CHANCE = 0.01


def with_diverged_members(best: Finding, rates: np.ndarray, diverged: np.ndarray) -> Finding:
    """The best member's finding of divergence, with what became of the others.

    Where the best is sound but a tenth of all members or more diverged (Wilson's interval above half of that), it is
    present: low, medium from a fifth on. The rate is to blame where Fisher's exact test of the split that parts them
    best gives p < 0.01, times the number of splits.

    Args:
        rates, diverged: (member,) first learning rates, and who diverged.
    """
    share = wilson(int(diverged.sum()), len(diverged))
    figures: dict[str, Any] = {
        "members": len(diverged),
        "diverged": int(diverged.sum()),
        "diverged_share": share.estimate,
    }
    words = f"{diverged.sum():,} of {len(diverged):,} members diverged"
    limit = _limit(rates, diverged)
    actions: tuple[Action, ...] = ()
    if limit is not None:
        figures |= {"chart": "members-setting-2e-learning-5f-rate"}
        above = rates >= limit
        over, under = float(diverged[above].mean()), float(diverged[~above].mean())
        figures |= {"from_learning_rate": limit, "above_share": over, "below_share": under}
        words += (
            f": {100 * over:.0f} % of those with a learning rate of {three_figures(limit)} or more, "
            f"{100 * under:.0f} % of those below"
        )
        actions = (
            Action(
                f"Search learning rates below {three_figures(limit)}",
                "caviar",
                "The time that members spent on diverging goes to members that learn",
                {"learning_rate": f"<={limit / 3:.3g}"},
            ),
        )
    wasted = share.estimate >= MATERIAL_SHARE and share.low >= MATERIAL_SHARE / 2
    if best.verdict == "present" or not wasted:
        added = f" {words}." if diverged.any() else ""
        return replace(best, meaning=best.meaning + added, evidence={**best.evidence, **figures})
    grave = severity(share, MATERIAL_SHARE)
    return DISEASE.present(
        f"{words}. The best one did not, but the time of those that did is lost.",
        "low" if grave == "low" else "medium",
        confidence(share, MATERIAL_SHARE, "present"),
        *actions,
        **figures,
    )


def _limit(rates: np.ndarray, diverged: np.ndarray) -> float | None:
    """The rate from which on members diverge: the split with the largest difference in shares; None without one."""
    splits = np.unique(rates)[1:]
    if not len(splits) or not diverged.any():
        return None
    above = rates >= splits[:, None]  # (split, member)
    gaps = (above & diverged).sum(1) / above.sum(1) - (~above & diverged).sum(1) / (~above).sum(1)
    best = above[int(np.argmax(gaps))]
    table = [[int((side & flag).sum()) for flag in (diverged, ~diverged)] for side in (best, ~best)]
    if fisher_exact(table, alternative="greater").pvalue * len(splits) >= BY_CHANCE:
        return None
    return float(splits[int(np.argmax(gaps))])
