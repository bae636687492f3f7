"""Equal rows: planted copies against those that coarse columns make by chance."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.data.equal_rows import equal_rows, repeated_rows

DRAW = np.random.default_rng(0)
FINE = pl.DataFrame({"size": DRAW.normal(size=600), "age": DRAW.integers(20, 60, 600), "red": DRAW.random(600) < 0.5})
COARSE = pl.DataFrame({name: DRAW.integers(0, values, 600) for name, values in (("a", 8), ("b", 6), ("c", 5))})


def test_copies_among_rows_with_a_fine_column_are_no_chance() -> None:
    later = pl.concat([FINE[:100], FINE[400:]])
    found = equal_rows(later, FINE[:400])
    assert found.rows.tolist() == list(range(100)) and found.share == 1 / 3
    assert not found.by_chance and found.near_share == 0


def test_rows_of_coarse_columns_are_equal_by_chance() -> None:
    found = equal_rows(COARSE[300:], COARSE[:300])
    assert found.share > 0.3 and found.by_chance


def test_copies_in_a_table_of_coarse_columns_stand_out_once_they_are_many() -> None:
    few = pl.DataFrame({name: DRAW.integers(0, 12, 600) for name in "abcde"})
    assert equal_rows(few[300:], few[:300]).share < 0.01
    assert not equal_rows(pl.concat([few[300:], few[:150]]), few[:300]).by_chance


def test_a_single_column_without_copies_has_no_equal_rows() -> None:
    assert len(equal_rows(FINE.select("size")[:300], FINE.select("size")[300:]).rows) == 0
    assert not equal_rows(FINE.select("size")[:300], FINE.select("size")[:150]).by_chance


def test_repeated_rows_are_all_but_the_first_of_each() -> None:
    found = repeated_rows(pl.concat([FINE, FINE[:30], FINE[:10]]))
    assert found.rows.tolist() == list(range(600, 640)) and not found.by_chance
    assert repeated_rows(COARSE).by_chance


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["x", "y", None])), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["x", "y", None])), min_size=1, max_size=20),
)
def test_equal_rows_are_those_that_python_finds_equal(ours: list, theirs: list) -> None:
    schema = {"number": pl.Float64, "word": pl.String}
    frame, among = (pl.DataFrame(rows, schema=schema, orient="row", strict=False) for rows in (ours, theirs))
    assert equal_rows(frame, among).rows.tolist() == [place for place, row in enumerate(ours) if row in theirs]
    repeats = [place for place, row in enumerate(ours) if row in ours[:place]]
    assert repeated_rows(frame).rows.tolist() == repeats


@pytest.mark.parametrize("swap", [False, True])
def test_values_that_change_places_between_columns_make_no_equal_rows(swap: bool) -> None:
    first, second = pl.DataFrame({"a": [1.0], "b": [2.0]}), pl.DataFrame({"a": [2.0], "b": [1.0]})
    assert len(equal_rows(second if swap else first, first).rows) == (not swap)
