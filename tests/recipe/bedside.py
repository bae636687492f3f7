"""A network in training on a small table, what is said to it at which epoch, and a kill in the middle."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from caviar.core.config import TrainConfig
from caviar.core.progress import Course, Silent
from caviar.recipe.requests import send

EPOCHS = 9


class Killed(BaseException):
    """Stands for a kill: nothing in the program catches it."""


class Bedside(Silent):
    """Watches, and speaks to the run.

    Args:
        says: by epoch what it is told at that epoch's end, requests as (kind, content).
        kill_after: the epoch after which the plug is pulled; then nothing more is answered or written.
    """

    def __init__(
        self,
        folder: Path,
        says: Mapping[int, Sequence[tuple[str, dict[str, Any]]]] | None = None,
        kill_after: int | None = None,
    ):
        self.folder, self.says, self.kill_after = folder, dict(says or {}), kill_after
        self.said: list[str] = []
        self.courses: list[Course] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def draw(self, course: Course) -> None:
        epoch = len(course.points)
        self.courses.append(course)
        if epoch == self.kill_after:
            raise Killed
        for kind, content in self.says.pop(epoch + 1, ()):  # waits there when that epoch ends
            send(self.folder, kind, **content)

    def speak(self, kind: str, **content: Any) -> None:
        send(self.folder, kind, **content)


def nudge(*texts: str) -> tuple[str, dict[str, Any]]:
    return "nudge", {"nudges": list(texts)}


def rewind(to_epoch: int) -> tuple[str, dict[str, Any]]:
    return "rewind", {"to_epoch": to_epoch}


def config(folder: Path, **changes: Any) -> TrainConfig:
    given = {
        "data": "wine", "hidden": (8, 8), "batch_norm": True, "epochs": EPOCHS, "seed": 1, "threads": 1,
        "settings": {"learning_rate": 0.01, "drop_rate": 0.1, "schedule": "cosine"},
    }  # fmt: skip
    return TrainConfig.checked(**given | {"out": str(folder)} | changes)
