"""Progress of long work: a live line on a terminal, in a pipe only what is announced. All remember the run's folder."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caviar.cli.figures import counted, shown_error
from caviar.core.durations import spoken_duration
from caviar.core.progress import Silent
from caviar.core.records import Task

if TYPE_CHECKING:
    from rich.text import Text


class Quiet(Silent):
    """Progress for `--json`: prints nothing."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *_: Any) -> None: ...

    def begin(self, folder: Path, task: Task) -> None:
        """The run's folder exists from now on; what is learnt there is `task`."""
        self.folder = folder


class Pipe(Quiet):
    """Progress for pipes: what is announced goes to standard error, and nothing else is printed."""

    def announce(self, text: str) -> None:
        """Print `text` before the work starts."""
        print(text, file=sys.stderr, flush=True)


class LiveLine(Quiet):
    """Progress for a terminal: one line on standard error that follows the work, with what is worth keeping above it.

    The line is redrawn by a thread of its own four times a second, so the work never waits for the terminal, and the
    time left goes on falling between two updates.
    """

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        super().__init__()
        self._metric: str | None = None
        self._state: tuple[str, int, float | None] = ("starting", 0, None)
        self._deadline: float | None = None
        self._console = Console(stderr=True)
        self._live = Live(get_renderable=self.line, console=self._console, refresh_per_second=4, transient=True)

    def __enter__(self) -> "LiveLine":
        self._live.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._live.stop()

    def begin(self, folder: Path, task: Task) -> None:
        """As `Quiet.begin`; from now on dev errors are shown in per cent, or in units for a regression."""
        super().begin(folder, task)
        self._metric = "rmse" if task == "regression" else "error"

    def say(self, text: str) -> None:
        """Print `text` above the live line, where it stays."""
        self._console.print(text, markup=False, highlight=False)

    def announce(self, text: str) -> None:
        """As `say`."""
        self.say(text)

    def update(self, stage: str, alive: int, best_dev_error: float | None, seconds_left: float | None) -> None:
        """Remember where the work stands; the next redraw shows it."""
        self._state = (stage, alive, best_dev_error)
        self._deadline = None if seconds_left is None else time.monotonic() + seconds_left

    def line(self) -> "Text":
        """The live line as it stands now: stage, members alive, best dev error, time left."""
        from rich.text import Text

        stage, alive, best = self._state
        parts = [stage]
        if alive:
            parts.append(f"{counted(alive, 'network')} in training")
        if best is not None:
            parts.append(f"best dev error {shown_error(best, self._metric) if self._metric else format(best, '.4g')}")
        if self._deadline is not None:
            parts.append(f"{spoken_duration(max(0, round(self._deadline - time.monotonic())))} left")
        return Text(" · ".join(parts), style="bold cyan", no_wrap=True, overflow="ellipsis")


def progress_for(as_json: bool) -> Quiet:
    """The live line where a person watches; for machines nothing; else what is announced."""
    if as_json:
        return Quiet()
    return LiveLine() if sys.stderr.isatty() else Pipe()
