"""Labels of a new file against those of training."""

import polars as pl
import pytest
from table_files import cells, texts

from caviar.data.labels import match_labels, refuse_unknown


def test_known_labels_pass_untold_and_unknown_ones_are_null() -> None:
    found = match_labels(cells("a", "b", "new", None), ("a", "b"), "")
    assert found.values.to_list() == ["a", "b", None, None] and not found.notices


def test_the_full_stops_of_the_official_test_file_of_adult_are_looked_through_and_told() -> None:
    found = match_labels(cells("<=50K.", ">50K.", "<=50K."), ("<=50K", ">50K"), "")
    assert found.values.to_list() == ["<=50K", ">50K", "<=50K"]
    assert "3 labels in 'x' are spelled otherwise than in training: '<=50K.' read as '<=50K'" in texts(
        found.notices, "repaired"
    )


@pytest.mark.parametrize("label", ["YES", " yes", '"yes"', "Yes.", "yes ."])
def test_capitals_blanks_and_quotes_are_decoration(label: str) -> None:
    assert match_labels(cells(label), ("no", "yes"), "").values.to_list() == ["yes" if label != "yes ." else None]


def test_decoration_counts_where_training_tells_labels_apart_by_it() -> None:
    assert match_labels(cells("A", "a", "a."), ("A", "a"), "").values.to_list() == ["A", "a", None]


def test_whole_numbers_match_however_they_are_written() -> None:
    for values in (cells("1", "2.0", "3"), pl.Series("x", [1.0, 2.0, 3.0]), pl.Series("x", [1, 2, 3])):
        assert match_labels(values, ("1", "2"), "number").values.to_list() == ["1", "2", None]


def test_booleans_of_a_dataframe_match_those_of_a_file() -> None:
    assert match_labels(pl.Series("x", [True, False]), ("False", "True"), "").values.to_list() == ["True", "False"]


def test_unknown_labels_are_told_with_counts_first_rows_and_what_to_do() -> None:
    values = cells("a", "n/a", "n/a", None, "c", "n/a")
    error = refuse_unknown(values, ~values.is_in(["a"]).fill_null(False), "new.csv", ("a", "b"))
    assert str(error) == (
        "column 'x' has 3 labels in new.csv that training never saw: 'n/a' (3 rows, first at row 2), "
        "(missing) (1 row, first at row 4), 'c' (1 row, first at row 5). Training saw 'a', 'b'.\n"
        "Fix the labels, or drop those rows with --skip-unknown-labels."
    )
