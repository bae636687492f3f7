"""The recipe's path: dev and train error after each step, what brought it, and what each action did. Notes 1.3."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from caviar.report import wording
from caviar.report.drawing import LETTER, Drawing, at_two_widths
from caviar.report.loose_values import mapping_of, mappings_in, number_of, text_of
from caviar.report.run_files import RunFiles
from caviar.report.scales import Scale

ROW, LABELLED_ROW, FOOT = 24, 38, 38
BESIDE = 500  # pictures at least this wide have their labels on the left of the rows, others above them
LABEL_SHARE = 0.5
FAR = 3  # a first error more than so many times all later ones is an arrow at the edge
ROOM = 1.5  # the axis goes on for intervals up to so many times the largest error
STRONG = 1.15  # bold letters are so much wider


@dataclass(frozen=True)
class Row:
    """A step, or below it one of the actions that it tried.

    error: the ensemble's, or the action's own networks'. limits: of the change, laid from where it began. control: the
    error of networks without the action. dev, train: the ensemble's errors when the step is over; None below a step.
    """

    label: str
    error: float | None
    limits: tuple[float, float] | None
    kept: bool | None
    control: float | None = None
    dev: float | None = None
    train: float | None = None
    is_step: bool = True


def path_picture(run: RunFiles, numbers: list[str]) -> Markup:
    """A row a step, the first on top: the line moves left as the error falls. Empty where no error was measured.

    Args:
        numbers: of the steps, as the diary shows them.
    """
    rows = list(_rows(run, numbers))
    if all(row.error is None for row in rows):
        return Markup("")
    axis = _axis(run, rows)
    return at_two_widths(lambda name, width: _drawn(run, rows, axis, name, width), "steps", wide=1000)


def _rows(run: RunFiles, numbers: list[str]) -> Iterator[Row]:
    level: float | None = None
    for number, step in zip(numbers, run.steps, strict=True):
        effect = mapping_of(step.get("effect"))
        standing, trial = mapping_of(effect.get("ensemble")), mapping_of(effect.get("trial"))
        after, kept = number_of(effect.get("dev_error_after")), effect.get("kept")
        kept = kept if isinstance(kept, bool) else None
        if not trial and after is not None and kept is not False:
            level = after
        level = number_of(standing.get("dev_error")) if standing else level
        stage = text_of(step.get("stage")) or "step"
        train = number_of(standing.get("train_error"))
        if trial:
            tried = mappings_in(trial.get("candidates"))
            yield Row(f"{number} · {stage}, {_said(tried)}", level, None, None, dev=level, train=train)
            control = number_of(mapping_of(trial.get("control")).get("dev_error"))
            for one in tried:
                error = number_of(one.get("dev_error"))
                label = text_of(one.get("action")) or text_of(one.get("name"))
                yield Row(label, error, _limits(control, one), one.get("kept") is True, control, is_step=False)
        else:
            action = text_of(step.get("action"))
            label = f"{number} · {action or stage}"
            limits = _limits(number_of(effect.get("dev_error_before")), effect)
            yield Row(label, after, limits, kept, dev=level, train=train)


def _said(tried: list[dict[str, Any]]) -> str:
    kept = [text_of(one.get("name")).replace("-", " ") for one in tried if one.get("kept") is True]
    return f"kept: {', '.join(kept)}" if kept else "all undone"


def _limits(start: float | None, effect: dict[str, Any]) -> tuple[float, float] | None:
    """The interval of the change, laid from where it began."""
    low, high = number_of(effect.get("low")), number_of(effect.get("high"))
    return None if start is None or low is None or high is None else (start + low, start + high)


def _axis(run: RunFiles, rows: list[Row]) -> Scale:
    """From 0 to the largest error, and beyond as intervals reach; first errors far out would flatten it."""
    errors = [[value for value in (row.error, row.control, row.dev, row.train) if value is not None] for row in rows]
    largest = [max(each) for each in errors if each]
    start = 0
    while start < len(largest) - 1 and largest[start] > FAR * max(largest[start + 1 :]):
        start += 1
    end = max(largest[start:])
    reach = max([end, *(row.limits[1] for row in rows if row.limits is not None)])
    return Scale(0.0, 1.06 * min(reach, ROOM * end) or 1.0, factor=1.0 if run.is_regression else 100.0)


def _drawn(run: RunFiles, rows: list[Row], axis: Scale, name: str, width: float) -> Drawing:
    beside = width >= BESIDE
    height = ROW if beside else LABELLED_ROW
    figures = [wording.error(row.error, run.metric) if row.error is not None else "" for row in rows]
    left = LABEL_SHARE * width if beside else 8.0
    right = width - 10 - 1.1 * LETTER * max(map(len, figures))
    drawing = Drawing(name, width, height * len(rows) + FOOT, _told(run, rows))
    foot = height * len(rows) + 4
    for tick in drawing.ticks_below(axis, left, right, foot + 15, 5 if not beside else 8):
        drawing.line(tick, 2, tick, foot, "grid")
    title = f"RMSE, units of {wording.shorten(run.target, 20)}" if run.is_regression else "error, %"
    drawing.text(right, foot + 31, title, "title", "end")
    ys = np.array([height * place + (ROW / 2 if beside else LABELLED_ROW - 11) for place in range(len(rows))])

    def x(value: float) -> float:
        return float(left + np.clip(axis.place(np.array(value)), 0.0, 1.0) * (right - left))

    for kind, style in (("train", "train-path"), ("dev", "falling")):
        points = [(x(value), y) for row, y in zip(rows, ys, strict=True) if (value := getattr(row, kind)) is not None]
        if points:
            drawing.path(np.array([each for each, _ in points]), np.array([y for _, y in points]), style)
    for row, y, figure in zip(rows, ys.tolist(), figures, strict=True):
        _draw_row(drawing, row, y, x, axis.high)
        start, letter, style = (0.0, STRONG * LETTER, "halo strong") if row.is_step else (18.0, LETTER, "halo")
        room = int(((left - 10 if beside else width) - start) / letter)
        drawing.text(start, y + 4 if beside else y - 14, wording.shorten(row.label, room), style)
        drawing.text(width, y + 4, figure, "strong" if row.is_step and row.kept is not False else "", "end")
    return drawing


def _draw_row(drawing: Drawing, row: Row, y: float, x: Any, end: float) -> None:
    """A row's marks: train error, control, interval, then the error itself; far out it is an arrow."""
    if row.train is not None and row.train <= end:
        drawing.add("rect", x=x(row.train) - 3.5, y=y - 3.5, width=7, height=7, class_="train-mark")
    if row.control is not None and row.control <= end:
        drawing.line(x(row.control), y - 9, x(row.control), y + 9, "control")
    style = "undone" if row.kept is False else "kept-step"
    if row.limits is not None and row.limits[0] <= end:
        drawing.line(x(row.limits[0]), y, x(row.limits[1]), y, f"whisker {style}")
    if row.error is None:
        return
    if row.error > end:
        drawing.path(np.array([x(end) - 8, x(end), x(end) - 8]), np.array([y - 5, y, y + 5]), "arrow own")
    else:
        drawing.add("circle", cx=x(row.error), cy=y, r=5 if row.is_step else 4, class_=style)


def _told(run: RunFiles, rows: list[Row]) -> str:
    """The picture in words, for whoever cannot see it."""
    told = []
    for row in rows:
        word = "" if row.kept is None else " (kept)" if row.kept else " (undone)"
        if row.error is not None:
            told.append(f"{row.label}: {wording.error(row.error, run.metric)}{word}")
    return "Dev error after each step. " + "; ".join(told) + "."
