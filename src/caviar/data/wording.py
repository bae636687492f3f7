"""How messages show rows, cells, names and numbers: a few, then how many more. Rows count from 1 below the header."""

from collections.abc import Iterable, Sequence

import polars as pl


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 row", "12,435 rows", "2 classes"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def are(number: int) -> str:
    return "is" if number == 1 else "are"


def listed(items: Iterable[str], most: int = 5, separator: str = ", ") -> str:
    """The first few items, then "… (97 more)"."""
    every = list(items)
    return separator.join(every[:most]) + f" … ({len(every) - most:,} more)" * (len(every) > most)


def shown_names(names: Iterable[str], most: int = 10) -> str:
    return listed((repr(name) for name in names), most)


def shown_rows(rows: Sequence[int], most: int = 5) -> str:
    """ "row 7" or "rows 7, 19, 23 …" of row numbers that count from 0."""
    shown = ", ".join(f"{row + 1:,}" for row in rows[:most])
    return f"row{'s' * (len(rows) > 1)} {shown}{' …' * (len(rows) > most)}"


def shown_cell(cell: object, longest: int = 40) -> str:
    """A cell in quotes, cut where it is long; "(missing)" for none."""
    if cell is None:
        return "(missing)"
    text = str(cell)
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")


def shown_cells(cells: pl.Series, rows: Sequence[int], most: int = 3) -> str:
    """Examples of the cells in some rows, each with its first row: "'abc' (row 7), (missing) (row 9) …"."""
    first_rows: dict[object, int] = {}
    for row in rows[:1000]:
        first_rows.setdefault(cells[row], row)
    shown = ", ".join(f"{shown_cell(cell)} (row {row + 1:,})" for cell, row in list(first_rows.items())[:most])
    return shown + " …" * (len(first_rows) > most)


def shown_number(value: float) -> str:
    """ "1,234,567", "0.4167" or "1.5e-07": whole numbers in full, others to six digits."""
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:,.6g}"


def shown_share(share: float) -> str:
    """ "0.2%", "77%", "99.6%", "<0.1%"."""
    if share < 0.001:
        return "<0.1%"
    return f"{share:.0%}" if 0.01 <= share < 0.99 else f"{share:.1%}"
