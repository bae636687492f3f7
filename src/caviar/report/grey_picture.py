"""A row of grey values as a small picture, drawn as inline SVG, so that the page needs no image of its own."""

from typing import Any

from markupsafe import Markup

from caviar.report.drawing import Drawing, element
from caviar.report.loose_values import number_of

NUM_GREYS = 15
LARGEST_SIDE = 64


def grey_picture(name: str, label: str, values: list[Any], shape: dict[str, Any]) -> Markup | None:
    """High values in ink on paper; None where there is no shape, or the values do not fill it.

    Args:
        values: side × side grey values, row by row. shape: `side`, `low` and `high` as the error analysis has them.
    """
    side, low, high = (number_of(shape.get(key)) for key in ("side", "low", "high"))
    numbers = [number for number in map(number_of, values) if number is not None]
    if side is None or low is None or high is None or not low < high or not 1 <= side <= LARGEST_SIDE:
        return None
    if len(values) != side * side or len(numbers) != len(values):
        return None
    drawing, width = Drawing(name, side, side, label), int(side)
    drawing.add("rect", width=side, height=side, class_="paper")
    for grey, runs in sorted(
        _runs([round(NUM_GREYS * (value - low) / (high - low)) for value in numbers], width).items()
    ):
        path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in runs)
        drawing.parts.append(element("path", d=path, class_="ink", fill_opacity=f"{grey / NUM_GREYS:.2f}"))
    return drawing.svg()


def _runs(greys: list[int], width: int) -> dict[int, list[tuple[int, int, int]]]:
    """(x, y, length) of neighbouring pixels of one grey in one line, by grey; the blank ones left out."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    for start in range(0, len(greys), width):
        line, x = greys[start : start + width], 0
        while x < width:
            end = x
            while end < width and line[end] == line[x]:
                end += 1
            if 0 < line[x] <= NUM_GREYS:
                found.setdefault(line[x], []).append((x, start // width, end - x))
            x = end
    return found
