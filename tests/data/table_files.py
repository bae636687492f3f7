"""Small delimited files for tests of reading."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from caviar.core.records import Notice
from caviar.data.records import Column, Table


def write(folder: Path, text: str | bytes, name: str = "new.csv") -> Path:
    """A file of that content."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(columns: dict[str, Sequence[object]], delimiter: str = ",") -> str:
    """Delimited text of equally long columns, header first."""
    lines = [delimiter.join(columns), *(delimiter.join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    return "\n".join(lines) + "\n"


def healthy(num_rows: int = 60) -> dict[str, list[object]]:
    """Columns of a number, a category and two labels, none of which tells the other."""
    return {
        "size": [(row * 37 % 101) / 10 for row in range(num_rows)],
        "colour": [("red", "green", "blue")[row * row % 7 % 3] for row in range(num_rows)],
        "answer": [("good", "bad")[row * 5 % 7 % 2] for row in range(num_rows)],
    }


def column(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def texts(notices: Sequence[Notice], level: str | None = None) -> str:
    return "\n".join(notice.text for notice in notices if level in (None, notice.level))


def cells(*values: object, name: str = "x") -> pl.Series:
    """A text column with None for missing cells."""
    return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)
