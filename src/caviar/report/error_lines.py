"""The errors of a run beside its reference lines: on one axis, and in a table. Notes 1.2."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from caviar.report import wording
from caviar.report.drawing import LETTER, Drawing, at_two_widths
from caviar.report.loose_values import mapping_of, number_of, text_of
from caviar.report.run_files import PARTS, RunFiles
from caviar.report.scales import Scale

ROW = 26


@dataclass(frozen=True)
class ErrorLine:
    """One error on the verdict's picture and in its table; `interval` is None where only the figure is known."""

    who: str
    part: str
    style: str
    error: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class ErrorTable:
    """Rows: part, how many rows it has, the network's error and its interval, and one error a reference."""

    references: list[str]
    rows: list[tuple[str, str, str, str, list[str]]]


def reference_errors(run: RunFiles, part: str) -> dict[str, float]:
    """The reference lines' errors on one part, by name, as far as they were recorded."""
    measured = text_of(run.result.get("reference_part")) or run.judged_part
    field = "reference_errors" if part == measured else f"reference_{part}_errors"
    found = {name: number_of(value) for name, value in mapping_of(run.result.get(field)).items()}
    return {name: value for name, value in found.items() if value is not None}


def _lines(run: RunFiles) -> list[ErrorLine]:
    """Every error known, the network's first; part by part from the judged one."""
    parts = [run.judged_part, *[part for part in reversed(PARTS) if part != run.judged_part]]
    lines = [
        ErrorLine(
            "Network",
            wording.part_name(part),
            "own" if part == run.judged_part else "own-other",
            value,
            run.interval(part),
        )
        for part in parts
        if (value := run.number(f"{part}_error")) is not None
    ]
    for name in ("boosting", "trivial"):
        value = reference_errors(run, run.judged_part).get(name)
        if value is not None:
            lines.append(ErrorLine(name.capitalize(), run.judged_part, name, value, None))
    if (human := run.number("human_error")) is not None:
        lines.append(ErrorLine("Human", "as given", "human", human, None))
    return lines


def errors_picture(run: RunFiles) -> Markup:
    """Every error on one axis from 0, the network's with their intervals; what lies far out is an arrow."""
    lines, metric = _lines(run), run.metric
    if not lines:
        return Markup("")
    values = [line.error if line.interval is None else max(line.interval[1], line.error) for line in lines]
    near = max((value for line, value in zip(lines, values, strict=True) if line.style != "trivial"), default=values[0])
    end = max(values) if max(values) <= 3 * near else near
    axis = Scale(0.0, 1.06 * end or 1.0, factor=1.0 if run.is_regression else 100.0)
    label = "Errors: " + "; ".join(
        f"{line.who} on {line.part} {wording.error(line.error, metric)}"
        + (f", {wording.between(line.interval, metric)}" if line.interval else "")
        for line in lines
    )

    def draw(name: str, width: float) -> Drawing:
        named = [f"{line.who}, {line.part}" for line in lines]
        shown = [wording.error(line.error, metric) for line in lines]
        left = 18 + LETTER * max(map(len, named))
        right = width - 8 - 1.1 * LETTER * max(map(len, shown))
        drawing = Drawing(name, width, ROW * len(lines) + 38, label)
        foot = ROW * len(lines) + 6
        for x in drawing.ticks_below(axis, left, right, foot + 15, 5 if width < 500 else 8):
            drawing.line(x, 4, x, foot, "grid")
        drawing.text(right, foot + 31, "RMSE" if run.is_regression else "error, %", "title", "end")
        for row, line in enumerate(lines):
            y = 17 + ROW * row
            low, high = line.interval or (line.error, line.error)
            xs = left + np.clip(axis.place(np.array([low, line.error, high])), 0.0, 1.0) * (right - left)
            drawing.text(0, y + 4, named[row], "strong" if line.style == "own" else "")
            if line.error > axis.high:
                drawing.path(
                    np.array([right - 9, right, right - 9]), np.array([y - 5, y, y + 5]), f"arrow {line.style}"
                )
                drawing.line(left, y, right - 2, y, f"far {line.style}")
            else:
                drawing.line(xs[0], y, xs[2], y, f"whisker {line.style}")
                _mark(drawing, float(xs[1]), y, line.style)
            drawing.text(width, y + 4, shown[row], "strong" if line.style == "own" else "", "end")
        return drawing

    return at_two_widths(draw, "verdict", narrow=330, wide=520)


def _mark(drawing: Drawing, x: float, y: float, style: str) -> None:
    """Each kind of line has a shape of its own, so that colour is never the only sign."""
    if style in ("own", "own-other"):
        drawing.add("circle", cx=x, cy=y, r=6 if style == "own" else 4.5, class_=f"mark {style}")
    elif style == "boosting":
        drawing.add("path", d=f"M{x:.1f} {y - 6}l6 6-6 6-6-6z", class_=f"mark {style}")
    elif style == "human":
        drawing.add("path", d=f"M{x:.1f} {y - 6}l6 11h-12z", class_=f"mark {style}")
    else:
        drawing.add("rect", x=x - 5, y=y - 5, width=10, height=10, class_=f"mark {style}")


def errors_table(run: RunFiles) -> ErrorTable:
    """Every error known, a row a part and a column a model."""
    by_part = {part: reference_errors(run, part) for part in PARTS}
    names = list(dict.fromkeys(name for part in PARTS for name in sorted(by_part[part])))
    rows = []
    for part in reversed(PARTS):
        own, interval = run.number(f"{part}_error"), run.interval(part)
        if own is None and not by_part[part]:
            continue
        rows.append(
            (
                wording.part_name(part),
                wording.count(run.rows(part), "row") if run.rows(part) is not None else "",
                _cell(run, own),
                wording.between(interval, run.metric) if own is not None and interval else "",
                [_cell(run, by_part[part].get(name)) for name in names],
            )
        )
    return ErrorTable([name.replace("_", " ").capitalize() for name in names], rows)


def _cell(run: RunFiles, error: float | None) -> str:
    return "–" if error is None else wording.error(error, run.metric)
