"""Pieces of messages."""

import pytest
from table_files import cells

from caviar.data.wording import counted, listed, shown_cell, shown_cells, shown_number, shown_rows


def test_counts_agree_with_their_noun() -> None:
    assert [counted(1, "row"), counted(12435, "row"), counted(2, "class", "classes")] == [
        "1 row",
        "12,435 rows",
        "2 classes",
    ]


def test_rows_count_from_one() -> None:
    assert shown_rows([6]) == "row 7"
    assert shown_rows([0, 999], 5) == "rows 1, 1,000"
    assert shown_rows(range(9), 3) == "rows 1, 2, 3 …"


def test_long_lists_and_cells_are_cut() -> None:
    assert listed("abcdefg", 3) == "a, b, c … (4 more)"
    assert shown_cell("x" * 50) == repr("x" * 39 + "…")
    assert (
        shown_cells(cells("a", None, "a", "b", "c"), [0, 1, 2, 3, 4]) == "'a' (row 1), (missing) (row 2), 'b' (row 4) …"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567.0, "1,234,567"),
        (0.41671, "0.41671"),
        (1.5e-7, "1.5e-07"),
        (-3.0, "-3"),
        (1e20, "1e+20"),
        (1447.75, "1,447.75"),
    ],
)
def test_numbers_read_well(value: float, shown: str) -> None:
    assert shown_number(value) == shown
