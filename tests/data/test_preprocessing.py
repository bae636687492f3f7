"""The preprocessor as a whole: fitted on train alone, applied alike everywhere, told in words, saved to the bit."""

import json
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import small_table

from caviar.core.errors import DataError
from caviar.data import preprocessing
from caviar.data.preprocessing import Preprocessor
from caviar.data.records import Table


def mixed(rows: int = 200, seed: int = 0) -> Table:
    """One column of each kind, with holes, and one that is left out."""
    generator = np.random.default_rng(seed)
    size = generator.lognormal(size=rows)
    return small_table(
        {
            "size": pl.Series(np.where(generator.random(rows) < 0.1, np.nan, size)).fill_nan(None),
            "gain": np.where(generator.random(rows) < 0.9, 0.0, size * 1e4),
            "colour": generator.choice(["red", "green", "blue", None], rows).tolist(),
            "member": generator.choice([True, False], rows).tolist(),
            "since": [datetime(2020, 1, 1) + timedelta(days=int(day)) for day in generator.integers(0, 900, rows)],
            "note": [f"n{row}" for row in range(rows)],
            "y": np.where(size > 1, "yes", "no").tolist(),
        },
        unused=["note"],
    )


def test_inputs_stand_in_the_order_of_the_columns() -> None:
    preprocessor = Preprocessor.fit(mixed())
    assert preprocessor.input_names == (
        "size",
        "size is missing",
        "gain",
        "gain is not 0",
        "colour = green",
        "colour = red",
        "colour = blue",
        "colour is missing",
        "member",
        "since month sine",
        "since month cosine",
        "since weekday sine",
        "since weekday cosine",
        "since year",
        "since days",
    )
    assert preprocessor.num_inputs == len(preprocessor.input_names) == 15


def test_matrix_is_float32_contiguous_finite_and_each_block_is_its_columns_own() -> None:
    table = mixed()
    preprocessor = Preprocessor.fit(table)
    matrix = preprocessor.transform(table.frame)
    assert (matrix.dtype, matrix.shape) == (np.float32, (200, preprocessor.num_inputs))
    assert matrix.flags.c_contiguous and np.isfinite(matrix).all()
    place = 0
    for encoding in preprocessor.encodings:
        block = np.zeros((200, len(encoding.input_names)), dtype=np.float32)
        encoding.write(table.frame[encoding.column], block)
        assert (matrix[:, place : place + block.shape[1]] == block).all()
        place += block.shape[1]


def test_every_row_is_encoded_by_itself_whatever_rows_come_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    table = mixed()
    preprocessor = Preprocessor.fit(table)
    whole = preprocessor.transform(table.frame)
    assert (
        np.concatenate([preprocessor.transform(table.frame[row : row + 1]) for row in range(20)]) == whole[:20]
    ).all()
    monkeypatch.setattr(preprocessing, "ROWS_AT_ONCE", 7)
    assert (preprocessor.transform(table.frame) == whole).all()


def test_columns_of_a_new_table_may_be_in_any_order_with_others_between_and_without_the_target() -> None:
    table = mixed()
    preprocessor = Preprocessor.fit(table)
    backwards = [name for name in reversed(table.frame.columns) if name not in ("y", "note")]
    shuffled = table.frame.select(pl.lit(1).alias("extra"), *backwards)
    assert (preprocessor.transform(shuffled) == preprocessor.transform(table.frame)).all()


def test_missing_column_is_refused_by_name_but_not_one_that_was_left_out() -> None:
    preprocessor = Preprocessor.fit(mixed())
    preprocessor.transform(mixed().frame.drop("note"))
    with pytest.raises(DataError, match="lacks 2 columns that the model was trained on: 'size', 'since'"):
        preprocessor.transform(mixed().frame.drop("since", "size"))


def test_no_rows_give_an_empty_matrix() -> None:
    table = mixed()
    assert Preprocessor.fit(table).transform(table.frame[:0]).shape == (0, 15)


@pytest.mark.parametrize("rows", [200, 2_500])
def test_json_round_trip_gives_the_same_matrix_bit_for_bit(rows: int) -> None:
    table, later = mixed(rows), mixed(300, seed=1)
    preprocessor = Preprocessor.fit(table)
    again = Preprocessor.from_json(json.loads(json.dumps(preprocessor.to_json(), allow_nan=False)))
    assert again == preprocessor
    assert again.describe() == preprocessor.describe()
    for frame in (table.frame, later.frame):
        assert again.transform(frame).tobytes() == preprocessor.transform(frame).tobytes()


