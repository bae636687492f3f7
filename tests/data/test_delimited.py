"""Delimited text as cells: against Python's csv module; delimiters found; broken structure refused with its line."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import texts

from caviar.core.errors import DataError
from caviar.data.delimited import read_delimited

NAMES = st.lists(st.text("abcXY_", min_size=1, max_size=3), min_size=2, max_size=4, unique=True)
CELLS = st.text(st.sampled_from('ab1.é ,;|"\n\t'), max_size=5)


@given(NAMES, st.data(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_cells_are_those_that_the_csv_module_reads(
    names: list[str], data: st.DataObject, line_end: str, closed: bool
) -> None:
    row = st.lists(CELLS, min_size=len(names), max_size=len(names)).filter(lambda cells: any(map(str.strip, cells)))
    rows = data.draw(st.lists(row, min_size=1, max_size=6))
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=line_end).writerows([names, *rows])
    text = buffer.getvalue() if closed else buffer.getvalue().removesuffix(line_end)
    found = read_delimited(text.encode(), "new.csv", ",")
    assert found.frame.columns == names
    assert [[cell or "" for cell in row] for row in found.frame.rows()] == rows
    assert not found.notices and not found.comma_is_decimal


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_as_the_users_mistake(content: bytes) -> None:
    with suppress(DataError):
        frame = read_delimited(content, "new.csv", ",").frame
        assert frame.height and frame.width


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")])
def test_another_delimiter_is_found_by_the_header_and_told(delimiter: str, name: str) -> None:
    found = read_delimited("a,b,c\n1,2,3\n4,,6\n".replace(",", delimiter).encode(), "new.csv", ",")
    assert found.frame.rows() == [("1", "2", "3"), ("4", None, "6")]
    assert f"separated by a {name}, not by a comma" in texts(found.notices, "repaired")
    assert found.comma_is_decimal


def test_commas_in_a_tsv_are_found_as_well() -> None:
    assert read_delimited(b"a,b\n1,2\n", "new.tsv", "\t").frame.rows() == [("1", "2")]


def test_semicolons_win_where_commas_cut_rows_unevenly() -> None:
    found = read_delimited(b"price, net;size\n1,5;2\n17;3\n", "new.csv", ",")
    assert found.frame.columns == ["price, net", "size"]


def test_a_delimiter_inside_a_cell_does_not_mislead() -> None:
    assert read_delimited(b"a;b,c\n1;2,3\n", "new.csv", ",").frame.columns == ["a;b", "c"]


def test_one_column_stays_one_and_its_blank_lines_are_missing_cells() -> None:
    assert read_delimited(b"size\n1\n\n3\n\n", "new.csv", ",").frame["size"].to_list() == ["1", None, "3"]


def test_blank_lines_between_rows_are_skipped_and_told() -> None:
    found = read_delimited(b"a,b\n1,2\n\n  \n3,4\n\n\n", "new.csv", ",")
    assert found.frame.rows() == [("1", "2"), ("3", "4")]
    assert "2 blank lines are skipped" in texts(found.notices, "repaired")


def test_columns_without_a_name_are_called_by_their_place() -> None:
    found = read_delimited(b",size,\n0,1,\n", "new.csv", ",")
    assert found.frame.columns == ["column_1", "size", "column_3"]
    assert "2 columns without a name are called column_1, column_3" in texts(found.notices)


def test_blanks_around_names_go() -> None:
    assert read_delimited(b" a , b\n1,2\n", "new.csv", ",").frame.columns == ["a", "b"]


def test_a_header_that_looks_like_cells_is_read_with_a_warning() -> None:
    found = read_delimited(b"5.1,red\n4.9,blue\n", "new.csv", ",")
    assert "put a line of names above" in texts(found.notices, "warning")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"new\.csv is empty"),
        ("\n \n\n", r"new\.csv is empty"),
        ("a,b\n", "column names but no row below them"),
        ("a,b\n\n\n", "column names but no row below them"),
        ("a,b\n1,2\n3\n4,5\n6,7,8\n", r"line 3 \(also 5\) of new\.csv has 1 cell, the header has 2"),
        ('a,b\n"x\ny",2\n3\n', "line 4 of new.csv has 1 cell"),
        ("a,b\n1,2,3\n4,5,6\n", "every row of new.csv has 3 cells, but the header has 2 names"),
        ("a;b\n1;2\n3;4;5\n", r"line 3 of new\.csv has 3 cells, the header has 2.*contains a semicolon"),
        ('a,b\n1,"2\n3,4\n', "broken quote at line 2"),
        ("a,b,a,b\n1,2,3,4\n", r"'a' \(columns 1, 3\), 'b' \(columns 2, 4\) come more than once"),
        ("a, a\n1,2\n", r"'a' \(columns 1, 2\) comes more than once"),
        ("1,1,2\n1,2,3\n", "first line looks like a row of cells"),
    ],
)
def test_broken_structure_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_delimited(text.encode(), "new.csv", ",")
