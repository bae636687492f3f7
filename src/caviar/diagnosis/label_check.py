"""The record of a look at labels through networks that were not trained on the rows (recipe/held_out.py). Notes C3."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Doubt:
    """A label that is likely wrong. `row` counts from 1 below the header of the file that `part` came from."""

    part: str
    row: int
    given: str
    suggested: str
    confidence: float


@dataclass(frozen=True)
class LabelCheck:
    """Figures of confident_learning.py's DoubtedLabels, and the first rows in doubt; or why nothing was measured.

    Args:
        why_not: in a few words; "" where it was measured.
        file: in the run's folder, all `doubted` rows, the surest first.
        folds, members: how many held-out parts, and networks trained in all.
    """

    why_not: str = ""
    rows: int = 0
    mistakes: int = 0
    surest: int = 0
    contradicted: int = 0
    contradicted_of_half: int = 0
    confused_share: float = 0.0
    doubted: int = 0
    file: str = ""
    folds: int = 0
    members: int = 0
    examples: tuple[Doubt, ...] = ()

    @property
    def measured(self) -> bool:
        return not self.why_not

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "LabelCheck":
        return cls(**{**value, "examples": tuple(Doubt(**one) for one in value["examples"])})
