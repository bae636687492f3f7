"""Whether a train curve was still falling when it ended. Notes 1.8, 2.9."""

import numpy as np
from scipy.special import stdtrit

from caviar.core.records import Verdict
from caviar.diagnosis.evidence import MemberHistory
from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.judgement import judge

FEWEST_EPOCHS = 6
MATERIAL_FALL = 0.01  # a tenth more epochs lower the loss by 1 % of what is left


def last_epochs(num_epochs: int) -> int:
    """Length of the end of a curve that counts: its last fifth, at least 6 epochs."""
    return max(FEWEST_EPOCHS, num_epochs // 5)


def fall_at_end(train_loss: np.ndarray) -> Interval | None:
    """How much lower a tenth more epochs would bring the loss, as a share of where it stands, at its present slope.

    A straight line through the last fifth of the epochs, its interval from the t distribution of the slope; the line's
    end is where the loss stands. At 0.01 the loss would fall by 1 %; a loss that goes like 1/√epoch falls by 5 %.

    A schedule that anneals the learning rate to nought flattens the curve as well: level then means level as planned.

    Args:
        train_loss: (epoch,); epochs that are not finite are left out.

    Returns None for fewer than 6 epochs, or a loss that is not above zero.
    """
    losses = np.asarray(train_loss, dtype=np.float64)
    losses = losses[np.isfinite(losses)]
    if len(losses) < FEWEST_EPOCHS:
        return None
    end = losses[-last_epochs(len(losses)) :]
    epochs = np.arange(len(end)) - (len(end) - 1) / 2
    slope = epochs @ end / (epochs @ epochs)
    level = end.mean() + slope * epochs[-1]
    if level <= 0:
        return None
    residuals = end - end.mean() - slope * epochs
    freedom = len(end) - 2
    error = np.sqrt(residuals @ residuals / freedom / (epochs @ epochs))
    half = stdtrit(freedom, 0.975) * error
    unit = len(losses) / 10 / level
    return Interval(float(-slope * unit), float((-slope - half) * unit), float((-slope + half) * unit))


def level_of_proof(fall: Interval | None) -> Verdict:
    """Present: the curve was still falling. Absent: it had levelled off. Cannot-tell: too short or too noisy."""
    return "cannot-tell" if fall is None else judge(fall, MATERIAL_FALL)


def dev_was_improving(member: MemberHistory) -> bool:
    """Whether the kept epoch is one of the curve's last, so that training on still helped dev. True when unknown."""
    kept = member.kept_epoch
    return kept is None or kept > member.epochs_run - last_epochs(member.epochs_run)
