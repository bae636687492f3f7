"""Comma-, tab- and otherwise separated text as a frame of text cells; broken structure is refused with its line."""

import io
from dataclasses import dataclass

import numpy as np
import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.decoding import to_utf8
from caviar.data.layout import Layout, lay_out
from caviar.data.names import check_names, fill_names, look_like_cells
from caviar.data.wording import are, counted, listed, shown_names

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}


@dataclass(frozen=True)
class Delimited:
    """The cells as text, not interpreted. `comma_is_decimal`: the delimiter is another, so 1,5 may be a number."""

    frame: pl.DataFrame
    notices: tuple[Notice, ...]
    comma_is_decimal: bool


def read_delimited(content: bytes, source: str, delimiter: str) -> Delimited:
    """Read text whose cells are expected to be separated by `delimiter`; another is found where the header shows it.

    Raises DataError: no text, no row below the header, rows of unequal length, broken quotes, a column name twice.
    """
    text, notices = to_utf8(content, source)
    layout = lay_out(text, delimiter)
    if not len(layout.filled):
        raise DataError(f"{source} is empty. It must hold a line of column names, and a row of cells for each example.")
    layout, found = _choose(text, layout, delimiter)
    if found != delimiter:
        notices.append(
            Notice(
                "repaired",
                f"cells are separated by {DELIMITERS[found]}, not by {DELIMITERS[delimiter]} "
                "as the file's name says: read so.",
            )
        )
    _check(layout, source, found)
    rows = layout.filled
    if layout.num_cells[rows[0]] == 1:  # a blank line of a single column is a missing cell
        rows = np.arange(rows[0], rows[-1] + 1)
    elif (skipped := int(rows[-1] - rows[0] + 1 - len(rows))) > 0:
        notices.append(
            Notice(
                "repaired", f"{counted(skipped, 'blank line')} {are(skipped)} skipped; row numbers count the others."
            )
        )
    cells = _cells(text, layout, rows, found, source)
    names, unnamed = fill_names([cell.strip() if cell else "" for cell in cells.row(0)])
    if unnamed:
        called = f"{counted(len(unnamed), 'column')} without a name {are(len(unnamed))} called {listed(unnamed)}."
        notices.append(Notice("repaired", called, tuple(unnamed)))
    check_names(names, source)
    if len(rows) == 1:
        raise DataError(f"{source} has column names but no row below them. Add a row of cells for each example.")
    if look_like_cells(names):
        notices.append(
            Notice(
                "warning",
                f"the first line is read as column names, but looks like a row of cells "
                f"({shown_names(names, 3)}): put a line of names above it, if so.",
            )
        )
    frame = cells[1:].rename(dict(zip(cells.columns, names, strict=True)))
    return Delimited(frame, tuple(notices), found != ",")


def _choose(text: bytes, expected: Layout, delimiter: str) -> tuple[Layout, str]:
    """The delimiter expected, wherever it works; else another that alone cuts all rows alike, in two cells or more."""
    header = expected.filled[0]
    if _is_even(expected) and expected.num_cells[header] > 1:
        return expected, delimiter
    names = text[expected.starts[header] : expected.ends[header]]
    others = {other: lay_out(text, other) for other in DELIMITERS if other != delimiter and other.encode() in names}
    fitting = [other for other, layout in others.items() if _is_even(layout) and layout.num_cells[layout.filled[0]] > 1]
    if len(fitting) == 1:
        return others[fitting[0]], fitting[0]
    if expected.num_cells[header] == 1 and len(others) == 1 and not fitting:
        other, layout = others.popitem()
        if np.median(layout.num_cells[layout.filled]) > 1:  # meant so, with broken rows, which are then refused
            return layout, other
    return expected, delimiter


def _is_even(layout: Layout) -> bool:
    cells = layout.num_cells[layout.filled]
    return layout.broken_line is None and bool((cells == cells[0]).all())


def _check(layout: Layout, source: str, delimiter: str) -> None:
    """Raises DataError for broken quotes, then for rows that are not as long as the header."""
    if layout.broken_line is not None:
        raise DataError(
            f'{source} has a broken quote at line {layout.broken_line:,}: a cell that starts with " must '
            f'end with ", right before {DELIMITERS[delimiter]} or the line\'s end, and a " inside it must '
            "be doubled. Mend the quotes there."
        )
    cells = layout.num_cells[layout.filled]
    wrong = np.flatnonzero(cells != cells[0])
    if not len(wrong):
        return
    if len(wrong) == len(cells) - 1 > 1 and (cells[1:] == cells[1]).all():
        raise DataError(
            f"every row of {source} has {counted(int(cells[1]), 'cell')}, but the header has "
            f"{counted(int(cells[0]), 'name')}. Give every column one name."
        )
    lines = layout.lines[layout.filled][wrong]
    others = f" (also {listed(f'{line:,}' for line in lines[1:])})" if len(lines) > 1 else ""
    raise DataError(
        f"line {lines[0]:,}{others} of {source} has {counted(int(cells[wrong[0]]), 'cell')}, the header "
        f"has {cells[0]}. Every row must have a cell for each column: quote a cell that contains "
        f"{DELIMITERS[delimiter]}, and leave a missing cell empty rather than out."
    )


def _cells(text: bytes, layout: Layout, rows: np.ndarray, delimiter: str, source: str) -> pl.DataFrame:
    """The cells of some rows as text, header among them; columns are called by their place."""
    starts, ends = layout.starts[rows], layout.ends[rows]
    if len(rows) == rows[-1] - rows[0] + 1:
        lines = text[starts[0] : ends[-1]]
    else:
        lines = b"\n".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    schema = {str(place): pl.String for place in range(layout.num_cells[rows[0]])}
    try:
        frame = pl.read_csv(
            io.BytesIO(lines),
            has_header=False,
            schema=schema,
            separator=delimiter,
            infer_schema=False,
            quote_char='"' if layout.quoted else None,
        )
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{source} could not be read: {error}") from None
    assert frame.height == len(rows), f"{frame.height} rows were read where {len(rows)} lie"
    return frame
