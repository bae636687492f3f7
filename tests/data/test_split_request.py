"""Numbers for groups and times, and what a separate table must be like (refusals: test_splits.py)."""

import polars as pl
import pytest
from small_tables import small_table

from caviar.core.errors import DataError
from caviar.data.split_request import class_numbers, group_numbers, like_train, time_numbers


def test_groups_are_numbered_from_0_and_missing_cells_stand_alone() -> None:
    assert group_numbers(pl.Series(["b", None, "a", "b", None])).tolist() == [1, 2, 0, 1, 3]
    assert group_numbers(pl.Series([2.5, 1.0, 2.5])).tolist() == [1, 0, 1]
    assert group_numbers(pl.Series([None, None], dtype=pl.String)).tolist() == [0, 1]
    assert group_numbers(pl.Series([True, False, True])).tolist() == [1, 0, 1]


def test_times_are_ranked_with_ties() -> None:
    assert time_numbers(pl.Series([30, 10, 20, 10]).cast(pl.Datetime("us"))).tolist() == [2, 0, 1, 0]


def test_class_numbers_follow_the_order_of_the_classes_and_regression_has_none() -> None:
    table = small_table({"x": [1, 2, 3], "y": ["b", "a", "b"]})
    numbers = class_numbers(table)
    assert numbers is not None and numbers.tolist() == [1, 0, 1]
    assert class_numbers(small_table({"x": [1, 2], "y": [1, 2]})) is None


def test_group_column_may_lack_in_a_separate_table() -> None:
    table = small_table({"g": ["a", "b"], "x": [1, 2], "y": [1, 2]})
    like_train(small_table({"x": [1, 2], "y": [1, 2]}), table, "dev", {"g", None})
    with pytest.raises(DataError, match="'g'"):
        like_train(small_table({"x": [1, 2], "y": [1, 2]}), table, "dev", {None})


def test_missing_label_in_a_separate_table_is_refused() -> None:
    table = small_table({"x": [1, 2], "y": ["a", "b"]})
    with pytest.raises(DataError, match="missing"):
        like_train(small_table({"x": [1, 2, 3], "y": ["a", None, "b"]}, task="binary"), table, "dev", {None})
