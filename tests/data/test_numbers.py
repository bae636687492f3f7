"""One number column: its inputs in order, missing cells, and when it has bins."""

import json

import numpy as np
import polars as pl
import pytest

from caviar.data.numbers import NumberEncoding, fit_number, number_cells
from caviar.data.piecewise_linear import BinTargets
from caviar.data.scaling import Standard


def inputs_of(encoding: NumberEncoding | None, cells: pl.Series) -> np.ndarray:
    assert encoding is not None
    inputs = np.full((len(cells), len(encoding.input_names)), np.nan, dtype=np.float32)
    encoding.write(cells, inputs)
    return inputs


def test_missing_cell_takes_the_median_and_raises_a_flag() -> None:
    encoding = fit_number("age", pl.Series([10.0, None, 20.0, 60.0]), None)
    assert encoding is not None
    assert encoding.input_names == ("age", "age is missing")
    assert encoding.median == 20
    inputs = inputs_of(encoding, pl.Series([None, 20.0, 30.0]))
    deviation = np.std([10, 20, 60])
    assert inputs[:, 0] == pytest.approx([-10 / deviation, -10 / deviation, 0])
    assert inputs[:, 1].tolist() == [1, 0, 0]
    assert "25.0% of the cells are missing" in encoding.why


def test_without_missing_cells_in_train_a_later_one_takes_the_median_silently() -> None:
    encoding = fit_number("age", pl.Series([1.0, 2.0, 9.0]), None)
    assert encoding is not None and encoding.input_names == ("age",)
    first, second = inputs_of(encoding, pl.Series([None, 2.0], dtype=pl.Float64))[:, 0]
    assert first == second


def test_mostly_zero_column_says_apart_whether_and_how_much() -> None:
    cells = pl.Series([0.0] * 90 + list(range(1, 11)), dtype=pl.Float64)
    encoding = fit_number("gain", cells, None)
    assert encoding is not None and encoding.input_names == ("gain", "gain is not 0")
    inputs = inputs_of(encoding, pl.Series([0.0, 1.0, 10.0]))
    assert inputs[:, 1].tolist() == [0, 1, 1]
    assert inputs[0, 0] == 0
    assert inputs[1, 0] < 0 < inputs[2, 0]


def test_bins_stand_behind_the_scaled_value() -> None:
    values = np.random.default_rng(0).uniform(0, 1, size=2_000)
    targets = BinTargets((values > 0.5).astype(np.int64), True)
    encoding = fit_number("x", pl.Series(values), targets)
    assert encoding is not None and encoding.bins is not None
    assert encoding.summary == f"standard + {len(encoding.bins)} bins"
    assert encoding.input_names[:2] == ("x", f"x from {values.min():.6g}")
    inputs = inputs_of(encoding, pl.Series(values))
    assert inputs[:, 1:] == pytest.approx(encoding.bins(values).astype(np.float32))


def test_missing_cell_lies_in_the_bin_of_the_median() -> None:
    values = [None, *np.random.default_rng(0).uniform(0, 1, size=999)]
    targets = BinTargets(np.array([0 if value is None else int(value > 0.3) for value in values]), True)
    encoding = fit_number("x", pl.Series(values), targets)
    assert encoding is not None
    missing, median = inputs_of(encoding, pl.Series([None, encoding.median]))
    assert missing[1] == 1 and median[1] == 0
    assert (missing[2:] == median[2:]).all()
    assert encoding.bins is not None and encoding.bins.edges[1:-1] == pytest.approx([0.3], abs=0.01)


@pytest.mark.parametrize(("distinct", "has_bins"), [(10, False), (11, True)])
def test_ten_distinct_values_need_no_bins(distinct: int, has_bins: bool) -> None:
    values = np.arange(1_100.0) % distinct
    encoding = fit_number("x", pl.Series(values), BinTargets((values > 4).astype(np.int64), True))
    assert encoding is not None and bool(encoding.bins) == has_bins


def test_column_without_effect_says_that_it_has_no_bins() -> None:
    values = np.arange(500.0)
    encoding = fit_number("x", pl.Series(values), BinTargets(np.arange(500) % 2, True))
    assert encoding is not None and encoding.bins is None
    assert "no bins" in encoding.why


@pytest.mark.parametrize("cells", [[], [None, None], [4.0, 4.0, 4.0]])
def test_column_that_holds_the_same_everywhere_is_not_encoded(cells: list) -> None:
    assert fit_number("x", pl.Series(cells, dtype=pl.Float64), None) is None


def test_column_of_one_value_and_holes_says_which() -> None:
    encoding = fit_number("visited", pl.Series([1.0, None, 1.0]), None)
    assert encoding is not None and encoding.input_names == ("visited is missing",)
    assert inputs_of(encoding, pl.Series([None, 1.0, 99.0])).tolist() == [[1], [0], [0]]
    assert NumberEncoding.from_json("visited", encoding.why, encoding.to_json()) == encoding


def test_shared_scaling_is_taken_as_it_is() -> None:
    encoding = fit_number("pixel", pl.Series([0.0, 16.0]), None, (Standard(1.0, 2.0), "together"))
    assert encoding is not None and (encoding.scaling, encoding.why) == (Standard(1.0, 2.0), "together")


def test_infinite_cells_are_missing_and_giant_ones_are_cut() -> None:
    cells = number_cells(pl.Series([1.0, float("inf"), float("-inf"), float("nan"), None, 1e200, -1e300]))
    assert np.isnan(cells).tolist() == [False, True, True, True, True, False, False]
    assert cells[[0, 5, 6]].tolist() == [1, 1e100, -1e100]


def test_cells_of_the_table_are_left_as_they_are() -> None:
    cells = pl.Series([1.0, 2.0, 1e200])
    number_cells(cells)[:] = 0
    assert cells.to_list() == [1.0, 2.0, 1e200]


def test_json_round_trip_is_exact() -> None:
    values = np.random.default_rng(0).lognormal(size=2_000)
    cells = pl.Series([*values[:-1], None])
    encoding = fit_number("x", cells, BinTargets(values.astype(np.float32), False))
    assert encoding is not None
    again = NumberEncoding.from_json("x", encoding.why, json.loads(json.dumps(encoding.to_json())))
    assert again == encoding
    assert (inputs_of(again, cells) == inputs_of(encoding, cells)).all()
