"""True and false as inputs."""

import json

import numpy as np
import polars as pl
import pytest

from caviar.data.booleans import BooleanEncoding, fit_boolean


def inputs_of(encoding: BooleanEncoding | None, cells: list) -> list:
    assert encoding is not None
    inputs = np.full((len(cells), len(encoding.input_names)), np.nan, dtype=np.float32)
    encoding.write(pl.Series(cells, dtype=pl.Boolean), inputs)
    return inputs.tolist()


def test_false_is_minus_one_and_true_one() -> None:
    assert inputs_of(fit_boolean("b", pl.Series([True, False])), [True, False, None]) == [[1], [-1], [0]]


def test_missing_is_zero_with_a_flag_where_train_had_it() -> None:
    encoding = fit_boolean("b", pl.Series([True, None, False]))
    assert encoding is not None and encoding.input_names == ("b", "b is missing")
    assert inputs_of(encoding, [None, True]) == [[0, 1], [1, 0]]
    assert BooleanEncoding.from_json("b", encoding.why, json.loads(json.dumps(encoding.to_json()))) == encoding


def test_true_and_holes_are_worth_encoding() -> None:
    assert inputs_of(fit_boolean("b", pl.Series([True, None])), [True, None]) == [[1, 0], [0, 1]]


@pytest.mark.parametrize("cells", [[True, True], [None, None], []])
def test_column_that_holds_the_same_everywhere_is_not_encoded(cells: list) -> None:
    assert fit_boolean("b", pl.Series(cells, dtype=pl.Boolean)) is None
