"""Where a training stands that gets no further: on its way, at a saddle, on a plateau, in a minimum. Notes 2.10.

Dauphin et al. (2014, arXiv 1406.2572).
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from caviar.diagnosis.curvature import Curvature
from caviar.diagnosis.health import ENOUGH_ROWS, Health
from caviar.diagnosis.sureness import sureness
from caviar.diagnosis.training_evidence import FEWEST_LOSSES, end_level
from caviar.diagnosis.wording import three_figures

Kind = Literal["low", "moving", "saddle", "plateau", "minimum", "unknown"]

HIGH_LOSS = 0.5  # of what knowing nothing costs
LITTLE_GAIN = 0.02  # of the loss: less and the gradient counts as none
DROP = 0.02
FLAT = 1e-3  # of the loss: what a whole random move of a layer costs


@dataclass(frozen=True)
class CriticalPoint:
    """The kind, how sure, in words, and the figures. "unknown": `words` say what is missing."""

    kind: Kind
    sure: float
    words: str
    figures: dict[str, Any]


def stands_still(curvature: Curvature) -> bool:
    """Whether the best step along the gradient would win next to nothing."""
    return curvature.gain < LITTLE_GAIN


def critical_point(health: Health) -> CriticalPoint:
    """Stuck is a loss of half of knowing nothing's or more, where the best step down the gradient wins under 2 % of it.

    Saddle: a move along the direction that curves down most wins 2 % or more, tried out.
    Plateau: of the weights before the output layer half or more lie in layers that can be moved by their own size, in a
    random direction, for under a thousandth of the loss.
    Minimum: neither; the loss curves up.
    """
    if health.curvature is None:
        return _from_losses(health)
    measured, nothing = health.curvature, health.known_nothing
    figures: dict[str, Any] = {
        "loss": measured.loss,
        "rows": measured.rows,
        "known_nothing": nothing,
        "gain": measured.gain,
    }
    if nothing is None or nothing <= 0:
        return CriticalPoint("unknown", 0.0, "What knowing nothing would cost is missing", figures)
    if measured.rows < ENOUGH_ROWS:
        return CriticalPoint("unknown", 0.0, f"Rows are missing: {measured.rows} of at least {ENOUGH_ROWS}", figures)
    level = f"The loss is {three_figures(measured.loss)}, where knowing nothing costs {three_figures(nothing)}"
    if measured.loss < HIGH_LOSS * nothing:
        return CriticalPoint("low", sureness(measured.loss, HIGH_LOSS * nothing), level, figures)
    step = f"{level}, and the best step down the gradient wins {100 * measured.gain:.2g} % of it"
    still = sureness(measured.gain, LITTLE_GAIN)
    if not stands_still(measured):
        return CriticalPoint("moving", still, step, figures)
    figures |= {"smallest_curvature": measured.smallest, "largest_curvature": measured.largest, "drop": measured.drop}
    if measured.drop >= DROP:
        words = f"{step}; but to one side it curves down: a move that way wins {100 * measured.drop:.2g} %"
        return CriticalPoint("saddle", min(still, sureness(measured.drop, DROP)), words, figures)
    if not np.isfinite(measured.smallest):
        return CriticalPoint("unknown", 0.0, f"{step}; the curvatures are missing: they are no numbers", figures)
    hidden = np.abs(list(measured.layers.values())[:-1])
    figures["flat_layers"] = int((hidden < FLAT).sum())
    typical = float(np.median(hidden)) if len(hidden) else np.inf
    if typical < FLAT:
        flat = f"{figures['flat_layers']} of {len(hidden)} layers before the output are flat"
        words = f"{step}; {flat}: moving their weights changes nothing"
        return CriticalPoint("plateau", min(still, sureness(typical, FLAT)), words, figures)
    words = f"{step}; all around it curves up, as far as {len(measured.layers)} layers were felt out"
    sure = min(still, sureness(measured.drop, DROP), sureness(typical, FLAT) if len(hidden) else 1.0)
    return CriticalPoint("minimum", sure, words, figures)


def _from_losses(health: Health) -> CriticalPoint:
    """Without curvatures: a loss that came down, or that comes down still, is at none of them."""
    why = health.unseen.get("curvature", "caviar.diagnose(model, data, loss) measures it")
    losses = health.finite_losses
    if len(losses) < FEWEST_LOSSES:
        return CriticalPoint("unknown", 0.0, f"The curvature is missing: {why}", {})
    start = max(float(losses[: max(5, len(losses) // 20)].mean()), health.known_nothing or 0.0)
    before, end = end_level(losses[: -max(10, len(losses) // 5)]), end_level(losses)
    figures: dict[str, Any] = {"start": start, "end": end.estimate, "end_interval": [end.low, end.high]}
    course = f"The loss went from {three_figures(start)} to {three_figures(end.estimate)}"
    if end.estimate < HIGH_LOSS * start:
        return CriticalPoint("low", sureness(max(end.estimate, 0.0), HIGH_LOSS * start), course, figures)
    if end.high < before.low:
        words = f"{course}, and was falling still at the end"
        return CriticalPoint("moving", sureness(before.estimate - end.estimate, end.half_width), words, figures)
    return CriticalPoint("unknown", 0.0, f"{course} and stays there. Why, the curvature would tell: {why}", figures)
