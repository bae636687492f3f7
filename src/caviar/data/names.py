"""The names of columns: each there, each once, and no row of cells in their place."""

from collections import Counter

import polars as pl

from caviar.core.errors import DataError
from caviar.data.wording import listed


def fill_names(names: list[str]) -> tuple[list[str], list[str]]:
    """Names for nameless columns by their place, such as "column_3"; and those new names by themselves."""
    filled = [name or f"column_{place}" for place, name in enumerate(names, start=1)]
    return filled, [name for name, given in zip(filled, names, strict=True) if not given]


def check_names(names: list[str], source: str) -> None:
    """Raises DataError when a column name comes twice."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        shown = ", ".join(f"{name!r} (columns {listed(_places(name, names))})" for name in twice[:5])
        raise DataError(
            f"every column of {source} needs a name of its own, but {shown} "
            f"{'comes' if len(twice) == 1 else 'come'} more than once. Rename or drop the extra ones."
            + header_hint(names)
        )


def _places(name: str, names: list[str]) -> list[str]:
    return [str(place) for place, other in enumerate(names, start=1) if other == name]


def look_like_cells(names: list[str]) -> bool:
    """Whether column names are rather a row of cells: a fraction, or two numbers that are neither years nor a count."""
    numbers = pl.Series(names, dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls()
    numbers = numbers.filter(numbers.is_finite())
    if (numbers != numbers.round()).any():
        return True
    others = numbers.filter(~numbers.is_between(1800, 2200))
    return not (others.diff().drop_nulls() == 1).all()  # one number alone has no step, and is let pass


def header_hint(names: list[str]) -> str:
    """What may be wrong with the header where a column is missed; "" where nothing looks odd."""
    if look_like_cells(names):
        return " The first line looks like a row of cells, not like column names: put a line of names above it."
    if len(names) == 1 and " " in names[0]:
        return " If blanks separate the cells, put commas in their place."
    return ""
