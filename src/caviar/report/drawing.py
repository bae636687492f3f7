"""Small pictures as inline SVG: text stays text, colours come from the page's style sheet, no two ids are alike."""

from collections.abc import Callable, Sequence

import numpy as np
from markupsafe import Markup, escape

from caviar.report.scales import Axis

LETTER = 6.4  # width of an average letter of the pictures' 12-unit text
FRAME_TOP, FRAME_BOTTOM, FRAME_RIGHT = 26, 42, 12


class Drawing:
    """An SVG of `width` × `height` units that scales to the room it gets.

    `name` is unique in the page; ids inside are made from it. `label` says in words what the picture shows, for whoever
    cannot see it.
    """

    def __init__(self, name: str, width: float, height: float, label: str):
        self.name, self.width, self.height, self.label = name, width, height, label
        self.parts: list[Markup] = []

    def add(self, tag: str, content: object = None, **attributes: object) -> None:
        self.parts.append(element(tag, content, **attributes))

    def text(
        self, x: float, y: float, words: str, style: str = "", anchor: str = "start", **attributes: object
    ) -> None:
        """Words with their baseline at `y`; `anchor` start, middle or end stands at `x`."""
        self.add(
            "text",
            words,
            x=x,
            y=y,
            class_=style or None,
            text_anchor=None if anchor == "start" else anchor,
            **attributes,
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str, **attributes: object) -> None:
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=style, **attributes)

    def dots(self, xs: np.ndarray, ys: np.ndarray, style: str) -> None:
        """Many equal dots as one path of points with round caps: some ten bytes each, so that thousands stay small."""
        if len(xs):
            self.add(
                "path",
                class_=f"dots {style}",
                d="".join(f"M{short(x)} {short(y)}h.1" for x, y in zip(xs, ys, strict=True)),
            )

    def path(self, xs: np.ndarray, ys: np.ndarray, style: str, *, title: str = "", **attributes: object) -> None:
        """A line through points (point,); it breaks where a point is not finite."""
        pen, pieces = "M", []
        for x, y in zip(xs, ys, strict=True):
            if not (np.isfinite(x) and np.isfinite(y)):
                pen = "M"
                continue
            pieces.append(f"{pen}{short(x)} {short(y)}")
            pen = "L"
        if pieces:
            self.add("path", element("title", title) if title else None, class_=style, d="".join(pieces), **attributes)

    def ticks_below(self, axis: Axis, left: float, right: float, y: float, most: int) -> list[float]:
        """Tick labels with their baseline at `y`, none over another; returns the places of all ticks."""
        places, end = [], -np.inf
        for place, text in axis.marks(most):
            x = left + place * (right - left)
            places.append(x)
            half = LETTER * len(text) / 2
            centre = min(max(x, half), self.width - half)
            if centre - half >= end + 8:
                self.text(centre, y, text, "tick", "middle")
                end = centre + half
        return places

    def svg(self) -> Markup:
        content = Markup("").join(self.parts)
        return element(
            "svg",
            content,
            id=self.name,
            viewBox=f"0 0 {short(self.width)} {short(self.height)}",
            role="img",
            aria_label=self.label,
        )


class Plot(Drawing):
    """A drawing with a frame: two axes, their ticks and titles; `x` and `y` give places within it.

    `foot` leaves that much of the height free below the x axis and its title.
    """

    def __init__(
        self,
        name: str,
        width: float,
        height: float,
        label: str,
        x_axis: Axis,
        y_axis: Axis,
        x_title: str,
        y_title: str,
        *,
        y_most: int = 5,
        foot: float = 0.0,
    ):
        super().__init__(name, width, height, label)
        self.x_axis, self.y_axis = x_axis, y_axis
        y_marks = y_axis.marks(y_most)
        self.left = 10 + LETTER * max((len(text) for _, text in y_marks), default=1)
        self.top, self.right, self.bottom = FRAME_TOP, width - FRAME_RIGHT, height - FRAME_BOTTOM - foot
        for place, text in y_marks:
            y = self.bottom + place * (self.top - self.bottom)
            self.line(self.left, y, self.right, y, "grid")
            self.text(self.left - 5, y + 4, text, "tick", "end")
        for x in self.ticks_below(
            x_axis, self.left, self.right, self.bottom + 17, max(3, int((self.right - self.left) / 45))
        ):
            self.line(x, self.bottom, x, self.bottom + 4, "rule")
        self.line(self.left, self.bottom, self.right, self.bottom, "rule")
        self.text(0, 12, y_title, "title")
        self.text(self.right, height - foot - 5, x_title, "title", "end")

    def x(self, values: np.ndarray | Sequence[float] | float) -> np.ndarray:
        return self.left + self.x_axis.place(np.asarray(values, dtype=np.float64)) * (self.right - self.left)

    def y(self, values: np.ndarray | Sequence[float] | float) -> np.ndarray:
        return self.bottom + self.y_axis.place(np.asarray(values, dtype=np.float64)) * (self.top - self.bottom)

    def clip(self) -> str:
        """Cut off what leaves the frame: the value of a part's `clip_path`."""
        frame = element(
            "rect", x=self.left, y=self.top - 2, width=self.right - self.left + 4, height=self.bottom - self.top + 2
        )
        self.parts.insert(0, element("clipPath", frame, id=f"{self.name}-frame"))
        return f"url(#{self.name}-frame)"


def element(tag: str, content: object = None, **attributes: object) -> Markup:
    """One SVG element, its text escaped. `class_` → class, `clip_path` → clip-path; None leaves an attribute out."""
    written = "".join(
        f' {name if name == "viewBox" else name.rstrip("_").replace("_", "-")}="{escape(short(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{written}/>") if content is None else Markup(f"<{tag}{written}>{escape(content)}</{tag}>")


def short(value: object) -> str:
    """Coordinates with one decimal at most, everything else as it is."""
    if isinstance(value, int | float | np.number):
        return f"{round(float(value), 1) + 0.0:.1f}".removesuffix(".0")
    return str(value)


def at_two_widths(draw: Callable[[str, float], Drawing], name: str, narrow: float = 350, wide: float = 720) -> Markup:
    """The same picture for a phone and for a desk, with text of the same size; the page shows one of them."""
    return Markup("").join(
        element("div", draw(f"{name}-{width_name}", width).svg(), class_=width_name)
        for width_name, width in (("narrow", narrow), ("wide", wide))
    )
