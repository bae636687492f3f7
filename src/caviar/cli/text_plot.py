"""A curve in a few lines of text: braille letters, each two dots wide and four high."""

import math
from collections.abc import Sequence
from itertools import pairwise

BLANK, MARK = "\u2800", "┊"
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # by column, then row from the top
DECADE = 10.0


def text_plot(
    values: Sequence[float], last: int, width: int, height: int, marks: Sequence[float] = (), log: bool = False
) -> list[str]:
    """`height` lines of `width` letters: each epoch's value, from epoch 1 on the left to epoch `last` on the right.

    Args:
        values: (epoch,) from epoch 1 on; what is not finite leaves a gap.
        marks: places on the epoch axis that get an upright line. log: heights on a logarithmic scale; values are > 0.
    """
    rows = [[BLANK] * width for _ in range(height)]
    for mark in marks:
        place = min(_column(mark, last, 2 * width) // 2, width - 1)
        for row in rows:
            row[place] = MARK
    top = 4 * height - 1
    for column, (low, high) in _strokes(_heights(values, log), last, 2 * width).items():
        for level in range(_rounded(low * top), _rounded(high * top) + 1):
            line, dot = divmod(top - level, 4)
            before = rows[line][column // 2]
            there = 0 if before == MARK else ord(before) - ord(BLANK)
            rows[line][column // 2] = chr(ord(BLANK) + (there | DOTS[column % 2][dot]))
    return ["".join(row) for row in rows]


def is_wide(values: Sequence[float]) -> bool:
    """Whether the finite values are above zero and spread over more than a decade, so that a log scale shows more."""
    finite = [value for value in values if math.isfinite(value)]
    return bool(finite) and min(finite) > 0 and max(finite) > DECADE * min(finite)


def _heights(values: Sequence[float], log: bool) -> list[float]:
    """Each value in [0, 1], the lowest at 0; NaN where it is not finite."""
    scaled = [math.log(value) if log and value > 0 else value for value in values]
    finite = [value for value in scaled if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    span = (high - low) or 1.0
    return [(value - low) / span if math.isfinite(value) else math.nan for value in scaled]


def _column(epoch: float, last: int, columns: int) -> int:
    return _rounded((epoch - 1) / max(1, last - 1) * (columns - 1))


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)


def _strokes(heights: Sequence[float], last: int, columns: int) -> dict[int, tuple[float, float]]:
    """What a line through all points covers in each column, from low to high."""
    spans: dict[int, tuple[float, float]] = {}

    def cover(column: int, height: float) -> None:
        low, high = spans.get(column, (height, height))
        spans[column] = (min(low, height), max(high, height))

    points = [(_column(epoch, last, columns), height) for epoch, height in enumerate(heights, start=1)]
    for column, height in points:
        if math.isfinite(height):
            cover(column, height)
    for (start, one), (end, other) in pairwise(points):
        if math.isfinite(one) and math.isfinite(other):
            for column in range(start + 1, end):
                cover(column, one + (other - one) * (column - start) / (end - start))
            if end == start + 1:  # meet half-way, so that steep lines have no gap
                cover(start, (one + other) / 2)
                cover(end, (one + other) / 2)
    return spans
