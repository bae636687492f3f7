"""Columns and what is told about them."""

import pytest
from table_files import cells, texts

from caviar.core.errors import DataError
from caviar.data.columns import checked_types, left_out_notices, type_column


def test_odd_cells_are_told_with_examples_and_rows() -> None:
    found = type_column(cells(*[row / 8 for row in range(96)], "n/a", "oops", "n/a", None), None)
    (notice,) = found.notices
    assert notice.level == "repaired" and notice.columns == ("x",)
    assert (
        "holds numbers, but not in 3 of its 99 cells, which count as missing: 'n/a' (row 97), 'oops' (row 98)."
        in notice.text
    )
    assert (found.column.num_missing, found.column.num_distinct) == (4, 96)
    assert found.values.to_list()[-5:] == [95 / 8, None, None, None, None]


def test_many_odd_cells_of_a_kind_that_was_set_are_a_warning() -> None:
    (notice,) = type_column(cells("1", "2", "x", "y"), "number").notices
    assert notice.level == "warning" and "not in 2 of its 4 cells" in notice.text


def test_infinite_cells_are_told_with_the_first_row() -> None:
    (notice,) = type_column(cells(0.5, "inf", 1.5, "-inf"), None).notices
    assert notice.text == "column 'x' has 2 infinite cells, first at row 2, which count as missing."


def test_columns_left_out_tell_nothing_of_their_cells() -> None:
    found = type_column(cells(*range(95), *["soon"] * 5), None)
    assert found.column.kind == "identifier" and found.column.num_missing == 5 and not found.notices


def test_a_kind_that_fits_no_cell_is_refused() -> None:
    with pytest.raises(DataError, match=r"'x' is set to be a date, but no cell of it is one; the first is 'red'"):
        type_column(cells(None, "red", "blue"), "date")


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"b": "category"}, r"sets the kind of the target 'b', which is no feature\. Set the task instead"),
        ({"aa": "category"}, r"'aa', which is no column of the table\. Did you mean 'a'\? Its features: 'a', 'c'"),
        ({"a": "categories"}, r"must be one of number, .*; got 'categories'\. Did you mean 'category'\?"),
        ({"a": "constant"}, r"must be one of number, category, boolean, date, text, identifier; got 'constant'"),
    ],
)
def test_kinds_that_cannot_be_set_are_refused(types: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        checked_types(types, ["a", "c"], "b")


def test_columns_left_out_are_told_once_a_kind_with_the_way_to_keep_them() -> None:
    columns = [
        type_column(cells(*values, name=name), None).column
        for name, values in {
            "name": [f"Mr {row} X" for row in range(30)],
            "title": [f"The {row} X" for row in range(30)],
            "row": range(30),
            "same": [1] * 30,
            "size": [0.5, 1.5] * 15,
        }.items()
    ]
    notices = left_out_notices(columns)
    assert [notice.columns for notice in notices] == [("name", "title"), ("row",), ("same",)]
    assert [notice.level for notice in notices] == ["info", "info", "repaired"]
    assert "--types name=category" in texts(notices) and "--types row=number" in texts(notices)
    assert "'same' (every cell is '1')" in texts(notices)


def test_many_columns_left_out_are_counted_rather_than_listed() -> None:
    columns = [type_column(cells("k", "k", name=f"c{place}"), None).column for place in range(12)]
    (notice,) = left_out_notices(columns)
    assert "'c4' (every cell is 'k') … (7 more)" in notice.text and len(notice.columns) == 12
