"""No model that was trained satisfies everything that was required of it. Satisficing metrics: C3."""

from collections.abc import Sequence
from dataclasses import dataclass

from caviar.core.measure_words import shown_gap, shown_requirement, shown_value
from caviar.core.records import Action, Finding
from caviar.core.requirements import Requirement
from caviar.diagnosis.disease import Disease

DISEASE = Disease("requirement-not-met", section="C3")
CHOSEN_WITHIN = "The best model within what is then asked for is chosen"


@dataclass(frozen=True)
class Required:
    """A requirement with the final model's dev value, and the nearest to it that any candidate came."""

    requirement: Requirement
    value: float | None
    reached: float | None

    @property
    def holds(self) -> bool:
        """Whether the final model satisfies it on dev."""
        return self.requirement.holds(self.value)

    @property
    def alone(self) -> bool:
        """Whether some candidate satisfies it, the others aside."""
        return self.requirement.holds(self.reached)


def requirement_not_met(required: Sequence[Required], num_candidates: int) -> Finding:
    """Present where the final model misses a requirement on dev: then no candidate satisfies them all."""
    figures = {
        str(each.requirement): {"dev": each.value, "nearest": each.reached, "satisfied": each.holds}
        for each in required
    }
    missed = [each for each in required if not each.holds]
    if not missed:
        told = ", ".join(f"{shown_requirement(each.requirement)} ({_value(each)})" for each in required)
        return DISEASE.absent(f"The model satisfies on dev what was required: {told}.", 1.0, required=figures)
    meaning = f"None of {num_candidates:,} candidates satisfies what was required; the one that comes closest is kept."
    actions: list[Action] = []
    for each in missed:
        actions += [one for one in _actions(each, together=len(required) > 1) if one not in actions]
    return DISEASE.present(" ".join([meaning, *map(_missed, missed)]), "high", 1.0, *actions, required=figures)


def _value(each: Required) -> str:
    return shown_value(each.value, each.requirement.measure.kind.unit)


def _missed(each: Required) -> str:
    """One sentence: what was asked for, what it is, and by how much it falls short."""
    if each.value is None:
        return f"{shown_requirement(each.requirement)} could not be measured on dev."
    return (
        f"{shown_requirement(each.requirement)} was asked for; on dev it is {_value(each)}, "
        f"{shown_gap(each.value, each.requirement)} {'too little' if _wants_more(each) else 'too much'}."
    )


def _wants_more(each: Required) -> bool:
    return each.requirement.relation in (">=", ">")


def _actions(each: Required, together: bool) -> list[Action]:
    """What would help, for one requirement that is missed."""
    requirement, kind = each.requirement, each.requirement.measure.kind
    asked, nearest = shown_requirement(requirement), shown_value(each.reached, kind.unit)
    if each.alone and together:
        told = f"some candidates satisfy {asked} alone, up to {nearest}, none together with the others"
        return [Action(f"Ask for less elsewhere: {told}", "you", CHOSEN_WITHIN)]
    less = f"Ask for less than {asked}: the most that any candidate has is {nearest}"
    if not _wants_more(each):
        less = f"Allow more than {asked}: the least that any candidate has is {nearest}"
    if kind.task == "any":
        return [Action(less, "you", CHOSEN_WITHIN)]
    label = requirement.measure.label
    rows = "rows" if label is None else f"rows of class {label!r}"
    nearer = f"{requirement.measure} of the best of them comes nearer to the bound"
    return [
        Action("Train more networks", "caviar", nearer, {"more_members": True}),
        Action(f"{less}; or bring more {rows}", "you", f"Better networks, and {requirement.measure} measured finer"),
    ]
