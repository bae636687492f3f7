"""What a model must satisfy to be chosen, as text: `recall[yes]>=80%`, `latency_ms<=1`. Satisficing metrics: C3."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from caviar.core.errors import SettingsError
from caviar.core.measures import Measure, parse_measure
from caviar.core.records import Task

HOLDS = {
    "<=": lambda value, bound: value <= bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    ">": lambda value, bound: value > bound,
}
_NUMBER = r"[+-]?(?:\d[\d_,]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
# the last relation before a number that ends the text: a class may hold others, such as "<=50K"
_REQUIREMENT = re.compile(rf"(.*?)\s*(<=|>=|<|>)\s*({_NUMBER})\s*(%?)\s*", re.DOTALL)
JUST_SHORT = 1e-9  # how far from a strict bound a value is that equals it


@dataclass(frozen=True)
class Requirement:
    """A metric, a relation and a bound."""

    measure: Measure
    relation: str
    bound: float

    def __str__(self) -> str:
        return f"{self.measure}{self.relation}{_shown(self.bound)}"

    def holds(self, value: float | None) -> bool:
        """Whether a measured value satisfies it; one that could not be measured does not."""
        return value is not None and bool(HOLDS[self.relation](value, self.bound))

    def shortfall(self, value: float | None) -> float:
        """How far a value is from satisfying it: 0 where it does; shares by their difference, others relative to it."""
        if self.holds(value):
            return 0.0
        if value is None or not math.isfinite(value):
            return math.inf
        gap = abs(value - self.bound)
        relative = self.measure.kind.unit not in ("share", "number") and self.bound != 0
        return max(gap / abs(self.bound) if relative else gap, JUST_SHORT)

    def for_task(self, task: Task, classes: Sequence[str], rarest: str) -> "Requirement":
        """See Measure.for_task."""
        return replace(self, measure=self.measure.for_task(task, classes, rarest))


def parse_requirement(text: str) -> Requirement:
    """The requirement that `text` states; per cent are accepted where the metric is a share.

    Raises SettingsError: no metric, relation and number; an unknown metric; or a number that it can never satisfy.
    """
    found = _REQUIREMENT.fullmatch(text)
    if found is None:
        raise SettingsError(
            "a requirement must be a metric, one of <=, >=, <, > and a number, such as latency_ms<=1, recall[yes]>=0.8 "
            f"or error<=5%; got {text!r}."
        )
    named, relation, digits, per_cent = found.groups()
    measure = parse_measure(named)
    bound = float(digits.replace(",", "").replace("_", ""))
    if per_cent and measure.kind.unit != "share":
        raise SettingsError(f"{measure} is no share, so it takes no per cent; got {text!r}.")
    requirement = Requirement(measure, relation, bound / 100 if per_cent else bound)
    _check_possible(requirement, text)
    return requirement


def _check_possible(requirement: Requirement, text: str) -> None:
    """Refuse a bound outside of the metric's range, or one that nothing in it satisfies."""
    kind, bound, relation = requirement.measure.kind, requirement.bound, requirement.relation
    best_case = kind.low if relation in ("<=", "<") else kind.high
    positive = kind.task == "any" and bound <= 0  # nothing takes no time and no space
    if kind.low <= bound <= kind.high and not positive and (math.isinf(best_case) or HOLDS[relation](best_case, bound)):
        return
    ends = "above 0" if kind.task == "any" else f"between {kind.low:g} and {kind.high:g}"
    ends = ends.replace("between -inf and", "at most").replace("between 0 and inf", "at least 0")
    hint = ""
    if kind.unit == "share" and 1 < bound <= 100:
        hint = f" For {bound:g} % write {requirement.measure}{relation}{bound:g}%."
    raise SettingsError(f"{text.strip()!r} is impossible: {requirement.measure} is {ends}.{hint}")


def _shown(bound: float) -> str:
    """All digits, so that the text is read back as the same number."""
    return repr(bound).removesuffix(".0")


def parse_requirements(texts: Sequence[str]) -> tuple[Requirement, ...]:
    """All requirements of a run. Raises SettingsError too where two exclude each other."""
    requirements = tuple(parse_requirement(text) for text in texts)
    for one, other in combinations(requirements, 2):
        low, high = (one, other) if one.relation in (">=", ">") else (other, one)
        if one.measure != other.measure or low.relation not in (">=", ">") or high.relation not in ("<=", "<"):
            continue
        strict = ">" in (low.relation, high.relation) or "<" in (low.relation, high.relation)
        if low.bound > high.bound or (low.bound == high.bound and strict):
            raise SettingsError(f"{low} and {high} exclude each other: no model can satisfy both.")
    return requirements
