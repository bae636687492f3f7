"""Small tables in plain text, for what an object shows of itself."""

from collections.abc import Iterable, Sequence
from typing import Any


def aligned(names: Sequence[str], rows: Iterable[Sequence[Any]], shares: Sequence[str] = ()) -> list[str]:
    """Lines of equal width, the names first; columns named in `shares` are shown in per cent."""
    cells = [list(names)]
    cells += [[shown(value, name in shares) for name, value in zip(names, row, strict=True)] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]


def shown(value: Any, is_share: bool = False) -> str:
    """Four figures, or per cent."""
    if isinstance(value, float):
        return f"{value:.2%}".replace("%", " %") if is_share else f"{value:.4g}"
    return str(value)
