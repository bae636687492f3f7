"""Rows and cells of delimited text, against Python's own csv module, and broken quotes with their lines."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caviar.data.layout import lay_out

CELLS = st.text(st.sampled_from('ab ,;"\n'), max_size=4)


def written(rows: list[list[str]], line_end: str, quoting: int = csv.QUOTE_MINIMAL) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=line_end, quoting=quoting).writerows(rows)
    return buffer.getvalue()


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
@example([["", "x"], ["y", ""]], "\n")
@example([['"', '""'], ["a\nb", ","]], "\r\n")
def test_rows_of_any_well_formed_text_are_those_of_the_csv_module(rows: list[list[str]], line_end: str) -> None:
    text = written(rows, line_end)
    layout = lay_out(text.encode(), ",")
    assert layout.broken_line is None
    assert layout.num_cells.tolist() == [len(row) for row in rows]
    pieces = [text.encode()[start:end].decode() for start, end in zip(layout.starts, layout.ends, strict=True)]
    assert [next(csv.reader(io.StringIO(piece, newline=""))) for piece in pieces] == rows
    assert layout.lines.tolist() == [1 + text.encode()[:start].count(b"\n") for start in layout.starts]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5), st.data())
def test_a_quote_taken_away_from_quoted_text_never_goes_unnoticed(rows: list[list[str]], data: st.DataObject) -> None:
    text = written([[cell.replace('"', "") for cell in row] for row in rows], "\n", csv.QUOTE_ALL)
    places = [place for place, character in enumerate(text) if character == '"']
    place = data.draw(st.sampled_from(places))
    layout = lay_out((text[:place] + text[place + 1 :]).encode(), ",")
    assert layout.broken_line is not None or layout.num_cells.tolist() != [len(row) for row in rows]


@given(st.binary(max_size=60).filter(lambda text: b"\0" not in text), st.sampled_from(",;\t|"))
def test_no_text_whatever_makes_it_fail(text: bytes, delimiter: str) -> None:
    layout = lay_out(text, delimiter)
    assert (layout.starts <= layout.ends).all()
    assert len(layout.starts) == len(layout.num_cells) == len(layout.lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,"2\n3,4\n', 2),  # never closed
        ('a,b\n1,2\n"3,4', 3),  # never closed, on the last line
        ('a,b\n1,"x\n2,y\n3,"z"\n', 2),  # closed by the opening quote of another cell
        ('a,b\n1,"x" y\n', 2),  # text after the closing quote
        ('a,b\n"1",2\n3, "4"\n', 3),  # a blank before the opening quote
        ('a,b\n"x\n\ny",1\n2,"z" z\n', 5),  # lines inside quotes count
    ],
)
def test_a_broken_quote_is_told_with_the_line_where_it_opens(text: str, line: int) -> None:
    assert lay_out(text.encode(), ",").broken_line == line


def test_quotes_that_open_no_cell_are_ordinary_characters() -> None:
    layout = lay_out(b'a,b\n5" pipe,6\n7,8"\n', ",")
    assert not layout.quoted and layout.broken_line is None
    assert layout.num_cells.tolist() == [2, 2, 2]


def test_blank_lines_have_no_cells_and_are_not_filled() -> None:
    layout = lay_out(b"a,b\r\n\r\n1,2\n   \n3,4\n\n", ",")
    assert layout.num_cells.tolist() == [2, 0, 2, 0, 2, 0]
    assert layout.filled.tolist() == [0, 2, 4]