def test_description_has_one_entry_a_column_in_words() -> None:
    description = Preprocessor.fit(mixed()).describe()
    assert [entry["column"] for entry in description] == ["size", "gain", "colour", "member", "since", "note"]
    assert [entry["kind"] for entry in description] == ["number", "number", "category", "boolean", "date", "category"]
    assert description[-1] == {
        "column": "note",
        "kind": "category",
        "encoding": "left out",
        "why": "left out by hand",
        "inputs": 0,
    }
    assert all(entry["why"] for entry in description)
    assert sum(entry["inputs"] for entry in description) == 15


@pytest.mark.parametrize(
    ("rows", "bins", "expected"),
    [
        (1_999, "auto", False),
        (2_000, "auto", True),
        (500, True, True),
        (2_000, False, False),
    ],
)
def test_bins_come_from_two_thousand_rows_on_unless_asked_for(rows: int, bins: bool, expected: bool) -> None:
    values = np.random.default_rng(0).uniform(size=rows)
    table = small_table({"x": values, "y": np.sin(9 * values)})
    assert (Preprocessor.fit(table, bins=bins).num_inputs > 1) == expected


def test_more_columns_share_the_bins_and_very_many_get_none() -> None:
    generator = np.random.default_rng(0)
    target = generator.standard_normal(2_000)

    def bins_of(columns: int) -> int:
        cells = {f"x{number}": target + generator.standard_normal(2_000) / 10 for number in range(columns)}
        return Preprocessor.fit(small_table(cells | {"y": target})).num_inputs - columns

    assert bins_of(1) <= 64
    assert 32 * 10 < bins_of(32) <= 512
    assert bins_of(52) == 0  # 512 / 52 is fewer than ten


def test_pixels_are_scaled_together_and_small_grades_keep_their_bins() -> None:
    generator = np.random.default_rng(0)
    grades = generator.integers(0, 16, size=(2_000, 16)).astype(float)
    table = small_table({f"g{number}": grades[:, number] for number in range(16)} | {"y": grades[:, 0] ** 2})
    description = Preprocessor.fit(table).describe()
    assert all("one of 16 columns on one scale from 0 to 15" in entry["why"] for entry in description)
    assert description[0]["inputs"] > 8
    assert np.mean([entry["inputs"] for entry in description[1:]]) < 4


def test_column_that_is_constant_in_train_gives_no_input_even_if_it_changes_later() -> None:
    table = small_table({"x": [1, 2, 3], "same": [5, 5, 5], "empty": [None] * 3, "y": [1, 2, 3]})
    preprocessor = Preprocessor.fit(table)
    assert preprocessor.input_names == ("x",)
    assert [entry["encoding"] for entry in preprocessor.describe()] == ["standard", "left out", "left out"]
    assert preprocessor.transform(pl.DataFrame({"x": [2.0], "same": [1e9]})).tolist() == [[0]]


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(DataError, match="no feature column is left to learn from"):
        Preprocessor.fit(small_table({"same": [5, 5], "y": [1, 2]}))


NUMBER = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))
CELL = st.one_of(st.none(), st.sampled_from(["a", "b", "?", "ä", ""]))


@settings(deadline=None, max_examples=100)
@given(
    train=st.lists(st.tuples(NUMBER, CELL), min_size=4, max_size=40),
    later=st.lists(st.tuples(NUMBER, CELL), max_size=10),
)
def test_whatever_cells_hold_inputs_are_finite_and_bounded(train: list, later: list) -> None:
    def frame(rows: list) -> dict:
        return {
            "x": pl.Series([row[0] for row in rows], dtype=pl.Float64),
            "c": pl.Series([row[1] for row in rows], dtype=pl.String),
        }

    table = small_table(frame(train) | {"y": np.arange(float(len(train)))})
    try:
        preprocessor = Preprocessor.fit(table, bins=True)
    except DataError:
        return
    for cells in (table.frame, pl.DataFrame(frame(later))):
        matrix = preprocessor.transform(cells)
        assert np.isfinite(matrix).all()
        assert not len(matrix) or np.abs(matrix).max() <= 10
