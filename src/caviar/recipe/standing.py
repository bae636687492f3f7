"""How a babysat network stands, in a file for whoever speaks to it from elsewhere."""

from dataclasses import asdict, dataclass
from typing import Any

from caviar.core.records import Task


@dataclass(frozen=True)
class Standing:
    """The content of `standing.json`.

    Args:
        state: "training" or "paused". values: by name what can be nudged; an infinite one is "inf".
        findings: names of the diseases that are present.
    """

    state: str
    epoch: int
    values: dict[str, Any]
    task: Task
    findings: list[str]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Standing":
        values = {name: float(one) if one == "inf" else one for name, one in value["values"].items()}
        return cls(**{**value, "values": values})
