"""Gradient bug: what backward() gives is not the slope of the loss. Notes 1.12 to 1.14."""

import math

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.sureness import sureness
from caviar.techniques.gradient_check_result import BUG, FINE

DISEASE = Disease("gradient-bug", section="1.14")

MEND = Action(
    "Mend the backward() of what the named weights pass through: autograd.Function, .data, .detach(), in-place edits",
    "you",
    "Steps go down the loss; caviar.gradient_check(model, loss, features, targets) then says fine",
)


def gradient_bug(health: Health) -> Finding:
    """Present where the gradient of a weight and two-sided differences of the loss disagree by 1e-4 or more: high.

        ‖approx − gradient‖ / (‖approx‖ + ‖gradient‖)

    From 1e-6 on it is worth a look: low. In float64, on a few rows, weights drawn at random from each tensor. Layers on
    purpose without their true slope, such as a straight-through rounding, answer the same.
    """
    check = health.gradient_check
    if check is None:
        why = health.unseen.get("gradient check", "caviar.diagnose(model, data, loss) makes it")
        return DISEASE.cannot_tell(f"The gradient check is missing: {why}.")
    worst = check.worst
    judged = [each for each in check.tensors if each.verdict != "kink"]
    entries = sum(len(each.judged) for each in judged)
    error = worst.error if math.isfinite(worst.error) else None
    figures = {"tensors": len(judged), "entries": entries, "weight": worst.name, "error": error}
    if not judged:
        return DISEASE.cannot_tell("Slopes are missing: every weight that was tried sits on a kink, as of ReLU at 0.")
    if check.ok:
        # of n entries that are all right a share of 3/n may be wrong (rule of three, 95 %)
        return DISEASE.absent(
            f"{entries:,} slopes of {len(judged)} weights agree with differences of the loss.",
            max(0.5, 1 - 3 / (entries + 3)),
            **figures,
        )
    wrong = [each for each in check.tensors if each.verdict in ("look", "bug")]
    figures["wrong"] = {each.name: each.error if math.isfinite(each.error) else None for each in wrong[:8]}
    bug = worst.verdict == "bug"
    return DISEASE.present(
        f"The gradient of {worst.name} is not the slope of the loss: relative error {worst.error:.1g}, {worst.hint}"
        f"{f'; {len(wrong)} of {len(check.tensors)} weights disagree' if len(wrong) > 1 else ''}.",
        "high" if bug else "low",
        sureness(worst.error, BUG if bug else FINE),
        MEND,
        **figures,
    )
