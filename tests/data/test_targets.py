"""Targets as indices or standardised numbers, and back."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import small_table

from caviar.core.errors import DataError
from caviar.data.targets import TargetCoder


def test_labels_become_their_place_among_the_sorted_classes() -> None:
    table = small_table({"x": [1, 2, 3, 4], "y": ["cat", "ant", "bee", "ant"]})
    coder = TargetCoder.fit(table)
    assert coder.classes == ("ant", "bee", "cat")
    assert coder.num_outputs == 3
    assert coder.encode(table).tolist() == [2, 0, 1, 0]
    assert coder.encode(table).dtype == np.int64
    assert (coder.raw(table) == coder.encode(table)).all()


def test_two_classes_have_two_outputs() -> None:
    assert TargetCoder.fit(small_table({"x": [1, 2], "y": ["no", "yes"]})).num_outputs == 2


def test_classes_that_a_part_lacks_keep_their_index() -> None:
    coder = TargetCoder.fit(small_table({"x": [1, 2, 3], "y": ["a", "b", "c"]}))
    assert coder.encode(small_table({"x": [1, 2], "y": ["c", "c"]}, task="multiclass")).tolist() == [2, 2]


def test_unknown_and_missing_labels_are_refused_with_row_and_count() -> None:
    coder = TargetCoder.fit(small_table({"x": [1, 2], "y": ["a", "b"]}))
    with pytest.raises(DataError, match=r"'z' \(2 rows, first at row 2\)"):
        coder.encode(small_table({"x": [1, 2, 3], "y": ["a", "z", "z"]}))
    with pytest.raises(DataError, match="missing"):
        coder.encode(small_table({"x": [1, 2], "y": ["a", None]}, task="binary"))


def test_numbers_are_standardised_on_train_and_come_back() -> None:
    coder = TargetCoder.fit(small_table({"y": [100.0, 200.0, 300.0, 400.0]}))
    assert (coder.mean, coder.num_outputs) == (250, 1)
    assert coder.std == pytest.approx(np.std([100, 200, 300, 400]))
    dev = small_table({"y": [250.0, 250 + coder.std]})
    assert coder.encode(dev).tolist() == [0, 1]
    assert coder.encode(dev).dtype == np.float32
    assert coder.raw(dev).dtype == np.float64
    assert coder.decode(coder.encode(dev)) == pytest.approx(coder.raw(dev))
    assert coder.decode(np.zeros((2, 3), dtype=np.float32)).shape == (2, 3)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=20).filter(lambda cells: min(cells) < max(cells)))
def test_any_unit_gives_finite_targets(cells: list[float]) -> None:
    table = small_table({"y": cells})
    coder = TargetCoder.fit(table)
    assert np.isfinite(coder.encode(table)).all()
    assert np.abs(coder.encode(table)).max() <= np.sqrt(len(cells)) + 1e-6  # no row is further out than that


def test_missing_number_is_refused_with_its_row() -> None:
    coder = TargetCoder.fit(small_table({"y": [1.0, 2.0]}))
    with pytest.raises(DataError, match="missing in 2 rows: rows 1, 3"):
        coder.raw(small_table({"y": [None, 1.0, None]}, task="regression"))


def test_target_that_never_changes_is_refused() -> None:
    with pytest.raises(DataError, match="target 'y' is 3 in all 2 train rows"):
        TargetCoder.fit(small_table({"y": [3.0, 3.0]}))


@pytest.mark.parametrize("cells", [["b", "a"], [0.1, 1 / 3]])
def test_json_round_trip_is_exact(cells: list) -> None:
    coder = TargetCoder.fit(small_table({"y": cells}))
    assert TargetCoder.from_json(json.loads(json.dumps(coder.to_json()))) == coder
