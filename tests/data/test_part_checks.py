"""Copies across parts, absent classes, overlaps, and a dev set that is too small."""

import numpy as np
import pytest
from small_tables import small_table

from caviar.data.part_checks import class_notices, dev_size_notice, duplicate_notices, overlap_notices


def test_copies_are_found_by_all_feature_values_together_and_by_nothing_else() -> None:
    train = small_table({"a": [1, 1, 2], "b": ["x", "y", None], "id": ["1", "2", "3"], "y": [1, 2, 3]}, unused=["id"])
    dev = small_table({"a": [1, 2, 2, 1], "b": ["y", "y", None, "z"], "id": ["4", "5", "6", "7"], "y": [9, 9, 9, 9]})
    (notice,) = duplicate_notices({"train": train, "dev": dev})
    assert notice.level == "warning"
    assert notice.text.startswith("2 rows of dev (50.0%) have exactly the feature values of a row in train")


def test_test_rows_are_looked_up_in_train_and_dev_once_each() -> None:
    train, dev, test = (small_table({"a": cells, "y": [0.0] * len(cells)}) for cells in ([1, 2], [2, 3], [2, 3, 4, 5]))
    texts = [notice.text for notice in duplicate_notices({"train": train, "dev": dev, "test": test})]
    assert texts[0].startswith("1 row of dev (50.0%) has exactly the feature values of a row in train,")
    assert texts[1].startswith("2 rows of test (50.0%) have exactly the feature values of a row in train or dev,")


def test_a_copy_among_hundreds_is_information_and_none_is_silence() -> None:
    train, dev = (small_table({"a": np.arange(start, start + 400.0), "y": np.zeros(400)}) for start in (0, 399))
    (notice,) = duplicate_notices({"train": train, "dev": dev})
    assert (notice.level, "too few to matter" in notice.text) == ("info", True)
    apart = small_table({"a": np.arange(1_000.0, 1_400.0), "y": np.zeros(400)})
    assert duplicate_notices({"train": train, "dev": apart}) == []


def test_absent_classes_are_named_for_dev_and_test_but_not_in_regression() -> None:
    train = small_table({"x": [1, 2, 3, 4], "y": ["a", "b", "c", "d"]})
    dev = small_table({"x": [1, 2], "y": ["a", "b"]}, task="multiclass")
    dev = dev.__class__(**{**vars(dev), "classes": train.classes})
    (notice,) = class_notices({"train": train, "dev": dev, "test": train})
    assert "dev has no row of the classes 'c', 'd'" in notice.text
    numbers = small_table({"x": [1, 2], "y": [1, 2]})
    assert class_notices({"train": numbers, "dev": numbers}) == []


def test_no_overlap_is_silence_and_missing_groups_do_not_overlap() -> None:
    train = small_table({"g": ["a", "b", None], "t": [1, 2, 3], "y": [1, 2, 3]})
    dev = small_table({"g": ["c", "d", None], "t": [4, 5, 6], "y": [1, 2, 3]})
    assert overlap_notices({"train": train, "dev": dev}, "g", None) == []
    assert overlap_notices({"train": train, "dev": dev}, None, "t") == []
    assert len(overlap_notices({"train": train, "dev": train}, "g", "t")) == 2


def test_separate_table_without_the_group_column_cannot_be_looked_through() -> None:
    train, dev = small_table({"g": ["a", "b"], "y": [1, 2]}), small_table({"x": ["a", "b"], "y": [1, 2]})
    assert overlap_notices({"train": train, "dev": dev}, "g", "g") == []


@pytest.mark.parametrize(
    ("rows", "level", "figure"),
    [
        (359, "warning", "at least 3.3 points"),  # 1.96 · √(0.1 / 359)
        (960, "warning", "at least 2.0 points"),
        (961, "info", "at least 2.0 points"),
        (3_000, "info", "at least 1.1 points"),
    ],
)
def test_dev_size_says_which_difference_of_errors_it_resolves(rows: int, level: str, figure: str) -> None:
    notice = dev_size_notice(small_table({"x": np.zeros(rows), "y": ["a", "b"] * (rows // 2) + ["a"] * (rows % 2)}))
    assert notice.level == level
    assert figure in notice.text


def test_dev_size_of_a_regression_speaks_of_the_rmse() -> None:
    # 1.96 / √200
    assert "their RMSE differs by at least 13.9%" in dev_size_notice(small_table({"y": np.arange(100.0)})).text
    assert dev_size_notice(small_table({"y": np.arange(769.0)})).level == "info"
    assert dev_size_notice(small_table({"y": np.arange(768.0)})).level == "warning"
