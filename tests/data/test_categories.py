"""Categories: which are kept, where the rest goes, and what later files may bring."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caviar.data.categories import CategoryEncoding, fit_category


def inputs_of(encoding: CategoryEncoding | None, cells: list) -> np.ndarray:
    assert encoding is not None
    inputs = np.full((len(cells), len(encoding.input_names)), np.nan, dtype=np.float32)
    encoding.write(pl.Series(cells, dtype=pl.String), inputs)
    return inputs


def fitted(cells: list, name: str = "c") -> CategoryEncoding | None:
    return fit_category(name, pl.Series(name, cells, dtype=pl.String))


def test_each_category_has_an_input_the_most_frequent_first_ties_by_the_alphabet() -> None:
    encoding = fitted(["b"] * 3 + ["z"] * 2 + ["a"] * 2)
    assert encoding is not None and encoding.input_names == ("c = b", "c = a", "c = z")
    assert inputs_of(encoding, ["a", "b", "z"]).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_missing_has_an_input_of_its_own_where_train_had_it() -> None:
    encoding = fitted(["a", "b", None] * 5)
    assert encoding is not None and encoding.input_names == ("c = a", "c = b", "c is missing")
    assert inputs_of(encoding, [None, "a"]).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_without_other_and_missing_in_train_new_cells_are_all_zeros() -> None:
    assert inputs_of(fitted(["a", "b"] * 5), ["new", None, "a"]).tolist() == [[0, 0], [0, 0], [1, 0]]


def test_categories_below_ten_rows_are_folded_and_unseen_ones_join_them() -> None:
    encoding = fitted(["a"] * 1_000 + ["b"] * 10 + ["c"] * 9 + ["d"] * 2 + [None])
    assert encoding is not None
    assert encoding.input_names == ("c = a", "c = b", "c is another", "c is missing")
    assert inputs_of(encoding, ["b", "c", "d", "new", None]).tolist() == [
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]
    assert (
        encoding.why == "2 categories, one input for each; 2 rare categories share one input; "
        "missing cells have an input of their own"
    )


def test_single_rare_category_keeps_its_name() -> None:
    encoding = fitted(["a"] * 1_000 + ["b"] * 500 + ["c"])
    assert encoding is not None and encoding.input_names == ("c = a", "c = b", "c = c")


@pytest.mark.parametrize(("rows", "enough"), [(100, 2), (500, 5), (5_000, 10)])
def test_what_is_rare_follows_the_number_of_rows(rows: int, enough: int) -> None:
    cells = ["kept"] * enough + ["rare"] * (enough - 1) + ["rarer"] * (enough - 1)
    encoding = fitted(["most"] * (rows - len(cells)) + cells)
    assert encoding is not None and encoding.categories == ("most", "kept") and encoding.has_other


def test_at_most_the_hundred_most_frequent_are_kept() -> None:
    encoding = fitted([f"c{number:03d}" for number in range(150) for _ in range(20 if number < 149 else 30)])
    assert encoding is not None and len(encoding.categories) == 100
    assert encoding.categories[:2] == ("c149", "c000")
    assert encoding.has_other


def test_ten_thousand_categories_fold_into_one_input_or_none() -> None:
    assert fitted([f"c{number}" for number in range(10_000)]) is None
    encoding = fitted([f"c{number}" for number in range(10_000)] + ["same"] * 500)
    assert encoding is not None and encoding.input_names == ("c = same", "c is another")


@pytest.mark.parametrize("cells", [["a"] * 5, [None] * 5, []])
def test_column_that_holds_the_same_everywhere_is_not_encoded(cells: list) -> None:
    assert fitted(cells) is None


def test_one_category_and_holes_are_worth_two_inputs() -> None:
    assert inputs_of(fitted(["a", None, "a", "a"]), ["a", None, "b"]).tolist() == [[1, 0], [0, 1], [0, 0]]


@pytest.mark.parametrize("name", ["count", "rows", "category", "c = a", ""])
def test_column_may_be_called_anything(name: str) -> None:
    encoding = fitted(["a", "b"] * 5, name)
    assert encoding is not None and encoding.column == name


@settings(deadline=None, max_examples=60)
@given(
    train=st.lists(st.one_of(st.none(), st.text(max_size=3)), min_size=1, max_size=60),
    later=st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=20),
)
def test_any_texts_give_one_input_of_one_at_most_and_survive_json(train: list, later: list) -> None:
    encoding = fitted(train)
    if encoding is None:
        return
    assert (inputs_of(encoding, train).sum(axis=1) == 1).all()
    inputs = inputs_of(encoding, later)
    for row, cell in zip(inputs, later, strict=True):
        name = "c is missing" if cell is None else f"c = {cell}" if cell in encoding.categories else "c is another"
        assert row.tolist() == [float(column == name) for column in encoding.input_names]
    again = CategoryEncoding.from_json("c", encoding.why, json.loads(json.dumps(encoding.to_json())))
    assert again == encoding
