"""Not converged: training ended while the train loss was still falling, and dev with it. Notes 1.3, 1.8."""

import numpy as np

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.curves import FEWEST_EPOCHS, MATERIAL_FALL, dev_was_improving, fall_at_end, level_of_proof
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence, MemberHistory
from caviar.diagnosis.high_bias import high_bias
from caviar.diagnosis.judgement import confidence

DISEASE = Disease("not-converged", section="1.3")

TRAIN_LONGER = Action(
    "Train longer", "caviar", "Train and dev error go on falling as their curves did", {"train_longer": True}
)


def not_converged(evidence: Evidence) -> Finding:
    """Present where at least half of the ensemble's members ended on the way down.

    On the way down: at the present slope a tenth more epochs would lower the train loss by 1 % or more, by more than
    chance, and the dev error was best at the end. A member that early stopping ended is not (early_stopped_too_soon.py
    looks at it). Nor is any where bias is not high: a loss can fall for ever, with no train error left to win.
    """
    members, bias = evidence.histories, high_bias(evidence)
    if not members:
        return DISEASE.cannot_tell("The members' curves are missing.")
    if bias.verdict == "absent":
        return DISEASE.absent(
            f"Longer training has little left to win, as bias is not high. {bias.meaning}",
            bias.confidence,
            **bias.evidence,
        )
    ended = [member for member in members if member.stopped_by != "early-stopping" and dev_was_improving(member)]
    falls = [fall_at_end(member.train_loss) for member in ended]
    falling = [fall for fall in falls if fall is not None and level_of_proof(fall) == "present"]
    unclear = sum(level_of_proof(fall) == "cannot-tell" for fall in falls)
    cut = sum(member.stopped_by in ("budget", "dropped") for member in members)
    figures = {"members": len(members), "falling": len(falling), "unclear": unclear, "cut_short": cut}
    if 2 * len(falling) >= len(members):
        fall = float(np.median([each.estimate for each in falling]))
        why = f" ({cut} were cut short)" if cut else ""
        sure = float(np.mean([confidence(each, MATERIAL_FALL, "present") for each in falling]))
        return DISEASE.present(
            f"{len(falling)} of {len(members)} members ended while their train loss was still "
            f"falling{why}: a tenth more epochs would lower it by about {100 * fall:.0f} %.",
            _severity(fall),
            sure,
            TRAIN_LONGER,
            **figures,
            fall=fall,
        )
    unfinished = [member for member in members if member.stopped_by == "budget" and _barely_begun(member)]
    if 2 * len(unfinished) > len(members):
        return DISEASE.present(
            f"{len(unfinished)} of {len(members)} members were cut short by the time budget, half-way or sooner.",
            "high",
            (len(unfinished) + 1) / (len(members) + 2),  # Laplace's rule, as each member is one look
            TRAIN_LONGER,
            members=len(members),
            cut_short=len(unfinished),
        )
    if 2 * (len(falling) + unclear) >= len(members):
        return DISEASE.cannot_tell(
            f"The curves of {unclear} of {len(members)} members are too short (under "
            f"{FEWEST_EPOCHS} epochs) or too noisy at their end to say whether they had "
            "levelled off.",
            TRAIN_LONGER,
            **figures,
        )
    level = len(members) - len(falling) - unclear
    return DISEASE.absent(
        f"{level} of {len(members)} members had levelled off, or got no better on dev, when they ended.",
        level / len(members),
        **figures,
    )


def _severity(fall: float) -> Severity:
    """A tenth more epochs lower the loss by under 3 %: low; by under 10 %: medium."""
    return "low" if fall < 0.03 else "medium" if fall < 0.10 else "high"


def _barely_begun(member: MemberHistory) -> bool:
    return member.planned_epochs is not None and 2 * member.epochs_run < member.planned_epochs
