"""One setting against dev error, a dot a member: numbers on a scale of their own, choices in rows. Notes 3.1, 3.2."""

import numpy as np
import polars as pl

from caviar.report import wording
from caviar.report.drawing import Drawing, Plot, element
from caviar.report.members import Members
from caviar.report.scales import Axis, Scale, WithSlots, scale_of

MOST_CHOICES = 12
WIDTH, HEIGHT, ROW = 350, 240, 34
STAR = "l2.2 5.3 5.6.4-4.3 3.7 1.4 5.6-4.9-3-4.9 3 1.4-5.6-4.3-3.7 5.6-.4z"


def stage_style(stage: int) -> str:
    return f"s{stage}"


def number_panel(column: str, cells: pl.Series, members: Members, y_axis: Scale, y_title: str) -> Plot:
    """Dev error (y) against a setting that is a number (x). Members above the y scale are triangles at its edge."""
    name = wording.setting_name(column)
    values = cells.cast(pl.Float64).fill_null(np.nan).to_numpy()
    x_axis, kind = setting_axis(values)
    x_title = name if kind == "linear" else f"{name} ({'log scale' if kind == 'log' else 'log scale of 1 − value'})"
    plot = Plot(
        f"members-{_slug(column)}",
        WIDTH,
        HEIGHT,
        _label(name, values, members, y_axis),
        x_axis,
        y_axis,
        x_title,
        y_title,
    )
    there = ~np.isnan(values)
    xs = plot.x(values)
    over = ~(members.errors <= y_axis.high)
    ys = np.where(over, plot.top - 3, plot.y(np.where(over, y_axis.high, members.errors)))
    for stage in range(len(members.stage_names)):
        here = (members.stages == stage) & there & ~members.marked
        plot.dots(xs[here & ~over], ys[here & ~over], stage_style(stage))
        if (outside := here & over).any():
            plot.add(
                "path",
                class_=f"over {stage_style(stage)}",
                d="".join(f"M{x - 3:.1f} {plot.top}l3-5 3 5z" for x in xs[outside]),
            )
    for place in np.flatnonzero(members.marked & there):
        _mark(
            plot,
            float(xs[place]),
            float(ys[place]),
            int(place),
            f"{name} {wording.number(float(values[place]))}",
            members,
            y_axis,
        )
    return plot


def setting_axis(values: np.ndarray) -> tuple[Axis, str]:
    """The axis for a setting's values (NaN: not set), and its kind; 0 and infinity get slots where it has none."""
    finite = values[np.isfinite(values)]
    infinity = bool(np.isinf(values).any())
    positive = finite[finite > 0]
    if len(positive) and len(positive) < len(finite) and finite.min() == 0:
        scale = scale_of(positive)
        if scale.kind == "log":
            return WithSlots(scale, True, infinity), scale.kind
    scale = scale_of(finite if len(finite) else [0.0, 1.0])
    return (WithSlots(scale, False, True) if infinity else scale), scale.kind


def choice_panel(column: str, cells: pl.Series, members: Members, x_axis: Scale, x_title: str) -> tuple[Drawing, int]:
    """A row for each choice, the one with the lowest dev error on top, members along the dev error (x).

    Also says how many choices did not fit in.
    """
    name = wording.setting_name(column)
    texts = np.array(cells.fill_null("none").to_list(), dtype=object)
    lowest = {
        choice: float(np.nanmin(members.errors[texts == choice]))
        for choice in dict.fromkeys(texts.tolist())
        if np.isfinite(members.errors[texts == choice]).any()
    }
    ranked = sorted(lowest, key=lambda choice: lowest[choice])
    shown = ranked[:MOST_CHOICES]
    left, right, foot = 8.0, WIDTH - 12.0, ROW * len(shown) + 10
    drawing = Drawing(f"members-{_slug(column)}", WIDTH, foot + 38, _label(name, texts, members, x_axis))
    for x in drawing.ticks_below(x_axis, left, right, foot + 15, 6):
        drawing.line(x, 4, x, foot, "grid")
    drawing.text(right, foot + 33, x_title, "title", "end")
    jitter = np.random.default_rng(0).uniform(-4, 4, len(texts))
    over = ~(members.errors <= x_axis.high)
    xs = np.where(over, right + 3, left + x_axis.place(np.where(over, x_axis.high, members.errors)) * (right - left))
    for row, choice in enumerate(shown):
        here = texts == choice
        y = ROW * row + 28.0
        drawing.line(left, y, right, y, "lane")
        for stage in range(len(members.stage_names)):
            of_stage = (members.stages == stage) & here & ~members.marked
            drawing.dots(xs[of_stage & ~over], (y + jitter)[of_stage & ~over], stage_style(stage))
            if (outside := of_stage & over).any():
                drawing.add(
                    "path",
                    class_=f"over {stage_style(stage)}",
                    d="".join(f"M{right} {at - 3:.1f}l5 3-5 3z" for at in (y + jitter)[outside]),
                )
        for place in np.flatnonzero(members.marked & here):
            _mark(drawing, float(xs[place]), float(y + jitter[place]), int(place), choice, members, x_axis)
        drawing.text(left, y - 11, f"{wording.shorten(choice, 34)} ({int(here.sum()):,})", "halo")
        drawing.text(right, y - 11, f"lowest {_error(lowest[choice], x_axis)}", "halo faint-text", "end")
    return drawing, len(ranked) - len(shown)


def _mark(drawing: Drawing, x: float, y: float, place: int, what: str, members: Members, scale: Scale) -> None:
    """A star for the best member, a ring for the ensemble's; both say which member they are."""
    title = element(
        "title", f"member {members.numbers[place]}: {what}, dev error {_error(members.errors[place], scale)}"
    )
    if place == members.best:
        drawing.add("path", title, class_="best", d=f"M{x:.1f} {y - 8:.1f}{STAR}")
    else:
        drawing.add("circle", title, cx=x, cy=y, r=4, class_="chosen")


def _label(name: str, values: np.ndarray, members: Members, scale: Scale) -> str:
    best = (
        ""
        if members.best is None
        else f" The best has {name} {wording.cell(values[members.best])} and dev error "
        f"{_error(members.errors[members.best], scale)}."
    )
    return f"Dev error of {len(values):,} members against {name}.{best}"


def _error(value: float, scale: Scale) -> str:
    return wording.error(float(value) if np.isfinite(value) else None, "error" if scale.factor == 100 else "rmse")


def _slug(column: str) -> str:
    """A column's name as part of an id; unlike names stay unlike."""
    return "".join(letter if letter.isascii() and letter.isalnum() else f"-{ord(letter):x}-" for letter in column)
