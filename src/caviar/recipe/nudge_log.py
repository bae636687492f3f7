"""What was said to a run and what came of it, line by line in `nudges.jsonl`: the run's path follows from it.

With the configuration it is all that decides the weights of any epoch. Checkpoints only save the way there.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from caviar.core.files import append_json_line, read_json_lines

FILE = "nudges.jsonl"


@dataclass(frozen=True)
class Event:
    """One line.

    Args:
        kind: "nudge", "pause", "unpause", "rewind" or "refused".
        epoch: epochs trained when it came: a nudge acts from the next one on.
        request: the request that it answers.
        changes: of a nudge, by name the old and the new value; an infinite one is "inf".
        to_epoch: of a rewind.
        undone: of a rewind, the curves (training/member.py) of the epochs that it took back.
        reason: of a refusal.
    """

    kind: str
    epoch: int
    request: str = ""
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    to_epoch: int = 0
    undone: tuple[tuple[float, ...], ...] = ()
    reason: str = ""
    when: str = ""

    def to_json(self) -> dict[str, Any]:
        line: dict[str, Any] = {"when": self.when, "kind": self.kind, "epoch": self.epoch, "request": self.request}
        if self.kind == "nudge":
            line["changes"] = {name: [_plain(each) for each in pair] for name, pair in self.changes.items()}
        if self.kind == "rewind":
            line |= {"to_epoch": self.to_epoch, "undone": [[_plain(each) for each in point] for point in self.undone]}
        if self.kind == "refused":
            line["reason"] = self.reason
        return line

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> "Event":
        changes = {name: (_value(old), _value(new)) for name, (old, new) in line.get("changes", {}).items()}
        undone = tuple(tuple(float(each) for each in point) for point in line.get("undone", ()))
        return cls(**{**line, "changes": changes, "undone": undone})


def _plain(value: Any) -> Any:
    """JSON has no infinity and no NaN: they are written as words."""
    return str(value) if isinstance(value, float) and not abs(value) < float("inf") else value


def _value(value: Any) -> Any:
    return float(value) if value in ("inf", "nan") else value


class NudgeLog:
    """The events of one run, in order, on disk before they act."""

    def __init__(self, folder: Path):
        self.path = folder / FILE
        self.events = [Event.from_json(line) for line in read_json_lines(self.path)]

    def add(self, kind: str, epoch: int, request: str = "", **more: Any) -> Event:
        """Write an event down."""
        when = datetime.now(UTC).isoformat(timespec="seconds")
        event = Event(kind, epoch, request, when=when, **more)
        append_json_line(self.path, event.to_json())
        self.events.append(event)
        return event

    def answered(self, request: str) -> Event | None:
        """What came of a request; None while nothing has."""
        return next((event for event in self.events if event.request == request), None)

    @property
    def paused(self) -> bool:
        """Whether the run stands still until it is unpaused."""
        last = [event.kind for event in self.events if event.kind in ("pause", "unpause")][-1:]
        return last == ["pause"]

    @property
    def rewinds(self) -> list[Event]:
        return [event for event in self.events if event.kind == "rewind"]

    def nudges(self) -> list[Event]:
        """Those that stand: a rewind to an epoch undoes what acted after it."""
        standing: list[Event] = []
        for event in self.events:
            if event.kind == "nudge":
                standing.append(event)
            elif event.kind == "rewind":
                standing = [nudge for nudge in standing if nudge.epoch < event.to_epoch]
        return standing

    def is_on_path(self, epoch: int, branch: int) -> bool:
        """Whether a checkpoint of this epoch, written after `branch` rewinds, is one of the path as it stands."""
        return all(epoch <= rewind.to_epoch for rewind in self.rewinds[branch:])


def shown(value: Any) -> str:
    """A setting for the eye: "0.01", "off" for an infinite norm."""
    if isinstance(value, float):
        return "off" if math.isinf(value) else f"{value:.4g}"
    return str(value)


def changes_told(changes: Mapping[str, Sequence[Any]]) -> str:
    """ "learning_rate 0.01 → 0.005, drop_rate 0 → 0.2" of {name: (old, new)}."""
    return ", ".join(f"{name} {shown(old)} → {shown(new)}" for name, (old, new) in changes.items())
