"""How long work tells where it stands, without knowing who listens (a terminal, a notebook, nobody)."""

from pathlib import Path
from typing import Protocol

from caviar.core.records import Task


class Progress(Protocol):
    """Receives the state of long work. Every method may be called often and must return at once."""

    def begin(self, folder: Path, task: Task) -> None:
        """The run's folder exists from now on; `task` says what errors are measured in."""

    def say(self, text: str) -> None:
        """One line worth keeping: a step of the recipe, a notice."""

    def announce(self, text: str) -> None:
        """One line to know before the long work starts, such as the memory that it will take."""

    def update(self, stage: str, alive: int, best_dev_error: float | None, seconds_left: float | None) -> None:
        """The current stage, members still training, best dev error so far (fraction or target units), time left."""


class Silent:
    """Progress for nobody: tests, `--json`."""

    def begin(self, folder: Path, task: Task) -> None: ...

    def say(self, text: str) -> None: ...

    def announce(self, text: str) -> None: ...

    def update(self, stage: str, alive: int, best_dev_error: float | None, seconds_left: float | None) -> None: ...
