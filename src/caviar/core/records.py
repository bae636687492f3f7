"""What a run leaves behind, as plain records: notices, findings, the actions they call for, the recipe's steps."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Verdict = Literal["present", "absent", "cannot-tell"]
Severity = Literal["low", "medium", "high"]
Task = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True)
class Notice:
    """Something that was repaired, left out, chosen or looks suspicious, told to the user in one sentence.

    `level` is "info" (chosen), "repaired" (changed safely) or "warning" (look at it). `columns` names the columns
    concerned.
    """

    level: Literal["info", "repaired", "warning"]
    text: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Action:
    """Something to do about a finding. `by` says who can: "caviar" (it changes settings) or "you" (more data, say)."""

    text: str
    by: Literal["caviar", "you"]
    expected: str
    change: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One disease, looked for: present, absent, or impossible to tell (then `meaning` says what is missing).

    `confidence` is in [0, 1]; `evidence` holds figures by name (errors as fractions); `section` is the row of the
    notes.
    """

    id: str
    verdict: Verdict
    severity: Severity
    confidence: float
    meaning: str
    evidence: dict[str, Any] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    section: str = ""

    def __str__(self) -> str:
        return f"{self.id} ({self.verdict}, {self.severity}): {self.meaning}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Finding":
        return cls(**{**value, "actions": tuple(Action(**action) for action in value["actions"])})


@dataclass(frozen=True)
class Step:
    """One turn of the recipe's loop, a line of `steps.jsonl`.

    `effect` is measured. `kept`: whether the step was; `dev_error_before`, `dev_error_after`, and the `difference` with
    its 95 % interval, `low` and `high`, which `covers` says what of ("dev rows"; "seeds and dev rows"). A search is
    judged by what it does to the ensemble. An action is judged by members of its own beside a control, and its `trial`
    holds every candidate's effect. `ensemble`: the ensemble's errors after the step.
    """

    number: int
    stage: str
    finding: str
    action: str
    expected: str
    effect: dict[str, Any]
    seconds: float
    members_trained: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
