"""Early stopping ended training while the network still underfitted: one knob coupled two goals. Notes 1.8."""

import numpy as np

from caviar.core.records import Action, Finding
from caviar.diagnosis.curves import fall_at_end, level_of_proof
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.high_bias import high_bias

DISEASE = Disease("early-stopped-too-soon", section="1.8")

SPLIT_THE_KNOB = Action(
    "Train longer, and hold the dev error with L2 or dropout instead of early stopping",
    "caviar",
    "The train error falls further, while another knob keeps the gap to dev small",
    {"train_longer": True, "regularise": True},
)


def early_stopped_too_soon(evidence: Evidence) -> Finding:
    """Present where bias is high and early stopping ended at least half of the members, their train loss still falling.

    A loss that was flat by then acquits early stopping: the network is too small, not its training too short.
    """
    members = evidence.histories
    if not members:
        return DISEASE.cannot_tell("The members' curves are missing.")
    stopped = [member for member in members if member.stopped_by == "early-stopping"]
    figures = {"members": len(members), "stopped_early": len(stopped)}
    ended = f"Early stopping ended {len(stopped)} of {len(members)} members"
    if 2 * len(stopped) < len(members):
        return DISEASE.absent(f"{ended}.", 1.0, **figures)
    bias = high_bias(evidence)
    figures |= {name: value for name, value in bias.evidence.items() if name != "train_rows"}
    if bias.verdict == "absent":
        return DISEASE.absent(f"{ended}, and they do not underfit: bias is not high.", bias.confidence, **figures)
    proofs = [level_of_proof(fall_at_end(member.train_loss)) for member in stopped]
    falling, level = proofs.count("present"), proofs.count("absent")
    figures |= {"falling": falling}
    if 2 * level > len(stopped):
        return DISEASE.absent(
            f"{ended}, and the train loss of {level} of them had levelled off: longer training would not lower it.",
            level / len(stopped),
            **figures,
        )
    if bias.verdict == "cannot-tell":
        return DISEASE.cannot_tell(
            f"{ended}; whether they still underfitted is open. {bias.meaning}", *bias.actions, **figures
        )
    if 2 * falling < len(stopped):
        return DISEASE.cannot_tell(
            f"{ended} and bias is high, but their curves are too short or too noisy to say "
            "whether the train loss was still falling.",
            SPLIT_THE_KNOB,
            **figures,
        )
    kept = [member.kept_epoch for member in stopped if member.kept_epoch is not None]
    best = f", best at epoch {np.median(kept):.0f} in the median," if kept else ""
    return DISEASE.present(
        f"{ended}{best} while their train loss was still falling and the train error still above what is reachable.",
        bias.severity,
        bias.confidence,
        SPLIT_THE_KNOB,
        **figures,
    )
