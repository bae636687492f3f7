"""One network's training on a terminal: its curves, drawn anew as they grow, with nudges as upright lines."""

import sys
from typing import TYPE_CHECKING

from caviar.cli.figures import shown_error
from caviar.cli.progress import LiveLine, Quiet
from caviar.cli.text_plot import MARK, is_wide, text_plot
from caviar.core.durations import spoken_duration
from caviar.core.progress import Course

if TYPE_CHECKING:
    from rich.text import Text

HEIGHT, LABEL, MOST_WIDE, LEAST_WIDE = 6, 8, 56, 12
MOST_NUDGES = 4


class LiveCurves(LiveLine):
    """As LiveLine; from the first epoch on the line stands over train loss and dev error, which stay at the end."""

    def __init__(self) -> None:
        self._course: Course | None = None  # first: rich asks for the line at once
        super().__init__()

    def draw(self, course: Course) -> None:
        """Remember the course; the next redraw shows it."""
        self._course = course
        self._live.transient = False

    def line(self) -> "Text":
        """The picture as it stands now."""
        if self._course is None or not self._course.points:
            return super().line()
        from rich.text import Text

        lines = picture(self._course, self._metric or "error", self._console.width)
        text = Text(lines[0] + "\n", style="bold cyan", overflow="ellipsis", no_wrap=True)
        return text.append("\n".join(lines[1:]), style="default not bold")


def picture(course: Course, metric: str, width: int) -> list[str]:
    """The line of figures, then both curves side by side, then the last nudges."""
    losses, errors = [point[0] for point in course.points], [point[2] for point in course.points]
    room = max(LEAST_WIDE, min(MOST_WIDE, (width - 2 * LABEL - 5) // 2))
    left = _panel("train loss", losses, course, room, "loss")
    right = _panel("dev error" if metric == "error" else "dev RMSE", errors, course, room, metric)
    side_by_side = [f"{one:<{room + LABEL + 2}} {other}".rstrip() for one, other in zip(left, right, strict=True)]
    nudges = [f"{MARK} after epoch {epoch}: {told}" for epoch, told in course.nudges[-MOST_NUDGES:]]
    return [figures(course, metric), *side_by_side, *nudges]


def figures(course: Course, metric: str) -> str:
    """Where it stands, in one line."""
    loss, _, error, rate = course.points[-1]
    epoch = len(course.points)
    parts = [f"epoch {epoch}/{course.planned_epochs}{' PAUSED' if course.paused else ''}", f"train loss {loss:.3g}"]
    if course.best_epoch:
        best = shown_error(course.points[course.best_epoch - 1][2], metric)
        parts.append(f"dev {shown_error(error, metric)} (best {best} at {course.best_epoch})")
    if course.reference is not None:
        parts.append(f"boosting {shown_error(course.reference, metric)}")
    parts.append(f"rate {rate:.3g}")
    if course.seconds_left is not None:
        parts.append(f"{spoken_duration(max(0, round(course.seconds_left)))} left")
    return " · ".join(parts)


def _panel(title: str, values: list[float], course: Course, room: int, kind: str) -> list[str]:
    """A title, the curve with its highest and lowest figure beside it, and the epochs below."""
    log = is_wide(values)
    marks = [epoch + 0.5 for epoch, _ in course.nudges]
    last = _end(course.planned_epochs, len(values))
    rows = text_plot(values, last, room, HEIGHT, marks, log)
    finite = [value for value in values if abs(value) < float("inf")]
    labels = [""] * HEIGHT
    if finite:
        labels[0], labels[-1] = _label(max(finite), kind), _label(min(finite), kind)
    return [
        f"{'':{LABEL}}  " + f"{title}{', log scale' if log else ''}"[:room],
        *(f"{label:>{LABEL}} │{row}" for label, row in zip(labels, rows, strict=True)),
        f"{'':{LABEL}} └{'1':<{room - len(str(last))}}{last}",
    ]


def _end(planned: int, epochs: int) -> int:
    """Where the epoch axis ends: the planned end, or its half, quarter … as long as all epochs so far have room."""
    end = max(planned, epochs)
    while end // 2 >= max(epochs, 10):
        end //= 2
    return end


def _label(value: float, kind: str) -> str:
    return f"{value:.3g}" if kind == "loss" else shown_error(value, kind)


def curves_for(as_json: bool) -> Quiet:
    """The live curves where a person watches, else nothing."""
    return LiveCurves() if is_watched(as_json) else Quiet()


def is_watched(as_json: bool) -> bool:
    """Whether somebody sits at the terminal."""
    return sys.stderr.isatty() and not as_json
