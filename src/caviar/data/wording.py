"""How messages show rows, cells and names: a few, then how many more."""

from collections.abc import Iterable, Sequence


def shown_rows(rows: Sequence[int], most: int = 5) -> str:
    """"row 7" or "rows 7, 19, 23 …" of row numbers that count from 0; what is shown counts from 1 below the header."""
    shown = ", ".join(f"{row + 1:,}" for row in rows[:most])
    return f"row{'s' * (len(rows) > 1)} {shown}{' …' * (len(rows) > most)}"


def shown_names(names: Iterable[str], most: int = 10) -> str:
    """Quoted and joined with commas, the first few only."""
    every = list(names)
    return ", ".join(repr(name) for name in every[:most]) + f" … ({len(every) - most:,} more)" * (len(every) > most)


def shown_cell(cell: str, longest: int = 40) -> str:
    """A cell in quotes, cut where it is long."""
    return repr(cell if len(cell) <= longest else cell[:longest - 1] + "…")


def counted(number: int, noun: str, plural: str = "") -> str:
    """"1 row", "12,435 rows", "2 classes"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def shown_number(value: float) -> str:
    """"1,234,567", "0.4167" or "1.5e-07": whole numbers in full, others to six digits."""
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:,.6g}"
